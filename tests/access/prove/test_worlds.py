"""Which keys a request can have together: what is certain of somebody, and what nobody is known to be able to send."""

from __future__ import annotations

from dataclasses import replace

import pytest

from org.access.prove.compare import compare
from org.access.prove.difference import Certainty, Difference
from tests.access.prove.chains import Statement, deny, found, null, rcps, scps
from tests.access.prove.mutations import SETTING

ROOT, USER = "arn:aws:iam::*:root", "arn:aws:iam::*:user/*"
FEDERATED = "arn:aws:sts::*:federated-user/*"
LINKED = "arn:aws:iam::*:role/aws-service-role/*"
OTHER = {"aws:PrincipalOrgID": SETTING.org_id}


def like(**keys: str) -> Statement:
    return {"StringLike": {f"aws:{key}": value for key, value in keys.items()}}


def arn(pattern: str) -> Statement:
    return {"ArnLike": {"aws:PrincipalArn": pattern}}


NO_MEMBER: dict[str, Statement] = {
    "a request has a Region": null(RequestedRegion="true"),
    "a request has a transport": null(SecureTransport="true"),
    "a request has a time": null(CurrentTime="true"),
    "a request has a time in seconds": null(EpochTime="true"),
    "a request comes through a service or not": null(ViaAWSService="true"),
    "a principal has a type": null(PrincipalType="true"),
    "a principal has an account": null(PrincipalAccount="true"),
    "a principal has an ARN": null(PrincipalArn="true"),
    "a member has an organization": null(PrincipalOrgID="true"),
    "a member has a path": null(PrincipalOrgPaths="true"),
    "a user has a name": arn(USER) | null(username="true"),
    "a role has no user's name": arn("arn:aws:iam::*:role/*") | like(username="*"),
    "a member is not anonymous": like(PrincipalType="Anonymous"),
    "a member has no service's name": like(PrincipalServiceName="*"),
    "nor several": {"ForAnyValue:StringLike": {"aws:PrincipalServiceNamesList": "*"}},
    "a member has no source": null(SourceArn="false"),
    "nor the account of one": null(SourceAccount="false"),
    "nor its organization": null(SourceOrgID="false"),
    "nor its path": null(SourceOrgPaths="false"),
    "a member is in its unit": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-acme123456/r-ab12/ou-other/*"}},
    "root has no tags": arn(ROOT) | like(**{"PrincipalTag/team": "*"}),
    "root is no role": arn(ROOT) | like(PrincipalType="AssumedRole"),
    "a federated user is one of STS": arn(FEDERATED.replace("sts", "iam")),
    "a federated user is no user": arn(FEDERATED) | like(PrincipalType="User"),
    "a service-linked role is bound by nothing": arn(LINKED),
    "an ARN ends with a name": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x/"}},
    "a name has no white space": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a b"}},
    "a user's name has no white space": like(username="a b"),
    "what is called first goes through a service": like(CalledViaFirst="athena*")
    | {"Bool": {"aws:ViaAWSService": "false"}},
    "what is called last does too": like(CalledViaLast="athena*") | {"Bool": {"aws:ViaAWSService": "false"}},
    "the age of an MFA needs one": null(MultiFactorAuthAge="false")
    | {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    "an endpoint is in a VPC": null(SourceVpc="true", SourceVpce="false"),
    "a VPC is left by an endpoint": null(SourceVpc="false", SourceVpce="true"),
    "its address is one in a VPC": null(VpcSourceIp="false", SourceVpc="true"),
    "over an endpoint there is no other address": null(VpcSourceIp="false", SourceIp="false"),
    "an account is twelve digits": {"StringLike": {"aws:ResourceAccount": "x*"}},
    "a Region is one": {"StringEquals": {"aws:RequestedRegion": "europe"}},
}
SOME_MEMBER: dict[str, Statement] = {
    "a user": arn(USER) | like(username="ana"),
    "a user below a path": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"}} | like(username="ana"),
    "root": arn(ROOT) | like(PrincipalType="Account"),
    "a federated user": arn(FEDERATED) | like(PrincipalType="FederatedUser"),
    "a federated user with a tag": arn(FEDERATED) | like(**{"PrincipalTag/team": "*"}),
    "a member of the unit": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-acme123456/r-ab12/*"}},
    "without a key that the action does not know": {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}},
    "at a resource elsewhere": {"StringNotEquals": {"aws:ResourceAccount": SETTING.account}},
    "at a resource of another organization": {"StringNotEquals": {"aws:ResourceOrgID": SETTING.org_id}},
    "at a resource of no organization": null(ResourceOrgID="true"),
    "at a resource of the organization": like(ResourceOrgID=SETTING.org_id, ResourceAccount=SETTING.account),
    "over an endpoint": null(VpcSourceIp="false", SourceVpc="false", SourceVpce="false", SourceIp="true"),
    "over no endpoint": null(VpcSourceIp="true", SourceVpc="true", SourceVpce="true", SourceIp="false"),
    "with an MFA": null(MultiFactorAuthAge="false") | {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "through a service": {"ForAnyValue:StringLike": {"aws:CalledVia": "*"}} | {"Bool": {"aws:ViaAWSService": "true"}},
}
NO_CALLER: dict[str, Statement] = {
    "a service is in no organization": like(PrincipalServiceName="*", PrincipalOrgID="*"),
    "a service has no ARN": like(PrincipalServiceName="*", PrincipalArn="*"),
    "a service has no account": like(PrincipalServiceName="*", PrincipalAccount="*"),
    "a service has no type": like(PrincipalServiceName="*", PrincipalType="*"),
    "nobody is anonymous and has an account": like(PrincipalType="Anonymous", PrincipalAccount="*"),
    "only one of here has our path": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{SETTING.org_id}/*"}}
    | {"StringNotEquals": OTHER},
    "the resource is here": {"StringNotEquals": {"aws:ResourceAccount": SETTING.account}},
    "and in our organization": {"StringNotEquals": {"aws:ResourceOrgID": SETTING.org_id}},
}
SOME_CALLER: dict[str, Statement] = {
    "a service": like(PrincipalServiceName="*"),
    "a service that is not of that name": {"StringNotEquals": {"aws:PrincipalServiceName": "events.amazonaws.com"}}
    | {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    "a service for a source": null(SourceArn="false", SourceAccount="false", SourceOrgID="false"),
    "somebody whom nobody knows": like(PrincipalType="Anonymous"),
    "one of another organization": {"StringNotEquals": OTHER} | null(PrincipalOrgID="false"),
    "one of no organization": null(PrincipalOrgID="true", PrincipalAccount="false"),
    "one of ours who is elsewhere": {"StringEquals": OTHER}
    | {"StringNotEquals": {"aws:PrincipalAccount": SETTING.account}},
    "one of here": {"StringEquals": {"aws:PrincipalAccount": SETTING.account}},
    "a user of elsewhere": like(PrincipalType="User") | {"StringNotEquals": OTHER},
}


def only(differences: list[Difference]) -> Difference:
    (one,) = differences
    assert one.witness is not None
    return one


@pytest.mark.parametrize("name", NO_MEMBER)
def test_what_no_member_can_send_is_only_possible(name: str) -> None:
    assert Certainty.POSSIBLE is only(found(scps([deny("s3:GetObject", NO_MEMBER[name])]), scps([]))).certainty


@pytest.mark.parametrize("name", SOME_MEMBER)
def test_what_some_member_can_send_is_certain(name: str) -> None:
    assert Certainty.CERTAIN is only(found(scps([deny("s3:GetObject", SOME_MEMBER[name])]), scps([]))).certainty


@pytest.mark.parametrize("name", NO_CALLER)
def test_what_no_caller_can_send_is_only_possible(name: str) -> None:
    assert Certainty.POSSIBLE is only(found(rcps(deny("s3:GetObject", NO_CALLER[name])), rcps())).certainty


@pytest.mark.parametrize("name", SOME_CALLER)
def test_what_some_caller_can_send_is_certain(name: str) -> None:
    assert Certainty.CERTAIN is only(found(rcps(deny("s3:GetObject", SOME_CALLER[name])), rcps())).certainty


def test_rcps_do_not_bind_keys_that_aws_manages() -> None:
    managed, ours = (
        rcps(deny("kms:CreateAlias", Resource=f"arn:aws:kms:*:*:alias/{name}")) for name in ("aws/s3", "x")
    )
    assert [Certainty.UNDECIDED] == [one.certainty for one in found(managed, rcps())]
    assert [Certainty.CERTAIN] == [one.certainty for one in found(ours, rcps())]
    scp = scps([deny("kms:CreateAlias", Resource="arn:aws:kms:*:*:alias/aws/s3")])
    assert [Certainty.CERTAIN] == [one.certainty for one in found(scp, scps([]))]


@pytest.mark.parametrize(("unit", "certainty"), [("ou-other", Certainty.CERTAIN), ("", Certainty.CERTAIN)])
def test_a_unit_whose_id_is_not_known_may_be_any(unit: str, certainty: Certainty) -> None:
    setting = replace(SETTING, org_path=f"{SETTING.org_id}/r-*/ou-*/")
    asked = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{SETTING.org_id}/r-ab12/{unit}*"}}
    assert certainty is only([*compare(scps([deny("s3:GetObject", asked)]), scps([]), setting)]).certainty


@pytest.mark.parametrize("path", ["o-other12345/*", f"{SETTING.org_id}/x/*", f"{SETTING.org_id}/r-ab12/"])
def test_a_unit_whose_id_is_not_known_is_one_of_ours(path: str) -> None:
    setting = replace(SETTING, org_path=f"{SETTING.org_id}/r-*/ou-*/")
    asked = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": path}}
    one = only([*compare(scps([deny("s3:GetObject", asked)]), scps([]), setting)])
    assert Certainty.POSSIBLE is one.certainty


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_a_witness_is_of_the_partition_of_the_regions(region: str, partition: str) -> None:
    setting = replace(SETTING, regions=(region,))
    one = only([*compare(scps([deny("s3:GetObject")]), scps([]), setting)])
    assert one.witness is not None
    assert f"arn:{partition}:iam::{SETTING.account}:role/Example" == one.witness.principal.arn
    assert str(one.witness.resource).startswith(f"arn:{partition}:s3:")
