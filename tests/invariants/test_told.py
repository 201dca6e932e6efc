"""Answers are told in sentences, and their requests as `org decide` reads them again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from org.access.prove.difference import Certainty, Difference
from org.access.requests import request
from org.access.scenario import Scenario
from org.access.written import asked
from org.invariants.file import Invariant
from org.invariants.told import claim, described, findings, words
from org.model.finding import Span
from org.model.proof import Part, Proof, Shown
from org.model.request import Layer, Principal, Reason

if TYPE_CHECKING:
    from org.model.request import Request

ORGANIZATION, PATHS = "o-acme123456", ("o-acme123456/r-ab12/",)
ROLE = "arn:aws:iam::111122223333:role/a"
REQUESTS: dict[str, Request] = {
    "a role": request(Principal(ROLE, {"team": "blue"}, ORGANIZATION, PATHS), "s3:ListBucket", "arn:aws:s3:::logs"),
    "texts and sets": request(
        Principal(ROLE),
        "ec2:RunInstances",
        context={"aws:requestedregion": "eu-west-1", "aws:tagkeys": ("env", "team"), "aws:calledvia": ()},
    ),
    "somebody's resource": request(Principal(ROLE), "s3:GetObject", "arn:aws:s3:::a/b", resource_account="9" * 12),
    "a path without an id": request(Principal(ROLE, org_paths=PATHS), "s3:ListBucket"),
    "an id without a path": request(Principal(ROLE, org_id=ORGANIZATION), "s3:ListBucket"),
    "a key that follows and is absent": request(
        Principal(ROLE, {}, ORGANIZATION),
        "s3:GetObject",
        "arn:aws:s3:::a/b",
        resource_account="9" * 12,
        context={"aws:principalorgid": None, "aws:resourceaccount": None},
    ),
    "a service": request(Principal("events.amazonaws.com"), "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:a"),
    "nobody": request(Principal("*"), "s3:GetObject", "arn:aws:s3:::a/b"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_read_as_it_was_shown(name: str) -> None:
    shown = asked(REQUESTS[name])
    assert shown["context"] == dict(sorted(shown["context"].items()))
    _, read = Scenario({"principal": "*"}).ask(shown)
    assert (REQUESTS[name],) == read


GAIN = Difference(
    gain=True,
    certainty=Certainty.CERTAIN,
    actions=("s3:GetObject",),
    principals=("*",),
    except_principals=(),
    resources=("*",),
    except_resources=(),
    conditions=(),
    witness=None,
    before=None,
    after=None,
    statements=(),
)
SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({}, "anyone gains `s3:GetObject`"),
    ({"gain": False}, "anyone loses `s3:GetObject`"),
    ({"principals": ("a",), "except_principals": ("b",)}, "`a` but `b` gains `s3:GetObject`"),
    ({"principals": ("a", "b"), "gain": False}, "`a`, `b` lose `s3:GetObject`"),
    ({"resources": ("r",), "except_resources": ("s",)}, "anyone gains `s3:GetObject` on `r` but not on `s`"),
    ({"conditions": ("x is y", "z is absent")}, "anyone gains `s3:GetObject` where x is y and z is absent"),
    ({"certainty": Certainty.POSSIBLE}, "anyone gains `s3:GetObject` (possible)"),
    ({"certainty": Certainty.UNDECIDED}, "anyone gains `s3:GetObject` (undecided)"),
    (
        {"certainty": Certainty.FUTURE, "actions": ("s3:*",)},
        "anyone gains actions that AWS may add, like `s3:*`",
    ),
    ({"actions": tuple("abcd")}, "anyone gains `a`, `b`, `c`, `d`"),
    ({"actions": tuple("abcdef")}, "anyone gains `a`, `b`, `c`, `d` and 2 more"),
]


@pytest.mark.parametrize(("of", "sentence"), SENTENCES)
def test_a_difference_is_one_sentence(of: dict[str, Any], sentence: str) -> None:
    assert sentence == described(replace(GAIN, **of))


CLAIMS: list[tuple[dict[str, Any], str]] = [
    ({}, "nobody can do `s3:*`"),
    ({"claim": "allowed", "by": ("a",)}, "`s3:*` stay possible by `a`"),
    ({"claim": "never_denied", "excepted": ("b",)}, "no guardrail denies `s3:*` but `b`"),
    ({"resources": ("r",), "who": "services"}, "nobody can do `s3:*` on `r` asked by services"),
    ({"condition": {"Null": {"a": "true"}}}, "nobody can do `s3:*` under its condition"),
    ({"claim": "implies", "about": ("x", "y")}, "what `x` allows, `y` allows too"),
]


@pytest.mark.parametrize(("of", "sentence"), CLAIMS)
def test_a_claim_is_one_sentence(of: dict[str, Any], sentence: str) -> None:
    assert sentence == claim(replace(Invariant("n", "denied", ("s3:*",)), **of))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason(Layer.SCP, "guard", 2, "Sid", 1), "guard#Sid at level 1"),
        (Reason(Layer.SCP, "guard", 2, "", 0), "guard#2 at level 0"),
        (Reason(Layer.RCP, "guard", 0), "guard#0"),
        (Reason(Layer.SCP, level=3), "no Allow of the SCPs at level 3"),
    ],
)
def test_a_statement_is_named_by_its_policy_and_level(reason: Reason, told: str) -> None:
    assert told == words(reason)


SHOWN = Shown({"principal": ROLE, "action": "s3:GetObject"}, {}, "allowed")


@pytest.mark.parametrize(
    ("part", "rule", "message"),
    [
        (Part("refuted", ("a", "b"), "so", (), SHOWN), "ORG710", "does not hold in 2 accounts, a among them; so"),
        (Part("refuted", (), "so", (), SHOWN), "ORG710", f"does not hold; so: {ROLE} and s3:GetObject"),
        (Part("unknown", (), "why"), "ORG711", "the invariant `n` may not hold; why"),
    ],
)
def test_a_finding_says_where_a_claim_fails_and_shows_it(part: Part, rule: str, message: str) -> None:
    span = Span("invariants.yaml", 3)
    (one,) = findings([Proof("n", "c", (part,), "the audit", span), Proof("m", "c", (Part("proved"),))])
    assert (rule, span, "the audit") == (one.rule, one.span, one.help)
    assert message in one.message


def test_a_finding_without_a_reason_says_where_the_request_is() -> None:
    (one,) = findings([Proof("n", "c", (Part("unknown"),))])
    assert "`org prove --format json` has the request that shows it" == one.help
