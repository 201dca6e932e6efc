"""A request passes every level of SCPs by one of its ways, and the other layer where that binds it too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from org.access.policies import Policies
from org.access.prove.difference import Certainty
from tests.access.prove.chains import Statement, allow, deny, found, null, rcps, scps
from tests.access.prove.mutations import SETTING

if TYPE_CHECKING:
    from org.access.prove.difference import Difference

NARROW = scps([allow("ec2:*")], [allow("s3:*")])
HERE, FAR = {"aws:RequestedRegion": "eu-west-1"}, {"aws:RequestedRegion": "us-west-2"}
VPC, TEAM = {"aws:SourceVpc": "vpc-1"}, {"aws:PrincipalTag/team": "blue"}


def equals(*keys: Statement) -> Statement:
    return {"StringEquals": {key: value for one in keys for key, value in one.items()}}


def tags(**there: bool) -> Statement:
    return null(**{f"PrincipalTag/{name}": "false" if is_there else "true" for name, is_there in there.items()})


def gains(base: Policies, head: Policies) -> list[Difference]:
    return [one for one in found(base, head) if one.gain]


def in_short(differences: list[Difference]) -> list[tuple[Certainty, tuple[str, ...], tuple[str, ...]]]:
    return [(one.certainty, one.actions, one.conditions) for one in differences]


def test_a_way_is_open_where_all_of_it_is_true() -> None:
    head = scps([allow("ec2:*", equals(HERE, one)) for one in (VPC, TEAM)], [allow("ec2:RunInstances", equals(HERE))])
    (one,) = gains(NARROW, head)
    assert (Certainty.CERTAIN, ("ec2:RunInstances",)) == (one.certainty, one.actions)
    assert one.witness is not None
    assert {"vpc-1", "blue"} & {one.witness.context.get(key) for key in ("aws:sourcevpc", "aws:principaltag/team")}


def test_a_way_is_found_where_another_one_of_the_same_key_leads_nowhere() -> None:
    """Whoever has both tags a and b is denied, by four statements together; whoever has a and c is not."""
    ways = [allow("ec2:*", tags(a=True, b=True)), allow("ec2:*", tags(a=True, c=True))]
    kept = [deny("ec2:*", tags(a=True, b=True, d=one, e=other)) for one in (True, False) for other in (True, False)]
    head = scps([*ways, *kept], [allow("ec2:RunInstances")])
    (one,) = gains(scps([allow("ec2:*"), *kept], [allow("s3:*")]), head)
    assert (Certainty.CERTAIN, ("ec2:RunInstances",)) == (one.certainty, one.actions)
    assert one.witness is not None
    assert {"a", "c"} == one.witness.principal.tags.keys() - {"d", "e"}


def test_where_only_one_way_is_left_it_is_told() -> None:
    ways = [allow("ec2:*", equals(HERE, VPC)), allow("ec2:*", equals(FAR)), allow("iam:*")]
    head = scps(ways, [allow("ec2:RunInstances", equals(HERE))])
    conditions = ("aws:RequestedRegion is eu-west-1", "aws:SourceVpc is vpc-1")
    assert [(Certainty.CERTAIN, ("ec2:RunInstances",), conditions)] == in_short(gains(NARROW, head))


def test_an_action_that_no_way_is_left_for_gains_nothing() -> None:
    head = scps([allow("ec2:*", equals(FAR)), allow("ec2:StopInstances")], [allow("ec2:*Instances", equals(HERE))])
    assert {"ec2:StopInstances"} == {
        action for one in gains(NARROW, head) if one.certainty is not Certainty.POSSIBLE for action in one.actions
    }


def test_actions_that_aws_may_add_pass_every_level_too() -> None:
    follows = ("the action is like ec2:*", "aws:RequestedRegion is us-west-2")
    for ways, told in (([equals(FAR)], follows), ([equals(FAR, VPC), equals(FAR, TEAM)], ())):
        head = scps([allow("ec2:*", way) for way in ways], [allow("ec2:Run*")])
        (one,) = (one for one in gains(NARROW, head) if "*" in one.actions[0])
        assert (Certainty.FUTURE, ("ec2:run*",)) == (one.certainty, one.actions)
        assert one.conditions == told
        assert one.witness is not None
        assert "us-west-2" == one.witness.context["aws:requestedregion"]
    assert [] == gains(NARROW, scps([allow("iam:*")], [allow("ec2:Run*")]))


def test_who_is_of_here_passes_the_scps_where_an_rcp_goes() -> None:
    ours = equals({"aws:PrincipalAccount": SETTING.account})
    ways = scps([allow("s3:*", equals(FAR))])
    base, head = (replace(ways, rcps=rcps(*guards).rcps) for guards in ([deny("s3:GetObject", ours)], []))
    (one,) = found(base, head)
    assert one.witness is not None
    assert (Certainty.CERTAIN, "us-west-2") == (one.certainty, one.witness.context["aws:requestedregion"])


def test_what_is_here_passes_the_rcps_where_an_scp_goes() -> None:
    here = {"Resource": f"arn:aws:sqs:*:{SETTING.account}:*"}
    guards = rcps(deny("sqs:*", {"StringNotEquals": FAR}))
    base, head = (replace(one, rcps=guards.rcps) for one in (scps([deny("sqs:SendMessage", **here)]), scps([])))
    (one,) = found(base, head)
    assert one.witness is not None
    assert (Certainty.CERTAIN, "us-west-2") == (one.certainty, one.witness.context["aws:requestedregion"])


def test_where_there_are_no_scps_the_level_that_denied_is_named() -> None:
    differences = gains(NARROW, Policies(guardrails_only=True))
    assert {(None, 0), (None, 1)} == {(why.policy, why.level) for one in differences for why in one.statements}
