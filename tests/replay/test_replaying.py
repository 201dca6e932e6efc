"""What calls would get before and after a change: three-valued, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from org.model.request import Answer
from org.replay import words
from org.replay.keys import Keys, plus, usual
from org.replay.replaying import Group, Outcome, Replayed, judged, replay
from tests.replay.trail import ACCOUNT, IDENTITIES, MANAGEMENT, ORG, OTHER, OUTSIDE, ROLE, deny, event, read, side

DESCRIBE = event("ec2", "DescribeInstances")
DELETE_ROLE = event("iam", "DeleteRole", requestParameters={"roleName": "admin"}, awsRegion="us-east-1")


def outcome(folder: Path, made: dict[str, Any], statement: dict[str, Any], keys: Keys | None = None) -> Group | None:
    """How one event fares under one statement; None where it is surely allowed."""
    found = replay(read(folder, [made], keys), None, side(statement))
    return found.groups[0] if found.groups else None


def test_a_call_that_head_denies_is_denied_with_the_statement_at_fault(tmp_path: Path) -> None:
    group = outcome(tmp_path, DESCRIBE, deny("ec2:*"))
    assert group is not None
    assert (group.outcome, group.after, group.before) == (Outcome.DENIED, Answer.EXPLICITLY_DENIED, None)
    assert [(one.policy, one.sid, one.level) for one in group.statements] == [("guard", "Guard", 0)]
    assert (group.account, group.action, group.count) == (ACCOUNT, "ec2:DescribeInstances", 1)


def test_a_call_that_nothing_denies_is_in_no_group(tmp_path: Path) -> None:
    assert outcome(tmp_path, DESCRIBE, deny("s3:*")) is None


def changed(folder: Path, made: list[dict[str, Any]], before: dict[str, Any], after: dict[str, Any]) -> Replayed:
    return replay(read(folder, made), side(before), side(after))


def test_with_a_base_only_what_changes_is_told(tmp_path: Path) -> None:
    made = [DESCRIBE, event("s3", "ListBuckets"), event("sqs", "ListQueues")]
    found = changed(tmp_path, made, deny(["s3:*", "sqs:*"]), deny(["ec2:*", "sqs:*"]))
    assert [(one.outcome, one.action, one.before, one.after) for one in found.groups] == [
        (Outcome.NEWLY_DENIED, "ec2:DescribeInstances", Answer.ALLOWED, Answer.EXPLICITLY_DENIED),
        (Outcome.NEWLY_ALLOWED, "s3:ListAllMyBuckets", Answer.EXPLICITLY_DENIED, Answer.ALLOWED),
    ]
    assert found.groups[1].statements[0].sid == "Guard"


def test_the_same_on_both_sides_changes_nothing_even_where_it_is_uncertain(tmp_path: Path) -> None:
    tagged = deny("ec2:*", StringEquals={"aws:PrincipalTag/team": "x"})
    found = changed(tmp_path, [DESCRIBE], tagged, tagged)
    assert (found.groups, found.certain, found.calls) == ((), 0, 1)


def test_what_becomes_uncertain_or_certain_is_told(tmp_path: Path) -> None:
    tagged = deny("ec2:*", StringEquals={"aws:PrincipalTag/team": "x"})
    for before, after in ((deny("s3:*"), tagged), (tagged, deny("s3:*")), (tagged, deny("ec2:*"))):
        found = changed(tmp_path, [DESCRIBE], before, after)
        assert [(one.outcome, one.depends_on) for one in found.groups] == [
            (Outcome.DEPENDS, ("aws:principaltag/team",))
        ]
        assert found.certain == 0


def test_whose_a_bucket_is_that_the_log_does_not_say_is_unknown(tmp_path: Path) -> None:
    made = event("s3", "HeadBucket", requestParameters={"bucketName": "b"})
    group = outcome(tmp_path, made, deny("s3:*", StringNotEquals={"aws:ResourceAccount": ACCOUNT}))
    assert group is not None
    assert (group.outcome, group.depends_on) == (Outcome.DEPENDS, ("aws:resourceaccount",))


UNKNOWN = {
    "a tag of the principal": ({"StringEquals": {"aws:PrincipalTag/team": "x"}}, "aws:principaltag/team"),
    "a key that the corpus does not keep": ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "aws:sourceip"),
    "the user agent": ({"StringLike": {"aws:UserAgent": "*"}}, "aws:useragent"),
    "the referer": ({"StringEquals": {"aws:Referer": "x"}}, "aws:referer"),
}


@pytest.mark.parametrize("why", UNKNOWN)
def test_what_the_log_does_not_say_makes_the_answer_depend_on_it(tmp_path: Path, why: str) -> None:
    condition, key = UNKNOWN[why]
    group = outcome(tmp_path, DESCRIBE, deny("ec2:*", **condition))
    assert group is not None
    assert (group.outcome, group.depends_on) == (Outcome.DEPENDS, (key,))


ABSENT = [
    {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
    {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    {"Null": {"aws:SourceVpc": "false"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"aws:SourceIdentity": "x"}} | {"Bool": {"aws:ViaAWSService": "true"}},
    {"StringEquals": {"saml:sub": "x"}},
    {"StringEquals": {"s3:prefix": "x"}},
    {"StringEquals": {"ec2:InstanceType": "x"}},
    {"StringEquals": {"aws:SourceAccount": "1"}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
]


@pytest.mark.parametrize("condition", ABSENT)
def test_what_cannot_be_there_is_absent_and_not_unknown(tmp_path: Path, condition: dict[str, Any]) -> None:
    assert outcome(tmp_path, DESCRIBE, deny("*", **condition)) is None


def test_a_negated_test_of_an_absent_key_is_true(tmp_path: Path) -> None:
    group = outcome(tmp_path, DESCRIBE, deny("*", StringNotEquals={"aws:SourceVpc": "vpc-1"}))
    assert group is not None
    assert group.outcome is Outcome.DENIED


def test_through_an_endpoint_the_vpc_is_unknown(tmp_path: Path) -> None:
    made = event("ec2", "DescribeInstances", vpcEndpointId="vpce-1")
    group = outcome(tmp_path, made, deny("*", StringNotEquals={"aws:SourceVpc": "vpc-1"}))
    assert group is not None
    assert (group.outcome, group.depends_on) == (Outcome.DEPENDS, ("aws:sourcevpc",))


ROLE_PATTERNS = {
    "arn:aws:iam::*:role/other": None,
    "arn:aws:iam::*:role/team-*": Outcome.DEPENDS,
    "arn:aws:iam::*:role/*admin": Outcome.DENIED,
    "arn:aws:iam::*:role/*": Outcome.DENIED,
    "arn:aws:iam::*:role/admin": Outcome.DEPENDS,
    "arn:aws:iam::*:role/*/admin": Outcome.DEPENDS,
    "arn:aws:iam::*:role/aws-reserved/*": Outcome.DEPENDS,
    "arn:aws:iam::*:role/${aws:username}": Outcome.DEPENDS,
    "arn:aws:iam::999999999999:role/*": None,
    "arn:aws:iam::*:user/*": None,
    "*": Outcome.DENIED,
}


@pytest.mark.parametrize("pattern", ROLE_PATTERNS)
def test_a_role_without_its_path_is_judged_by_every_path_it_may_have(tmp_path: Path, pattern: str) -> None:
    made = event("iam", "DeleteRole", "user", requestParameters={"roleName": "admin"}, userIdentity=named("admin"))
    group = outcome(tmp_path, made, deny("iam:*", pattern))
    assert (group.outcome if group else None) == ROLE_PATTERNS[pattern]
    assert group is None or group.outcome is Outcome.DENIED or group.depends_on == ("resource",)


def named(user: str) -> dict[str, Any]:
    return {**IDENTITIES["user"], "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}", "userName": user}


def test_a_secret_named_without_its_last_characters_is_judged_by_its_name(tmp_path: Path) -> None:
    made = event("secretsmanager", "GetSecretValue", requestParameters={"secretId": "db"})
    arn = "arn:aws:secretsmanager:*:*:secret:"
    assert outcome(tmp_path, made, deny("*", f"{arn}db-??????")) is not None
    assert outcome(tmp_path, made, deny("*", f"{arn}other*")) is None
    group = outcome(tmp_path, made, deny("*", f"{arn}db-AbCdEf"))
    assert group is not None
    assert group.outcome is Outcome.DEPENDS


def test_a_resource_of_which_nothing_is_known_makes_the_answer_depend_on_it(tmp_path: Path) -> None:
    made = event("kms", "Decrypt")
    group = outcome(tmp_path, made, deny("kms:*", "arn:aws:kms:*:*:key/1"))
    assert group is not None
    assert (group.outcome, group.depends_on) == (Outcome.DEPENDS, ("resource",))


LAUNCH = event(
    "ec2",
    "RunInstances",
    requestParameters={"instancesSet": {"items": [{"imageId": "ami-0aaaaaaaaaaaaaaaa"}]}, "instanceType": "m7i.large"},
)


def test_keys_of_one_type_of_resource_are_not_those_of_the_others(tmp_path: Path) -> None:
    big = {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}
    group = outcome(tmp_path, LAUNCH, deny("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*", **big))
    assert group is not None
    assert group.outcome is Outcome.DENIED
    small = {"StringNotEquals": {"ec2:InstanceType": "m7i.large"}}
    assert outcome(tmp_path, LAUNCH, deny("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*", **small)) is None


def test_an_instance_without_a_tag_that_must_be_asked_for_is_denied(tmp_path: Path) -> None:
    untagged = deny("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*", Null={"aws:RequestTag/team": "true"})
    keys = plus(usual(), ["aws:RequestTag/team"])
    group = outcome(tmp_path, LAUNCH, untagged, keys)
    assert group is not None
    assert group.outcome is Outcome.DENIED
    tags = {"items": [{"resourceType": "instance", "tags": [{"key": "team", "value": "pay"}]}]}
    made = {**LAUNCH, "requestParameters": {**LAUNCH["requestParameters"], "tagSpecificationSet": tags}}
    assert outcome(tmp_path, made, untagged, keys) is None


def test_a_role_session_may_come_from_a_provider_of_identities(tmp_path: Path) -> None:
    group = outcome(tmp_path, event("ec2", "DescribeInstances", "role"), deny("*", StringEquals={"saml:sub": "x"}))
    assert group is not None
    assert (group.outcome, group.principal, group.depends_on) == (Outcome.DEPENDS, ROLE, ("saml:sub",))


def test_a_role_whose_path_the_log_leaves_out_may_be_exempt(tmp_path: Path) -> None:
    made = event("ec2", "DescribeInstances", userIdentity={**IDENTITIES["role"], "sessionContext": {}})
    group = outcome(tmp_path, made, deny("*", ArnNotLike={"aws:PrincipalArn": ROLE}))
    assert group is not None
    assert (group.outcome, group.depends_on) == (Outcome.DEPENDS, ("aws:principalarn",))


def test_the_management_account_is_exempt(tmp_path: Path) -> None:
    made = event(userIdentity={"type": "Root", "arn": f"arn:aws:iam::{MANAGEMENT}:root", "accountId": MANAGEMENT})
    found = replay(read(tmp_path, [made]), None, side(deny("*")))
    assert (found.groups, found.exempt, found.certain) == ((), 1, 1)


PERIMETER = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}},
}


def reading(account: str, kind: str = "IAMUser") -> dict[str, Any]:
    """An object of ours is read from an account."""
    identity = {"type": kind, "arn": f"arn:aws:iam::{account}:user/x", "accountId": account}
    resources = [{"ARN": "arn:aws:s3:::b/k"}, {"ARN": "arn:aws:s3:::b", "accountId": ACCOUNT}]
    named = [{"ARN": "arn:aws:s3:::b/k", "accountId": ACCOUNT}, resources[1]]
    parameters = {"bucketName": "b", "key": "k"}
    return event("s3", "GetObject", userIdentity=identity, requestParameters=parameters, resources=named)


def test_an_account_outside_is_not_in_our_organization_whichever_it_is_in(tmp_path: Path) -> None:
    perimeter = side(deny("ec2:*"), rcp={**PERIMETER, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORG}}})
    found = replay(read(tmp_path, [reading(OUTSIDE), reading(OTHER)]), None, perimeter)
    assert [(one.outcome, one.account) for one in found.groups] == [(Outcome.DENIED, OUTSIDE)]


def test_whether_an_account_outside_has_an_organization_nobody_knows(tmp_path: Path) -> None:
    found = replay(
        read(tmp_path, [reading(OUTSIDE)]),
        None,
        side(
            deny("ec2:*"), rcp={**PERIMETER, "Action": "s3:Get*", "Condition": {"Null": {"aws:PrincipalOrgID": "true"}}}
        ),
    )
    assert [(one.outcome, one.depends_on) for one in found.groups] == [(Outcome.DEPENDS, ("aws:principalorgid",))]


def test_without_the_id_of_the_organization_a_policy_that_asks_for_it_is_undecided(tmp_path: Path) -> None:
    found = replay(read(tmp_path, [reading(OTHER)]), None, side(deny("ec2:*"), rcp=PERIMETER, org_id=None))
    assert [(one.outcome, one.depends_on) for one in found.groups] == [(Outcome.DEPENDS, ("aws:principalorgid",))]


def test_a_call_from_one_of_our_accounts_is_told_by_its_own_log(tmp_path: Path) -> None:
    identity = {"type": "AWSAccount", "accountId": OTHER, "principalId": "AROAX:y"}
    made = {**reading(OTHER), "userIdentity": identity}
    assert replay(read(tmp_path, [made]), None, side(deny("*"))).calls == 0


def test_groups_add_up_by_account_principal_and_action(tmp_path: Path) -> None:
    made = [
        event(
            "s3", "GetObject", requestParameters={"bucketName": "b", "key": f"{n}"}, eventTime=f"2026-11-0{n}T00:00:00Z"
        )
        for n in (3, 1, 2)
    ]
    [group] = replay(read(tmp_path, made), None, side(deny("s3:*"))).groups
    assert (group.count, group.requests, group.first, group.last) == (
        3,
        3,
        "2026-11-01T00:00:00Z",
        "2026-11-03T00:00:00Z",
    )
    assert group.resources == ("arn:aws:s3:::b/1", "arn:aws:s3:::b/2", "arn:aws:s3:::b/3")


def test_a_statement_that_cannot_be_read_leaves_the_answer_open(tmp_path: Path) -> None:
    group = outcome(tmp_path, DESCRIBE, deny("ec2:*", StringFuzzy={"aws:x": "y"}))
    assert group is not None
    assert (group.outcome, group.because) == (Outcome.DEPENDS, ("`StringFuzzy` is no condition operator",))


def test_an_empty_corpus_has_no_groups() -> None:
    assert judged([], usual(), None, side(deny("*"))) == Replayed((), 0, 0, 0, 0)


@pytest.mark.parametrize(("certain", "told"), [(1000, "100 %"), (9999, "99.9 %"), (500, "50.0 %")])
def test_a_share_is_never_rounded_up_to_everything(certain: int, told: str) -> None:
    calls = 1000 if certain <= 1000 else 10_000
    assert f", {told} of them certain" in words.totals(Replayed((), calls, 1, certain, 0))
