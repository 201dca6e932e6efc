"""Whatever random request is answered differently by two chains lies in one of the differences between them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from org.access.actions import glob
from org.access.prove.compare import Direction, compare
from org.access.prove.difference import Certainty
from org.access.prove.keys import may_be
from org.access.prove.sides import Decider, bearing, side
from org.access.prove.solve import Literals
from org.access.prove.universe import universe
from org.access.requests import request
from org.access.spec import decide
from org.model.request import Answer, Principal
from tests.access.prove.mutations import (
    RESOURCES,
    ROLES,
    SETTING,
    TAGS,
    changed,
    listed,
    made_up,
    policies,
    shipped,
)

if TYPE_CHECKING:
    from org.access.prove.drafts import Draft
    from org.model.request import Request
    from tests.access.prove.mutations import Levels

REQUESTS = 300
NAMES = ("s3:GetObject", "s3:PutObject", "ec2:RunInstances", "ec2:DescribeVpcs", "iam:CreateUser", "kms:Decrypt")
MORE = ("cloudtrail:StopLogging", "iam:DeleteRole", "lambda:UpdateFunctionCode", "sts:AssumeRole", "s3:NewThing")


def test_the_statements_left_out_say_nothing() -> None:
    chance = random.Random(7)
    base = policies(shipped(chance, "scp"), "scp")
    decider = Decider(base, SETTING)
    for _ in range(100):
        of = asked(chance, "scp")
        assert decide(bearing(base, of, SETTING), of) == decider.decision(of)


def with_variables(chance: random.Random, levels: Levels) -> None:
    """Some statements have policy variables."""
    for document in (one for level in levels for one in level):
        for statement in listed(document["Statement"]):
            if statement["Effect"] == "Deny" and chance.random() < 0.3:
                add_variable(chance, statement)


def add_variable(chance: random.Random, statement: dict[str, Any]) -> None:
    kind = chance.randrange(4)
    if kind == 0:
        statement.pop("Resource", None)
        statement.pop("NotResource", None)
        name = chance.choice(("aws:PrincipalTag/team", "aws:username", "aws:PrincipalAccount", "aws:userid, 'x'"))
        statement[chance.choice(("Resource", "NotResource"))] = [f"arn:aws:s3:::logs-${{{name}}}", "arn:aws:s3:::a/*"]
        return
    operator = ("StringNotEquals", "StringLike", "ArnNotLike")[kind - 1]
    value = ("${aws:PrincipalTag/team}", "${aws:PrincipalTag/team}*", "arn:aws:iam::${aws:PrincipalAccount}:role/ci-*")
    key = ("aws:ResourceTag/team", "aws:ResourceTag/team", "aws:PrincipalArn")[kind - 1]
    statement.setdefault("Condition", {})[operator] = {key: value[kind - 1]}


def asked(chance: random.Random, layer: str) -> Request:
    """A request that somebody could make, with any of the keys that the statements look at."""
    name = chance.choice(ROLES).replace("*", chance.choice(("x", "a"))).replace("?", "b")
    account = SETTING.account if layer == "scp" else chance.choice((SETTING.account, "999988887777"))
    member = account == SETTING.account
    kind = chance.choice(("role", "role", "user"))
    tags = {"team": chance.choice(("x", "blue"))} if chance.random() < 0.5 else {}
    paths = (SETTING.org_path,) if member else ()
    principal = Principal(f"arn:aws:iam::{account}:{kind}/{name}", tags, SETTING.org_id if member else None, paths)
    resource = chance.choice((*RESOURCES, "arn:aws:s3:::logs-x", "arn:aws:s3:::logs-blue"))
    return request(
        principal,
        chance.choice((*NAMES, *MORE)),
        resource.replace("*", chance.choice(("x", "1"))) if ":" in resource else "*",
        resource_account=SETTING.account,
        context={key: value for key, value in keys(chance).items() if chance.random() < 0.5},
    )


def keys(chance: random.Random) -> dict[str, str | tuple[str, ...]]:
    return {
        "aws:RequestedRegion": chance.choice(("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2")),
        "aws:ResourceTag/env": chance.choice((*TAGS, "other")),
        "aws:ResourceTag/team": chance.choice(("blue", "x", "xy")),
        "aws:TagKeys": tuple(chance.sample((*TAGS, "other"), chance.choice((0, 1, 2)))),
        "aws:SourceIp": chance.choice(("10.1.2.3", "10.2.2.3", "203.0.113.4", "2001:db8::1", "8.8.8.8")),
        "aws:SourceVpc": "vpc-1",
        "aws:MultiFactorAuthAge": chance.choice(("299", "300", "300.5", "3600", "4000")),
        "aws:MultiFactorAuthPresent": chance.choice(("true", "false")),
        "aws:TokenIssueTime": chance.choice(("2025-12-31T00:00:00Z", "2026-03-01T00:00:00Z", "2026-07-01T00:00:00Z")),
        "aws:SecureTransport": chance.choice(("true", "false")),
        "ec2:Encrypted": chance.choice(("true", "false")),
        "s3:x-amz-server-side-encryption": chance.choice(("AES256", "aws:kms")),
    }


def lies_in(draft: Draft, literals: Literals, of: Request) -> bool:
    """Whether a request can be one of a group."""
    place = universe().places.get(of.action.lower())
    if isinstance(draft.actions, int):
        inside = place is not None and bool(draft.actions >> place & 1)
    else:
        inside = place is None and any(glob(one).fullmatch(of.action.lower()) for one in draft.actions)
    values = {**of.context, "resource": of.resource, "action": of.action.lower()}
    asked_of_it = [literals.literals[number] for number in draft.numbers]
    return inside and all(may_be(atom, values.get(atom.slot), sign) for atom, sign in asked_of_it)


@pytest.mark.parametrize("number", range(60))
def test_every_changed_answer_lies_in_a_difference(number: int) -> None:
    chance = random.Random(number)
    levels = shipped(chance, "scp") if number % 4 == 0 else made_up(chance)
    with_variables(chance, levels)
    name, after = changed(chance, levels)
    base, head = policies(levels, "scp"), policies(after, "scp")
    sides = side(base), side(head)
    literals = Literals()
    narrow = Decider(base, SETTING), Decider(head, SETTING)
    gains = list(Direction(*narrow, SETTING, gain=True).drafts(*sides, literals))
    losses = list(Direction(*reversed(narrow), SETTING, gain=False).drafts(*reversed(sides), literals))
    for _ in range(REQUESTS):
        of = asked(chance, "scp")
        old, new = (one.quickly(of) is Answer.ALLOWED for one in narrow)
        if old is not new:
            answers = (decide(bearing(one, of, SETTING), of).answer is Answer.ALLOWED for one in (base, head))
            assert [old, new] == list(answers)
            assert any(lies_in(one, literals, of) for one in (losses if old else gains)), (number, name, of)


@pytest.mark.parametrize("number", range(100, 140))
def test_witnesses_with_variables_are_confirmed(number: int) -> None:
    chance = random.Random(number)
    levels = made_up(chance)
    with_variables(chance, levels)
    _, after = changed(chance, levels)
    base, head = policies(levels, "scp"), policies(after, "scp")
    for one in compare(base, head, SETTING):
        if one.witness is None:
            assert Certainty.UNDECIDED is one.certainty
            continue
        found = [decide(bearing(of, one.witness, SETTING), one.witness).answer for of in (base, head)]
        assert [one.before, one.after] == found
        assert (Answer.ALLOWED is found[0]) is not (Answer.ALLOWED is found[1])
