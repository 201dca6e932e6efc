"""What is found between two chains: for whom, on what, under which condition, and how sure it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from org.access.document import document
from org.access.policies import Policies
from org.access.prove import settle, solve
from org.access.prove.compare import compare
from org.access.prove.difference import Certainty
from org.model.request import Answer, Layer
from tests.access.prove.chains import (
    ADMIN,
    BOTH,
    DEPLOY,
    STOP,
    TEAM,
    TOGETHER,
    Statement,
    allow,
    but,
    deny,
    found,
    null,
    one_of,
    outside,
    rcps,
    scps,
)
from tests.access.prove.mutations import FULL, SETTING


def test_equal_chains_have_no_difference() -> None:
    assert [] == found(scps([deny(STOP, but(ADMIN))]), scps([deny(STOP, but(ADMIN))]))


SAME: dict[str, tuple[Policies, Policies]] = {
    "a Deny on another level": (scps([deny(STOP)], []), scps([], [deny(STOP)])),
    "statements joined": (
        scps([deny("s3:GetObject"), deny("s3:PutObject")]),
        scps([deny(["s3:PutObject", "s3:GetObject"])]),
    ),
    "a pattern that another one covers": (scps([deny(["s3:Get*", "s3:*"])]), scps([deny("S3:*")])),
    "a statement inside another one": (
        scps([deny("s3:*"), deny("s3:GetObject", outside("eu-west-1"))]),
        scps([deny("s3:*")]),
    ),
    "the same resources in two lists": (
        scps([deny("s3:*", Resource=["arn:aws:s3:::a", "arn:aws:s3:::b"])]),
        scps([deny("s3:*", Resource="arn:aws:s3:::b"), deny("s3:*", Resource="arn:aws:s3:::a")]),
    ),
    "the same policy variable": (
        scps([deny("s3:*", Resource=TEAM)]),
        scps(
            [
                deny(
                    "s3:*",
                    Resource=[TEAM, TEAM.replace("*", "x")],
                )
            ]
        ),
    ),
    "a Deny that a later one makes needless": (
        scps([deny("s3:*", but(ADMIN))], [deny("s3:*")]),
        scps([], [deny("s3:*")]),
    ),
    "operators that mean the same": (
        scps([deny("s3:*", {"ArnEquals": {"aws:PrincipalArn": ADMIN}})]),
        scps([deny("s3:*", {"ArnLike": {"AWS:principalARN": ADMIN}})]),
    ),
    "an Allow beside FullAWSAccess": (
        scps([allow("*"), deny("s3:*")]),
        scps([allow("*"), allow("s3:*", outside("eu-west-1")), deny("s3:*")]),
    ),
    "one level more that allows all": (scps([deny(STOP)]), scps([deny(STOP)], [])),
    "no SCPs, and SCPs that deny nothing": (Policies(guardrails_only=True), scps([], [])),
    "an Allow of an RCP": (rcps(deny("s3:*")), rcps(deny("s3:*"), allow("s3:*"))),
    "an RCP about what RCPs do not cover": (rcps(deny("ec2:*")), rcps()),
    "three Denies that are one together": (
        scps([deny("s3:GetObject")]),
        scps([deny("s3:GetObject", one) for one in TOGETHER]),
    ),
    "four Denies that are one together": (
        scps([deny("s3:Get*")]),
        scps([deny("s3:Get*", null(SourceVpc=vpc, SourceIp=ip)) for vpc in BOTH for ip in BOTH]),
    ),
    "a Deny beside three that are one together": (
        scps([deny("s3:*"), *(deny("s3:*", one) for one in TOGETHER)]),
        scps([deny("s3:*", one) for one in TOGETHER]),
    ),
    "every action, however it is written": (scps([deny("*")]), scps([deny("*:*")])),
    "what needs no permission": (scps([deny("sts:GetCallerIdentity")]), scps([])),
}


@pytest.mark.parametrize("name", SAME)
def test_chains_that_say_the_same_have_no_difference(name: str) -> None:
    assert [] == found(*SAME[name])
    assert [] == found(*reversed(SAME[name]))


def test_a_wider_exemption_is_a_gain_of_those_it_exempts() -> None:
    (one,) = found(scps([deny(STOP, but(ADMIN))]), scps([deny(STOP, but(ADMIN, DEPLOY))]))
    assert (True, Certainty.CERTAIN) == (one.gain, one.certainty)
    assert ("cloudtrail:DeleteTrail", "cloudtrail:StopLogging") == one.actions
    assert ((DEPLOY,), ()) == (one.principals, one.except_principals)
    assert (Answer.EXPLICITLY_DENIED, Answer.ALLOWED) == (one.before, one.after)
    assert [("guard-0", 0, "Guard", 0)] == [(r.policy, r.statement, r.sid, r.level) for r in one.statements]


def test_a_narrower_exemption_is_a_loss_of_those_it_exempted() -> None:
    (one,) = found(scps([deny(STOP, but(ADMIN, DEPLOY))]), scps([deny(STOP, but(ADMIN))]))
    assert (False, (DEPLOY,)) == (one.gain, one.principals)
    assert (Answer.ALLOWED, Answer.EXPLICITLY_DENIED) == (one.before, one.after)


def test_where_a_deny_goes_those_that_it_exempted_gain_nothing() -> None:
    (one,) = found(scps([deny(STOP, but(ADMIN))]), scps([]))
    assert (("*",), (ADMIN,)) == (one.principals, one.except_principals)


def test_a_region_more_is_a_gain_in_that_region() -> None:
    base, head = (
        scps([deny([], outside(*regions), Action=None, NotAction=["iam:*"])])
        for regions in (["eu-west-1"], ["eu-west-1", "eu-north-1"])
    )
    one = one_of(base, head)
    assert ("aws:RequestedRegion is eu-north-1",) == one.conditions
    assert one.witness is not None
    assert "eu-north-1" == one.witness.context["aws:requestedregion"]
    assert {"s3:GetObject", "ec2:RunInstances"} < set(one.actions)
    assert "iam:CreateUser" not in one.actions
    coming = one_of(base, head, Certainty.FUTURE)
    assert ("*",) == coming.actions
    assert "the action is not like iam:*" in coming.conditions


def test_a_narrower_resource_is_a_gain_on_the_rest() -> None:
    one = one_of(
        scps([deny("s3:PutObject", Resource="arn:aws:s3:::logs-*")]),
        scps([deny("s3:PutObject", Resource="arn:aws:s3:::logs-prod*")]),
    )
    assert (("arn:aws:s3:::logs-*",), ("arn:aws:s3:::logs-prod*",)) == (one.resources, one.except_resources)


def test_a_level_that_allows_more_is_a_gain_of_what_is_new() -> None:
    one = one_of(
        scps([], [allow("s3:*")]),
        scps([], [allow("s3:*"), allow(["ec2:RunInstances", "s3:GetObject"], outside("us-east-1"))]),
    )
    assert ("ec2:RunInstances",) == one.actions
    assert ("aws:RequestedRegion is not us-east-1",) == one.conditions
    assert (Answer.IMPLICITLY_DENIED, Answer.ALLOWED) == (one.before, one.after)


def test_allows_of_several_levels_must_all_fit() -> None:
    head = scps([allow("s3:*", outside("us-east-1"))], [allow(["s3:GetObject", "ec2:*"])])
    differences = found(scps([allow("ec2:*")], [allow("*")]), head)
    (one,) = (one for one in differences if one.gain and one.certainty is Certainty.CERTAIN)
    assert ("s3:GetObject",) == one.actions
    assert ("aws:RequestedRegion is not us-east-1",) == one.conditions


def test_a_level_without_any_policy_denies_everything() -> None:
    nothing = Policies(scps=((document(Layer.SCP, "full", FULL),), ()), guardrails_only=True)
    one = one_of(scps([], []), nothing)
    assert (False, ("*",), ("*",)) == (one.gain, one.principals, one.resources)
    assert {"s3:GetObject", "ec2:RunInstances"} < set(one.actions)


def test_only_root_gains_where_root_alone_was_denied() -> None:
    root = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    one = one_of(scps([deny("s3:GetObject", root)]), scps([]))
    assert one.witness is not None
    assert f"arn:aws:iam::{SETTING.account}:root" == one.witness.principal.arn


def test_what_scps_do_not_bind_root_in_is_only_possible() -> None:
    root = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    (one,) = found(scps([deny("ec2:ModifyAddressAttribute", root)]), scps([]))
    assert Certainty.POSSIBLE is one.certainty


def test_an_rcp_binds_principals_of_elsewhere_to_resources_here() -> None:
    ours = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": SETTING.org_id}}
    one = one_of(rcps(deny("s3:GetObject", ours)), rcps())
    assert one.witness is not None
    assert SETTING.account not in one.witness.principal.arn
    assert SETTING.account == one.witness.resource_account
    assert "aws:principalorgid" not in one.witness.context


def test_an_rcp_binds_aws_services() -> None:
    services = {"Bool": {"aws:PrincipalIsAWSService": "true"}, "StringNotEquals": {"aws:SourceOrgID": SETTING.org_id}}
    one = one_of(rcps(deny("s3:PutObject", services)), rcps())
    assert one.witness is not None
    assert one.witness.principal.arn.endswith(".amazonaws.com")


def test_rcps_say_nothing_of_resources_elsewhere_nor_scps_of_principals_elsewhere() -> None:
    guards = rcps(deny("s3:*"))
    base = replace(scps([deny("s3:GetObject")]), rcps=guards.rcps)
    head = replace(scps([]), rcps=guards.rcps)
    one = one_of(base, head)
    assert one.witness is not None
    assert SETTING.account != one.witness.resource_account


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:*"])
def test_what_scps_ask_of_members_they_do_not_ask_of_others(action: str) -> None:
    narrow = scps([], [allow("ec2:*")])
    base, head = (replace(narrow, rcps=rcps(*guards).rcps) for guards in ([deny(action)], []))
    differences = found(base, head)
    assert {Certainty.CERTAIN, *([Certainty.FUTURE] if "*" in action else [])} == {one.certainty for one in differences}
    witnesses = [one.witness for one in differences if one.witness is not None]
    assert [] == [one for one in witnesses if SETTING.account in one.principal.arn]


def test_neither_binds_the_management_account() -> None:
    assert () == compare(scps([deny("*")]), scps([]), replace(SETTING, management=True))


def test_other_layers_are_not_compared() -> None:
    with pytest.raises(ValueError, match="only guardrails"):
        compare(Policies(), Policies(), SETTING)


IMPOSSIBLE: dict[str, Statement] = {
    "a service is no principal of an account": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    "the account is known": {"StringEquals": {"aws:PrincipalAccount": "999988887777"}},
    "the organization is known": {"StringNotEquals": {"aws:PrincipalOrgID": SETTING.org_id}},
    "the action does not know the key": {"StringEquals": {"ec2:InstanceType": "t3.micro"}},
    "the type says user, the ARN role": {
        "StringEquals": {"aws:PrincipalType": "User"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"},
    },
    "a user's name is in its ARN": {
        "StringEquals": {"aws:username": "ana"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/bob"},
    },
    "every request has a Region": {"Null": {"aws:RequestedRegion": "true"}},
    "a request over an endpoint has no public address": {
        "StringEquals": {"aws:SourceVpc": "vpc-1"},
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
    },
    "a number that is none": {"StringEquals": {"aws:MultiFactorAuthAge": "many"}},
    "one value for a key of several": {"StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}},
    "no service in between calls via one": {
        "ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"},
        "Bool": {"aws:ViaAWSService": "false"},
    },
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_keys_exclude_together_is_only_possible(name: str) -> None:
    (one,) = found(scps([deny("s3:GetObject", IMPOSSIBLE[name])]), scps([]))
    assert (Certainty.POSSIBLE, ("s3:GetObject",)) == (one.certainty, one.actions)
    assert one.witness is not None


def test_a_tag_of_the_request_is_among_its_tag_keys() -> None:
    both = {"Null": {"aws:RequestTag/env": "true"}, "ForAnyValue:StringEquals": {"aws:TagKeys": "env"}}
    (one,) = found(scps([deny("ec2:RunInstances", both)]), scps([]))
    assert Certainty.POSSIBLE is one.certainty
    neither = {"Null": {"aws:RequestTag/env": "true"}, "ForAllValues:StringNotEquals": {"aws:TagKeys": "env"}}
    (one,) = found(scps([deny("ec2:RunInstances", neither)]), scps([]))
    assert Certainty.CERTAIN is one.certainty


def test_a_resource_is_in_the_region_of_the_request() -> None:
    elsewhere = deny("ec2:StartInstances", outside("eu-west-1"), Resource="arn:aws:ec2:eu-west-1:*:instance/*")
    (one,) = found(scps([elsewhere]), scps([]))
    assert Certainty.POSSIBLE is one.certainty
    there = deny("ec2:StartInstances", outside("eu-west-1"), Resource="arn:aws:ec2:ap-south-2:*:instance/*")
    (one,) = found(scps([there]), scps([]))
    assert one.witness is not None
    assert ("ap-south-2", True) == (
        one.witness.context["aws:requestedregion"],
        ":ap-south-2:" in str(one.witness.resource),
    )


def test_a_resource_that_the_action_does_not_have_is_only_possible() -> None:
    (one,) = found(scps([deny("s3:ListAllMyBuckets", Resource="arn:aws:s3:::logs")]), scps([]))
    assert Certainty.POSSIBLE is one.certainty


@pytest.mark.parametrize(
    ("head", "actions"),
    [
        ([deny("s3:Get*")], ("s3:*",)),
        ([deny(["s3:Put*", "s3:GetObject"])], ("s3:*",)),
        ([deny("s3:*", but(ADMIN))], ("s3:*",)),
        ([deny([], Action=None, NotAction=["ec2:*"])], None),
    ],
)
def test_actions_that_aws_may_add_are_told_by_pattern(head: list[Statement], actions: tuple[str, ...] | None) -> None:
    differences = found(scps([deny("s3:*")]), scps(head))
    future = [one for one in differences if one.certainty is Certainty.FUTURE and one.gain]
    assert [actions] * (actions is not None) == [one.actions for one in future]


def test_a_misspelt_action_is_one_that_aws_may_add() -> None:
    (one,) = found(scps([deny("s3:GetObjct")]), scps([]))
    assert (Certainty.FUTURE, ("s3:getobjct",)) == (one.certainty, one.actions)


VARIABLES: dict[str, tuple[Statement, Statement]] = {
    "a tag in a resource": (
        deny("s3:GetObject", Resource=None, NotResource=TEAM),
        deny(
            "s3:GetObject",
            Resource=None,
            NotResource=[TEAM, "arn:aws:s3:::shared/*"],
        ),
    ),
    "the account in a role": (
        deny("s3:GetObject", but("arn:aws:iam::${aws:PrincipalAccount}:role/admin")),
        deny("s3:GetObject", but("arn:aws:iam::${aws:PrincipalAccount}:role/*")),
    ),
    "a tag against a tag": (
        deny("ec2:StartInstances", {"StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
        deny("ec2:StartInstances", {"StringNotEquals": {"aws:ResourceTag/team": ["${aws:PrincipalTag/team}", "all"]}}),
    ),
    "a name with a default": (
        deny("s3:GetObject", Resource="arn:aws:s3:::home/*"),
        deny("s3:GetObject", Resource="arn:aws:s3:::home/${aws:username, 'nobody'}/*"),
    ),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_policy_variables_get_values_that_show_it(name: str) -> None:
    base, head = VARIABLES[name]
    one = one_of(scps([base]), scps([head]))
    assert one.gain


def test_a_statement_whose_variable_has_no_value_does_not_apply() -> None:
    mine = "arn:aws:s3:::logs/y${aws:PrincipalTag/team}"
    head = [
        deny("s3:GetObject", Resource=None, NotResource=mine),
        deny("s3:GetObject", Resource="arn:aws:s3:::logs/y*"),
    ]
    (one,) = found(scps([deny("s3:GetObject")]), scps(head))
    assert one.witness is not None
    assert (Certainty.CERTAIN, {}) == (one.certainty, one.witness.principal.tags)


def test_what_is_not_understood_is_undecided_and_hides_nothing() -> None:
    base = scps([deny("s3:GetObject", {"StringResembles": {"aws:username": "a"}}), deny("ec2:RunInstances")])
    differences = found(base, scps([]))
    assert [("ec2:RunInstances",)] == [one.actions for one in differences if one.certainty is Certainty.CERTAIN]
    (undecided,) = (one for one in differences if one.certainty is Certainty.UNDECIDED)
    assert undecided.witness is None
    assert ("s3:getobject",) == undecided.actions
    assert "not decided: `StringResembles` is no condition operator" in undecided.conditions


def test_a_doubtful_statement_makes_what_it_may_touch_undecided() -> None:
    doubtful = deny("ec2:*", {"StringResembles": {"aws:username": "a"}})
    differences = found(scps([deny(["ec2:RunInstances", "s3:GetObject"]), doubtful]), scps([doubtful]))
    certain = {one.certainty: one for one in differences if one.gain and one.witness is not None}
    assert ("s3:GetObject",) == certain[Certainty.CERTAIN].actions
    assert ("ec2:RunInstances",) == certain[Certainty.UNDECIDED].actions
    assert Answer.UNKNOWN is certain[Certainty.UNDECIDED].after


def test_a_search_that_is_given_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "MOST_STEPS", 0)
    differences = found(scps([deny("s3:GetObject", but(ADMIN))]), scps([]))
    assert [Certainty.UNDECIDED] == [one.certainty for one in differences]
    assert "not decided: no decision after 0 steps" in differences[0].conditions


def test_a_witness_that_nobody_confirms_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "MOST_REQUESTS", 0)
    (one,) = found(scps([deny("s3:GetObject")]), scps([]))
    assert (Certainty.UNDECIDED, None) == (one.certainty, one.witness)
    assert "not decided: no request was found that shows it" in one.conditions
