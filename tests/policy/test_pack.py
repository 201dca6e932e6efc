"""Packing keeps the meaning: what the guardrails deny apart, the packed documents deny, and nothing else."""

from __future__ import annotations

import fnmatch
import json
import random
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.policy import Policy, PolicyType, minified
from org.policy.pack import APART, pack, statements_of
from org.policy.quota import QUOTAS, size
from org.policy.statement import covers, merged

SCP = PolicyType.SERVICE_CONTROL_POLICY
ACTIONS = ("s3:Get*", "s3:GetObject", "s3:*", "S3:getobject", "ec2:RunInstances", "ec2:*", "iam:?reateUser", "*")
RESOURCES = ("*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::b*", "arn:aws:iam::*:role/x")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}},
    {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}},
    {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/x", "arn:aws:iam::*:role/y"]}},
    {"Null": {"aws:RequestedRegion": "true"}},
    {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/y"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": "b"}},
    {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}},
    {"ForAnyValue:StringEquals": {"aws:TagKeys": ["b"]}},
)
KEYS = ("aws:RequestedRegion", "aws:PrincipalArn", "aws:TagKeys")
REQUESTS = [
    (action, resource, {k: v for k, v in zip(KEYS, values, strict=True) if v})
    for action in ("s3:GetObject", "s3:PutObject", "ec2:RunInstances", "iam:CreateUser", "kms:Decrypt")
    for resource in ("arn:aws:s3:::a", "arn:aws:s3:::a/b", "arn:aws:s3:::bb", "arn:aws:iam::1:role/x")
    for values in product(
        (None, "eu-west-1", "us-east-1"),
        (None, "arn:aws:iam::1:role/x", "arn:aws:iam::1:role/y"),
        (None, ["a"], ["a", "b"]),
    )
]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, text: str, *, fold: bool = False) -> bool:
    escaped = fnmatch.translate(pattern.replace("[", "[[]"))
    return re.match(escaped, text, re.IGNORECASE if fold else 0) is not None


def _condition(operator: str, wanted: list[str], actual: Any) -> bool:
    """The operators that the statements above use, as the IAM manual describes them."""
    if operator == "Null":
        return (actual is None) == (wanted == ["true"])
    quantifier, _, name = operator.rpartition(":")
    if quantifier == "ForAllValues":
        return actual is None or all(value in wanted for value in actual)
    if quantifier == "ForAnyValue":
        return actual is not None and any(value in wanted for value in actual)
    negated = "Not" in name
    if actual is None:
        return negated
    like = any(_matches(value, actual) if "Like" in name else value == actual for value in wanted)
    return like != negated


