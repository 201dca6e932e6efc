"""Chains of policies in short, and the differences between two of them with every witness decided again."""

from __future__ import annotations

from typing import Any

from org.access.document import document
from org.access.policies import Policies
from org.access.prove.compare import compare
from org.access.prove.difference import Certainty, Difference
from org.access.prove.sides import bearing
from org.access.spec import decide
from org.model.request import Layer
from tests.access.prove.mutations import FULL, SETTING

ADMIN, DEPLOY = "arn:aws:iam::*:role/admin", "arn:aws:iam::*:role/deploy-*"
STOP = ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"]
TEAM = "arn:aws:s3:::${aws:PrincipalTag/team}/*"
Statement = dict[str, Any]
BOTH = ("true", "false")
TOGETHER: list[Statement] = [
    {"Null": {"aws:SourceVpc": "true", "aws:SourceIp": "true"}},
    {"Null": {"aws:SourceVpc": "false"}},
    {"Null": {"aws:SourceIp": "false"}},
]
"""Conditions of which each request meets one."""


def deny(actions: str | list[str], condition: Statement | None = None, **elements: Any) -> Statement:
    made = {"Sid": "Guard", "Effect": "Deny", "Action": actions, "Resource": "*"} | elements
    made = {key: value for key, value in made.items() if value is not None}
    return made | ({"Condition": condition} if condition else {})


def allow(actions: str | list[str], condition: Statement | None = None, **elements: Any) -> Statement:
    return deny(actions, condition, **elements) | {"Effect": "Allow"}


def written(*statements: Statement, version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def scps(*levels: list[Statement]) -> Policies:
    """Levels of SCPs, each with FullAWSAccess where it has no Allow of its own."""
    read = []
    for number, level in enumerate(levels):
        own = any(one["Effect"] == "Allow" for one in level)
        full = () if own else (document(Layer.SCP, "FullAWSAccess", FULL),)
        read.append((*full, document(Layer.SCP, f"guard-{number}", written(*level))))
    return Policies(scps=tuple(read), guardrails_only=True)


def rcps(*statements: Statement) -> Policies:
    everyone = [{"Principal": "*"} | one for one in statements]
    return Policies(rcps=((document(Layer.RCP, "guard", written(*everyone)),),), guardrails_only=True)


def found(base: Policies, head: Policies) -> list[Difference]:
    """The differences, each with its witness decided again by the definition, all policies as they are."""
    differences = list(compare(base, head, SETTING))
    for one in differences:
        if one.witness is not None:
            sides = (decide(bearing(side, one.witness, SETTING), one.witness).answer for side in (base, head))
            assert [one.before, one.after] == list(sides)
    return differences


def one_of(base: Policies, head: Policies, certainty: Certainty = Certainty.CERTAIN) -> Difference:
    """The only difference that is as sure as that."""
    (one,) = (one for one in found(base, head) if one.certainty is certainty)
    return one


def but(*roles: str) -> Statement:
    return {"ArnNotLike": {"aws:PrincipalArn": list(roles)}}


def outside(*regions: str) -> Statement:
    return {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}


def null(**keys: str) -> Statement:
    """That a global key is absent (`"true"`) or present (`"false"`): of any request one of the two is true."""
    return {"Null": {f"aws:{key}": value for key, value in keys.items()}}
