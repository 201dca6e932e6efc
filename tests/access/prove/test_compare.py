"""What is found between two chains: for whom, on what, under which condition, and how sure it is."""

from __future__ import annotations

from typing import Any

from org.access.document import document
from org.access.policies import Policies
from org.access.prove.compare import compare
from org.access.prove.difference import Certainty, Difference, Setting
from org.model.request import Answer, Layer
from tests.access.prove.mutations import FULL, SETTING

ACCOUNT = SETTING.account
ADMIN, DEPLOY = "arn:aws:iam::*:role/admin", "arn:aws:iam::*:role/deploy-*"
Statement = dict[str, Any]


def deny(actions: str | list[str], condition: Statement | None = None, **elements: Any) -> Statement:
    made = {"Sid": "Guard", "Effect": "Deny", "Action": actions, "Resource": "*"} | elements
    return made | ({"Condition": condition} if condition else {})


def allow(actions: str | list[str], condition: Statement | None = None, **elements: Any) -> Statement:
    return deny(actions, condition, **elements) | {"Effect": "Allow"}


def written(*statements: Statement, version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def scps(*levels: list[Statement], full: bool = True) -> Policies:
    """Levels of SCPs, each with FullAWSAccess where it has no Allow of its own."""
    read = []
    for number, level in enumerate(levels):
        allows = [document(Layer.SCP, "FullAWSAccess", FULL)] if full else []
        read.append((*allows, document(Layer.SCP, f"guard-{number}", written(*level))))
    return Policies(scps=tuple(read), guardrails_only=True)


def rcps(*statements: Statement) -> Policies:
    with_everyone = [one | {"Principal": one.get("Principal", "*")} for one in statements]
    return Policies(rcps=((document(Layer.RCP, "guard", written(*with_everyone)),),), guardrails_only=True)


def found(base: Policies, head: Policies, setting: Setting = SETTING) -> list[Difference]:
    return list(compare(base, head, setting))


def only(base: Policies, head: Policies) -> Difference:
    (one,) = found(base, head)
    return one


STOP = ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"]


def test_a_wider_exemption_is_a_gain_of_those_it_exempts() -> None:
    base = scps([deny(STOP, {"ArnNotLike": {"aws:PrincipalArn": [ADMIN]}})])
    head = scps([deny(STOP, {"ArnNotLike": {"aws:PrincipalArn": [ADMIN, DEPLOY]}})])
    one = only(base, head)
    assert (True, Certainty.CERTAIN) == (one.gain, one.certainty)
    assert ("cloudtrail:DeleteTrail", "cloudtrail:StopLogging") == one.actions
    assert ((DEPLOY,), ()) == (one.principals, one.except_principals)
    assert ((Answer.EXPLICITLY_DENIED, Answer.ALLOWED)) == (one.before, one.after)
    assert [("guard-0", 0, "Guard", 0)] == [(r.policy, r.statement, r.sid, r.level) for r in one.statements]


def test_a_narrower_exemption_is_a_loss() -> None:
    base = scps([deny(STOP, {"ArnNotLike": {"aws:PrincipalArn": [ADMIN, DEPLOY]}})])
    head = scps([deny(STOP, {"ArnNotLike": {"aws:PrincipalArn": [ADMIN]}})])
    one = only(base, head)
    assert (False, (DEPLOY,)) == (one.gain, one.principals)
    assert (Answer.ALLOWED, Answer.EXPLICITLY_DENIED) == (one.before, one.after)


def test_the_exempt_keep_their_exemption_where_a_deny_goes() -> None:
    base = scps([deny(STOP, {"ArnNotLike": {"aws:PrincipalArn": [ADMIN]}})])
    one = only(base, scps([deny("s3:DeleteBucket")], full=True) if False else scps([]))
    assert (("*",), (ADMIN,)) == (one.principals, one.except_principals)


def test_a_region_more_is_a_gain_in_that_region() -> None:
    def chain(*regions: str) -> Policies:
        return scps([deny([], {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}) | {"NotAction": ["iam:*"]}])

    def without_action(policies: Policies) -> Policies:
        return policies

    base, head = (
        scps(
            [
                {
                    "Effect": "Deny",
                    "NotAction": ["iam:*"],
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": regions}},
                }
            ]
        )
        for regions in (["eu-west-1"], ["eu-west-1", "eu-north-1"])
    )
    certain, future = found(base, head)
    assert ("aws:RequestedRegion is eu-north-1",) == certain.conditions
    assert certain.witness is not None
    assert "eu-north-1" == certain.witness.context["aws:requestedregion"]
    assert "s3:GetObject" in certain.actions
    assert "iam:CreateUser" not in certain.actions
    assert (Certainty.FUTURE, ("*",)) == (future.certainty, future.actions)
    assert "the action is not like iam:*" in future.conditions
