"""Chains of policies as JSON, real and made up, and the changes that pull requests make to them, all by chance."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.access.document import document
from org.access.policies import Policies
from org.access.prove.difference import Setting
from org.model.request import Layer

if TYPE_CHECKING:
    import random

Document = dict[str, Any]
Levels = list[list[Document]]

SHIPPED = Path(__file__).parents[2] / "cases" / "policies"
SETTING = Setting(
    "111122223333", "o-acme123456", "o-acme123456/r-ab12/ou-ab12-11111111/", ("eu-west-1", "eu-central-1")
)
FULL: Document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ACTIONS = (
    "s3:GetObject",
    "s3:Get*",
    "s3:*",
    "s3:Put?bject",
    "ec2:RunInstances",
    "ec2:Describe*",
    "ec2:*",
    "iam:CreateUser",
    "iam:*",
    "kms:Decrypt",
    "kms:*",
    "cloudtrail:StopLogging",
    "*:Delete*",
    "lambda:*Function*",
    "sts:AssumeRole",
    "*",
)
RESOURCES = (
    "arn:aws:s3:::logs",
    "arn:aws:s3:::logs-*",
    "arn:aws:s3:::logs-*/*",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:ec2:*:*:*/*",
    "arn:aws:kms:eu-west-1:111122223333:key/*",
    "arn:aws:iam::*:role/team/*",
    "arn:*:lambda:*:*:function:prod-?",
    "*",
)
ROLES = ("admin", "admin-*", "ci-*", "*-deploy", "team/*", "org-baseline-apply", "a?c")
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "eu-*", "*-1")
TAGS = ("prod", "pr*", "dev", "Prod", "")


def conditions(chance: random.Random) -> Document:
    """A condition of one or two tests."""
    tests = [test(chance) for _ in range(chance.choice((1, 1, 2)))]
    made: Document = {}
    for operator, key, values in tests:
        made.setdefault(operator, {})[key] = values
    return made


def test(chance: random.Random) -> tuple[str, str, Any]:
    """An operator, a key and values."""
    suffix = chance.choice(("", "", "IfExists"))
    arns = [f"arn:aws:iam::*:role/{name}" for name in chance.sample(ROLES, chance.choice((1, 2)))]
    some = lambda of: chance.sample(of, chance.choice((1, 2)))  # noqa: E731 - it would have no other name
    ways: tuple[Callable[[], tuple[str, str, Any]], ...] = (
        lambda: (chance.choice(("ArnLike", "ArnNotLike", "ArnNotEquals")) + suffix, "aws:PrincipalArn", arns),
        lambda: (chance.choice(("StringLike", "StringNotLike")) + suffix, "aws:PrincipalArn", arns),
        lambda: (chance.choice(("StringEquals", "StringNotEquals")) + suffix, "aws:RequestedRegion", some(REGIONS[:3])),
        lambda: (chance.choice(("StringLike", "StringNotLike")), "aws:requestedregion", some(REGIONS)),
        lambda: (
            chance.choice(("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")),
            "aws:ResourceTag/env",
            some(TAGS),
        ),
        lambda: (chance.choice(("StringLike", "StringNotEquals")) + suffix, "aws:ResourceTag/env", some(TAGS)),
        lambda: (
            "Null",
            chance.choice(("aws:ResourceTag/env", "aws:TagKeys", "aws:SourceVpc")),
            chance.choice(("true", "false")),
        ),
        lambda: (chance.choice(("ForAllValues:StringEquals", "ForAnyValue:StringLike")), "aws:TagKeys", some(TAGS)),
        lambda: (
            chance.choice(("ForAllValues:StringNotLike", "ForAnyValue:StringNotEquals")),
            "aws:TagKeys",
            some(TAGS),
        ),
        lambda: (
            chance.choice(("IpAddress", "NotIpAddress")) + suffix,
            "aws:SourceIp",
            some(("10.0.0.0/8", "10.1.0.0/16", "203.0.113.4", "2001:db8::/32")),
        ),
        lambda: (
            chance.choice(("NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals")) + suffix,
            "aws:MultiFactorAuthAge",
            chance.choice(("300", "3600", "300.5")),
        ),
        lambda: (
            chance.choice(("DateLessThan", "DateGreaterThan", "DateNotEquals")),
            "aws:TokenIssueTime",
            chance.choice(("2026-01-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00")),
        ),
        lambda: (
            "Bool" + suffix,
            chance.choice(("aws:SecureTransport", "aws:MultiFactorAuthPresent")),
            chance.choice(("true", "false")),
        ),
        lambda: (chance.choice(("StringEquals", "StringNotEquals")), "aws:TagKeys", some(TAGS)),
    )
    return chance.choice(ways)()


def statement(chance: random.Random, effect: str) -> Document:
    """A statement with any of the elements."""
    few = chance.sample(ACTIONS[:-1], chance.choice((1, 2, 3))) if chance.random() < 0.9 else ["*"]
    made: Document = {"Effect": effect, chance.choice(("Action", "Action", "Action", "NotAction")): few}
    narrow = chance.random()
    if narrow < 0.3:
        made[chance.choice(("Resource", "Resource", "NotResource"))] = chance.sample(
            RESOURCES[:-1], chance.choice((1, 2))
        )
    else:
        made["Resource"] = "*"
    if chance.random() < 0.7:
        made["Condition"] = conditions(chance)
    return made


def made_up(chance: random.Random) -> Levels:
    """A chain of two to four levels; one of them may allow only some things, with conditions."""
    levels: Levels = []
    narrow = chance.choice((None, None, 0, 1))
    for number in range(chance.choice((2, 3, 4))):
        allows = (
            [statement(chance, "Allow") for _ in range(chance.choice((1, 2, 3)))]
            if number == narrow
            else FULL["Statement"]
        )
        level = [{"Version": "2012-10-17", "Statement": copy.deepcopy(allows)}]
        for _ in range(chance.choice((0, 1, 1, 2))):
            listed = [statement(chance, "Deny") for _ in range(chance.choice((1, 2, 3)))]
            level.append({"Version": "2012-10-17", "Statement": listed})
        levels.append(level)
    return levels


def shipped(chance: random.Random, layer: str) -> Levels:
    """The templates of this repository as AWS gets them, some at each of four levels."""
    names = {
        json.loads(line)["template"] for line in (SHIPPED / "decisions" / f"{layer}.jsonl").read_text().splitlines()
    }
    found = [json.loads((SHIPPED / f"{name}.json").read_text()) for name in sorted(names)]
    levels: Levels = [[copy.deepcopy(FULL)] for _ in range(4)]
    for one in chance.sample(found, min(len(found), 10)):
        chance.choice(levels).append(one)
    return levels


def as_rcps(levels: Levels) -> Levels:
    """The Denies as RCPs have them: about everyone."""
    made: Levels = []
    for level in levels:
        denies = [one for document_ in level for one in listed(document_["Statement"]) if one["Effect"] == "Deny"]
        made.append(
            [{"Version": "2012-10-17", "Statement": [{"Principal": "*"} | one for one in denies]}] if denies else []
        )
    return made


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def policies(levels: Levels, layer: str) -> Policies:
    """The chain as the engines read it."""
    of = Layer(layer)
    read = tuple(tuple(document(of, f"p{number}", one) for number, one in enumerate(level)) for level in levels)
    return Policies(guardrails_only=True, **{f"{layer}s": read})


# What pull requests do. Each takes the chain, changes it in place, and a statement of it that is meant.


def reorder(chance: random.Random, levels: Levels, at: Document) -> None:
    for level in levels:
        chance.shuffle(level)
        for document_ in level:
            document_["Statement"] = chance.sample(listed(document_["Statement"]), len(listed(document_["Statement"])))


def drop_statement(chance: random.Random, levels: Levels, at: Document) -> None:
    for level in levels:
        for document_ in level:
            document_["Statement"] = [one for one in listed(document_["Statement"]) if one is not at]


def drop_action(chance: random.Random, levels: Levels, at: Document) -> None:
    key = "Action" if "Action" in at else "NotAction"
    patterns = listed(at[key])
    at[key] = patterns[1:] or patterns


def exempt_role(chance: random.Random, levels: Levels, at: Document) -> None:
    role = f"arn:aws:iam::*:role/{chance.choice(ROLES)}"
    known = at.setdefault("Condition", {}).setdefault("ArnNotLike", {})
    key = next((one for one in known if one.lower() == "aws:principalarn"), "aws:PrincipalArn")
    known[key] = [*listed(known.get(key, [])), role]


def narrow_resource(chance: random.Random, levels: Levels, at: Document) -> None:
    key = "NotResource" if "NotResource" in at else "Resource"
    at[key] = [chance.choice(RESOURCES[:-1])]


def add_deny(chance: random.Random, levels: Levels, at: Document) -> None:
    made = statement(chance, "Deny")
    made |= {"Principal": "*"} if "Principal" in at else {}
    chance.choice(levels).append({"Version": "2012-10-17", "Statement": [made]})


def widen_wildcard(chance: random.Random, levels: Levels, at: Document) -> None:
    key = "Action" if "Action" in at else "NotAction"
    patterns = listed(at[key])
    at[key] = [f"{patterns[0].partition(':')[0]}:*" if ":" in patterns[0] else "*", *patterns[1:]]


def change_value(chance: random.Random, levels: Levels, at: Document) -> None:
    for keys in at.get("Condition", {}).values():
        for key, values in keys.items():
            if len(listed(values)) > 1:
                keys[key] = listed(values)[1:]
                return
            if key.lower() == "aws:requestedregion":
                keys[key] = [*listed(values), "ap-southeast-2"]
                return
    at["Condition"] = conditions(chance)


OTHER = {
    "StringEquals": "StringLike",
    "StringNotEquals": "StringNotEqualsIfExists",
    "ArnNotLike": "ArnNotLikeIfExists",
    "ArnLike": "ArnNotLike",
    "StringNotLike": "StringNotEquals",
    "Bool": "BoolIfExists",
    "BoolIfExists": "Bool",
    "IpAddress": "NotIpAddress",
    "NumericLessThan": "NumericLessThanEquals",
    "DateLessThan": "DateLessThanEquals",
    "ForAllValues:StringEquals": "ForAnyValue:StringEquals",
    "ForAnyValue:StringLike": "ForAllValues:StringLike",
    "StringNotEqualsIgnoreCase": "StringNotEquals",
    "StringLike": "StringEquals",
}


def change_operator(chance: random.Random, levels: Levels, at: Document) -> None:
    condition = at.get("Condition", {})
    for operator in list(condition):
        if OTHER.get(operator) and OTHER[operator] not in condition:
            condition[OTHER[operator]] = condition.pop(operator)
            return


def move(chance: random.Random, levels: Levels, at: Document) -> None:
    source = chance.choice([level for level in levels if level])
    chance.choice(levels).append(source.pop(chance.randrange(len(source))))


def add_level(chance: random.Random, levels: Levels, at: Document) -> None:
    levels.insert(chance.randrange(len(levels) + 1), chance.choice((copy.deepcopy(levels[0]), [copy.deepcopy(FULL)])))


def widen_allow(chance: random.Random, levels: Levels, at: Document) -> None:
    if "Principal" not in at:
        chance.choice(levels).append({"Version": "2012-10-17", "Statement": [statement(chance, "Allow")]})


CHANGES = (
    reorder,
    drop_statement,
    drop_action,
    exempt_role,
    narrow_resource,
    add_deny,
    widen_wildcard,
    change_value,
    change_operator,
    move,
    add_level,
    widen_allow,
)


def changed(chance: random.Random, levels: Levels) -> tuple[str, Levels]:
    """The names of one or two changes, and the chain after them."""
    after = copy.deepcopy(levels)
    names = []
    for change in chance.sample(CHANGES, chance.choice((1, 1, 2))):
        statements = [one for level in after for document_ in level for one in listed(document_["Statement"])]
        conditional = [one for one in statements if one["Effect"] == "Deny"] or statements
        if not conditional:
            continue
        change(chance, after, chance.choice(conditional))
        names.append(change.__name__)
    return " and ".join(names), after