def denied(documents: list[dict[str, Any]], action: str, resource: str, context: dict[str, Any]) -> bool:
    """True where a statement of any document applies: written apart from the product, to judge it."""
    return any(
        any(_matches(pattern, action, fold=True) for pattern in _listed(statement.get("Action", [])))
        != ("NotAction" in statement and not _not_action(statement, action))
        and any(_matches(pattern, resource) for pattern in _listed(statement["Resource"]))
        and all(
            _condition(operator, _listed(wanted), context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
        for document in documents
        for statement in _listed(document["Statement"])
    )


def _not_action(statement: dict[str, Any], action: str) -> bool:
    return any(_matches(pattern, action, fold=True) for pattern in _listed(statement["NotAction"]))


def _statement(rng: random.Random, number: int) -> dict[str, Any]:
    listed = rng.sample(ACTIONS, rng.randint(1, 3))
    statement: dict[str, Any] = {
        "Sid": f"Statement{number}",
        "Effect": "Deny",
        rng.choice(["Action", "Action", "Action", "NotAction"]): listed if rng.random() < 0.8 else listed[0],
        "Resource": rng.sample(RESOURCES, rng.randint(1, 2)) if rng.random() < 0.7 else "*",
    }
    condition = rng.choice(CONDITIONS)
    return statement | {"Condition": condition} if condition else statement


def _policies(seed: int) -> list[Policy]:
    rng = random.Random(seed)
    return [
        Policy(
            SCP,
            f"guardrail-{number}",
            minified({"Version": "2012-10-17", "Statement": [_statement(rng, n) for n in range(rng.randint(1, 4))]}),
            targets=frozenset({"ou:/"}),
        )
        for number in range(rng.randint(2, 9))
    ]


@pytest.mark.parametrize("seed", range(40))
def test_packed_denies_exactly_what_the_guardrails_deny(seed: int) -> None:
    policies = _policies(seed)
    apart = [dict(policy.document) for policy in policies]
    together = [dict(policy.document) for policy in pack(policies, always=True)]
    wrong = [request for request in REQUESTS if denied(apart, *request) != denied(together, *request)]
    assert [] == wrong


@pytest.mark.parametrize("seed", range(20))
def test_packing_does_not_depend_on_the_order(seed: int) -> None:
    policies = _policies(seed)
    turned = random.Random(seed).sample(policies, len(policies))
    assert pack(policies, always=True) == pack(turned, always=True)


def test_few_stay_apart_and_many_are_packed() -> None:
    def asked(number: int) -> list[str]:
        policies = [_big(n, 200) for n in range(number)]
        return [policy.name for policy in pack(policies)]

    assert [f"guardrail-{n}" for n in range(APART[SCP])] == asked(APART[SCP])
    assert ["guardrails-1"] == asked(APART[SCP] + 1)


def _big(number: int, characters: int, action: str = "s3") -> Policy:
    actions = [f"{action}:Action{number}x{n}" for n in range(characters // 20)]
    statement = {"Sid": f"S{number}", "Effect": "Deny", "NotAction": actions, "Resource": "*"}
    content = minified({"Version": "2012-10-17", "Statement": [statement]})
    return Policy(SCP, f"guardrail-{number}", content, targets=frozenset({"ou:/"}))


def test_every_document_fits() -> None:
    packed = pack([_big(number, 4000) for number in range(9)])
    assert all(size(policy.content) <= QUOTAS[SCP].characters for policy in packed)
    assert len(packed) < 9


def test_changing_one_guardrail_touches_one_document() -> None:
    before = [_big(number, 3000) for number in range(9)]
    after = [_big(4, 3000, "ec2") if policy.name == "guardrail-4" else policy for policy in before]
    one, two = ({p.name: p.content for p in pack(policies)} for policies in (before, after))
    assert one.keys() == two.keys()
    assert 1 == sum(one[name] != two[name] for name in one)


def test_people_find_every_statement_again() -> None:
    policies = _policies(3)
    packed = pack(policies, always=True)
    expected = {(policy.name, statement["Sid"]) for policy in policies for statement in statements_of(policy)}
    assert expected == {origin for policy in packed for origin in policy.contains}


def test_policies_with_different_targets_stay_in_different_documents() -> None:
    here, there = _policies(1), _policies(2)
    there = [Policy(SCP, f"other-{p.name}", p.content, targets=frozenset({"ou:Prod", "account:a"})) for p in there]
    packed = pack([*here, *there], always=True)
    assert {frozenset({"ou:/"}), frozenset({"ou:Prod", "account:a"})} == {policy.targets for policy in packed}
    assert len(packed) == len({policy.name for policy in packed})


JOINS = [
    ("actions", [{"Action": "a:A"}, {"Action": ["b:B"]}], [{"Action": ["a:A", "b:B"]}]),
    ("covered actions", [{"Action": "a:Get*"}, {"Action": ["a:GetX", "A:*"]}], [{"Action": "A:*"}]),
    ("resources", [{"Action": "a:A", "Resource": "x"}, {"Action": "a:A", "Resource": "y"}], None),
    (
        "negated actions stay",
        [{"NotAction": "a:A"}, {"NotAction": "b:B"}],
        [{"NotAction": "a:A"}, {"NotAction": "b:B"}],
    ),
    ("the same twice", [{"NotAction": "a:A"}, {"NotAction": ["a:A"]}], [{"NotAction": "a:A"}]),
]


@pytest.mark.parametrize(("says", "statements", "expected"), JOINS, ids=[join[0] for join in JOINS])
def test_a_join_is(says: str, statements: list[dict[str, Any]], expected: list[dict[str, Any]] | None) -> None:
    assert says
    base = {"Effect": "Deny", "Resource": "*"}
    expected = expected or [{"Action": "a:A", "Resource": ["x", "y"]}]
    assert [base | one for one in expected] == merged([base | one for one in statements])


NEVER = [
    {"StringNotEquals": {"k": "1"}},
    {"ArnNotLike": {"k": "1"}},
    {"ForAllValues:StringEquals": {"k": "1"}},
    {"NumericLessThan": {"k": "1"}},
    {"Null": {"k": "true"}},
    {"StringNotEqualsIfExists": {"k": "1"}},
]


@pytest.mark.parametrize("condition", NEVER, ids=json.dumps)
def test_values_that_are_no_alternatives_are_never_joined(condition: dict[str, dict[str, str]]) -> None:
    other = {operator: dict.fromkeys(keys, "false") for operator, keys in condition.items()}
    base = {"Effect": "Deny", "Action": "a:A", "Resource": "*"}
    assert 2 == len(merged([base | {"Condition": condition}, base | {"Condition": other}]))


GLOB = st.text(alphabet="ab*?", max_size=6)


@given(GLOB, GLOB, st.lists(st.text(alphabet="abc", max_size=6), min_size=5, max_size=20))
def test_a_covering_pattern_matches_all_that_the_covered_one_does(wide: str, narrow: str, texts: list[str]) -> None:
    if covers(wide, narrow):
        assert [] == [text for text in texts if _matches(narrow, text) and not _matches(wide, text)]


COVERED = [
    ("*", "anything*", True),
    ("s3:Get*", "s3:GetObject*", True),
    ("s3:*", "s3:?etObject", True),
    ("s3:Get*", "s3:*", False),
    ("s3:?et*", "s3:*et", False),
    ("a", "a", False),
    ("*", "${aws:username}", False),
    ("a*c", "a*bc", True),
    ("a*c", "ab*", False),
]


@pytest.mark.parametrize(("wide", "narrow", "expected"), COVERED)
def test_covers(wide: str, narrow: str, expected: bool) -> None:
    assert expected == covers(wide, narrow)
