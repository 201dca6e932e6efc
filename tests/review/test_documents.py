"""Policies are compared by what their statements say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.policy import Policy, PolicyType
from org.model.review import StatementChange
from org.review.documents import policy_changes, statement_changes

STOP = {
    "Sid": "Stop",
    "Effect": "Deny",
    "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"],
    "Resource": "*",
}
LEAVE = {"Sid": "Leave", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.name, one.change, one.lines) for one in statement_changes(before, after)]


def bare(statement: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key != "Sid"}


SAME = [
    (document(STOP, LEAVE), document(LEAVE, STOP)),
    (document(STOP), {"Version": "2012-10-17", "Statement": STOP}),
    (document({**LEAVE, "Action": ["organizations:LeaveOrganization"]}), document(LEAVE)),
    (document({**STOP, "Action": STOP["Action"][::-1]}), document(STOP)),
    (document(bare(STOP)), document({**STOP, "Sid": "Other"})),
    (document(STOP, STOP), document(STOP, STOP)),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_what_says_the_same_is_no_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert [] == told(before, after)


CHANGES = [
    (
        document(STOP),
        document({**STOP, "Action": ["cloudtrail:StopLogging", "cloudtrail:UpdateTrail"]}),
        [("Stop", "changed", ("- Action cloudtrail:DeleteTrail", "+ Action cloudtrail:UpdateTrail"))],
    ),
    (
        document(STOP),
        document({**STOP, "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["a", "b"]}}}),
        [
            (
                "Stop",
                "changed",
                ("+ Condition ArnNotLike aws:PrincipalArn a", "+ Condition ArnNotLike aws:PrincipalArn b"),
            )
        ],
    ),
    (
        document(STOP, LEAVE),
        document(LEAVE),
        [
            (
                "Stop",
                "removed",
                (
                    "- Effect Deny",
                    "- Action cloudtrail:StopLogging",
                    "- Action cloudtrail:DeleteTrail",
                    "- Resource *",
                ),
            )
        ],
    ),
    (
        document(LEAVE),
        document(LEAVE, {**bare(LEAVE), "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::logs"}),
        [("statement 2", "added", ("+ Effect Deny", "+ Action s3:DeleteBucket", "+ Resource arn:aws:s3:::logs"))],
    ),
    (
        document(bare(LEAVE), bare(STOP)),
        document(bare(STOP) | {"Resource": "arn:aws:cloudtrail:*:*:trail/main"}, bare(LEAVE)),
        [("statement 1", "changed", ("- Resource *", "+ Resource arn:aws:cloudtrail:*:*:trail/main"))],
    ),
    (
        {"backup": {"plans": {"daily": {"regions": {"@@assign": ["eu-west-1"]}}}}},
        {"backup": {"plans": {"daily": {"regions": {"@@assign": ["eu-west-2"]}}}}},
        [
            (
                "document",
                "changed",
                ("- backup plans daily regions @@assign eu-west-1", "+ backup plans daily regions @@assign eu-west-2"),
            )
        ],
    ),
    (document(STOP), document({**STOP, "Effect": "Allow"}), [("Stop", "changed", ("- Effect Deny", "+ Effect Allow"))]),
]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_change_is_told_entry_by_entry(before: Any, after: Any, expected: Any) -> None:
    assert expected == told(before, after)


def test_statements_of_one_sid_belong_together_however_little_they_share() -> None:
    other = {"Sid": "Stop", "Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::x"}
    assert ["changed"] == [change for _, change, _ in told(document(STOP), document(other))]


def test_a_new_policy_says_what_it_is_and_where() -> None:
    made = Policy(
        PolicyType.SERVICE_CONTROL_POLICY, "p", json.dumps(document(LEAVE)), targets=frozenset({"ou:/", "account:x"})
    )
    (change,) = policy_changes([], [made])
    assert ("created", ("account:x", "ou:/"), ()) == (change.change, change.attached, change.detached)
    assert [
        StatementChange(
            "Leave", "added", tuple(f"+ {e}" for e in ("Effect Deny", f"Action {LEAVE['Action']}", "Resource *"))
        )
    ] == [*change.statements]


def test_a_policy_that_is_only_attached_elsewhere_has_no_statements_to_tell() -> None:
    kind, content = PolicyType.SERVICE_CONTROL_POLICY, json.dumps(document(LEAVE))
    old, new = (Policy(kind, "p", content, targets=frozenset({target})) for target in ("ou:A", "ou:B"))
    (change,) = policy_changes([old], [new])
    assert ("changed", (), ("ou:B",), ("ou:A",)) == (change.change, change.statements, change.attached, change.detached)


def test_policies_of_two_types_may_share_a_name() -> None:
    one = Policy(PolicyType.SERVICE_CONTROL_POLICY, "p", json.dumps(document(LEAVE)))
    other = Policy(PolicyType.RESOURCE_CONTROL_POLICY, "p", json.dumps(document(LEAVE)))
    assert ["removed", "created"] == [change.change for change in [*policy_changes([one], [other])][::-1]]


statements = st.lists(
    st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.lists(st.sampled_from("abcd"), min_size=1)},
        optional={"Sid": st.sampled_from("XYZ"), "Resource": st.sampled_from(["*", "r"])},
    ),
    max_size=5,
)


@given(statements)
def test_a_document_never_differs_from_itself(found: list[dict[str, Any]]) -> None:
    assert [] == told(document(*found), document(*found[::-1]))


@given(statements, statements)
def test_every_entry_that_differs_is_told_once(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    changes = told(document(*one), document(*other))
    added = sum(change == "added" for _, change, _ in changes)
    removed = sum(change == "removed" for _, change, _ in changes)
    assert len(other) - len(one) == added - removed
    assert all(lines for _, _, lines in changes)
