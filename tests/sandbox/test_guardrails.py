"""SCPs and RCPs in the sandbox: whom they bind, what they look at, and from when on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from org.sandbox.authorization import guardrails
from org.sandbox.callers import Session
from tests.sandbox.enforcing import ADMIN, LOG, MANAGEMENT, PAY, RCP, SEARCH, Stage, denied, document, policy, statement

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm

SERVICE_CONTROL, RESOURCE_CONTROL = "service control policy", "resource control policy"
NOT_ADMIN = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{ADMIN}"}}


def realm_of(staged: Stage) -> Realm:
    realm = staged.sandbox.world.realm
    assert realm is not None
    return realm


@pytest.mark.parametrize("target", ["ou:/", "ou:Workloads", "ou:Workloads/Prod", "account:payments"])
def test_a_deny_binds_from_every_level_above_the_account(target: str, staged: Stage) -> None:
    staged.under(policy(target, statement("iam:ListRoles")))
    assert SERVICE_CONTROL == denied(staged.of("iam", PAY).list_roles)


@pytest.mark.parametrize("target", ["ou:Security", "account:search"])
def test_a_deny_elsewhere_binds_nobody_here(target: str, staged: Stage) -> None:
    staged.under(policy(target, statement("*")))
    assert "" == denied(staged.of("iam", PAY).list_roles)


def test_the_management_account_is_exempt(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("*")), policy("account:management", statement("*"), name="own"))
    assert "" == denied(staged.root("iam").list_roles)
    assert "" == denied(staged.of("iam", MANAGEMENT).list_roles)


def test_a_service_linked_role_is_exempt_by_its_path(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("*")))
    callers = staged.sandbox._application.parts.callers
    role = f"arn:aws:iam::{LOG}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"
    key, _ = callers.issue(role, Session("x"))
    client = staged.with_key("iam", {"AccessKeyId": key, "SessionToken": f"sandbox-{key}"})
    assert "" == denied(client.list_roles)
    key, _ = callers.issue(f"arn:aws:iam::{LOG}:role/AWSServiceRoleForNothing", Session("x"))
    client = staged.with_key("iam", {"AccessKeyId": key, "SessionToken": f"sandbox-{key}"})
    assert SERVICE_CONTROL == denied(client.list_roles)


def test_a_policy_acts_from_its_attachment_until_its_detachment(staged: Stage) -> None:
    staged.under()
    organizations, iam = staged.root("organizations"), staged.of("iam", PAY)
    made = organizations.create_policy(
        Name="no-iam", Description="", Type="SERVICE_CONTROL_POLICY", Content=document(statement("iam:*"))
    )
    there = {"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": realm_of(staged).root.id}
    assert "" == denied(iam.list_roles)
    organizations.attach_policy(**there)
    assert SERVICE_CONTROL == denied(iam.list_roles)
    organizations.update_policy(PolicyId=there["PolicyId"], Content=document(statement("s3:*")))
    assert "" == denied(iam.list_roles)
    organizations.update_policy(PolicyId=there["PolicyId"], Content=document(statement("iam:*")))
    organizations.detach_policy(**there)
    assert "" == denied(iam.list_roles)


def test_a_moved_account_is_bound_by_its_new_place(staged: Stage) -> None:
    staged.under(policy("ou:Security", statement("iam:*")))
    realm = realm_of(staged)
    units = {unit.name: unit.id for unit in realm.units.values()}
    iam, move = staged.of("iam"), staged.root("organizations").move_account
    assert SERVICE_CONTROL == denied(iam.list_roles)
    move(AccountId=LOG, SourceParentId=units["Security"], DestinationParentId=units["Workloads"])
    assert "" == denied(iam.list_roles)


def test_policies_of_a_type_that_is_off_bind_nobody(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("*")))
    root = realm_of(staged).root.id
    staged.root("organizations").disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    assert "" == denied(staged.of("iam").list_roles)


def test_a_type_that_is_off_has_no_levels(staged: Stage) -> None:
    staged.under()
    world = staged.sandbox.world
    assert 3 == len(guardrails.scps(world, LOG) or ())
    assert guardrails.rcps(world, LOG) is None
    assert guardrails.scps(world, "999999999999") is None


def test_an_account_that_left_is_bound_no_more(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("iam:*")))
    iam = staged.of("iam")
    staged.root("organizations").remove_account_from_organization(AccountId=LOG)
    assert "" == denied(iam.list_roles)


def test_an_allow_list_leaves_only_what_it_names(staged: Stage) -> None:
    staged.under(policy("ou:Security", statement(["s3:*", "ec2:Describe*"], effect="Allow"), name="only"))
    realm = realm_of(staged)
    realm.detach(realm.policies["p-FullAWSAccess"], realm.accounts[LOG].parent)
    assert "" == denied(staged.of("ec2").describe_vpcs)
    assert SERVICE_CONTROL == denied(staged.of("iam").list_roles)
    assert SERVICE_CONTROL == denied(staged.of("ec2").create_vpc, CidrBlock="10.0.0.0/16")


def test_a_role_can_be_spared_by_its_arn(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("iam:*", Condition=NOT_ADMIN)))
    assert "" == denied(staged.of("iam").list_roles)
    assert SERVICE_CONTROL == denied(staged.of("iam", role="org-baseline-plan").list_roles)


def test_regions_are_those_of_the_call_and_of_global_services_the_first(staged: Stage) -> None:
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    staged.under(policy("ou:/", statement(["ec2:*", "iam:*", "sns:*"], Condition=elsewhere)))
    assert "" == denied(staged.of("ec2", region="eu-west-1").describe_vpcs)
    assert SERVICE_CONTROL == denied(staged.of("ec2", region="eu-central-1").describe_vpcs)
    assert SERVICE_CONTROL == denied(staged.of("iam", region="eu-west-1").list_roles)


def test_resources_are_told_apart(staged: Stage) -> None:
    mine = ["arn:aws:s3:::acme-*", f"arn:aws:sns:*:{LOG}:alerts", f"arn:aws:iam::{LOG}:role/org-*"]
    staged.under(policy("ou:/", statement("*", mine)))
    s3, sns, iam = staged.of("s3"), staged.of("sns"), staged.of("iam")
    assert [SERVICE_CONTROL, ""] == [denied(s3.create_bucket, Bucket=name) for name in ("acme-x", "other-x")]
    assert [SERVICE_CONTROL, ""] == [denied(sns.create_topic, Name=name) for name in ("alerts", "news")]
    roles = [denied(iam.get_role, RoleName=name) for name in ("org-baseline-plan", ADMIN)]
    assert [SERVICE_CONTROL, ""] == roles


def test_a_role_has_the_path_that_iam_knows(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("iam:GetRole", f"arn:aws:iam::{LOG}:role/teams/*")))
    iam = staged.of("iam")
    iam.create_role(RoleName="deep", Path="/teams/web/", AssumeRolePolicyDocument=document())
    iam.create_role(RoleName="flat", AssumeRolePolicyDocument=document())
    assert [SERVICE_CONTROL, ""] == [denied(iam.get_role, RoleName=name) for name in ("deep", "flat")]


def test_a_secret_has_the_characters_behind_its_name(staged: Stage) -> None:
    staged.under(
        policy("ou:/", statement("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:db-??????"))
    )
    manager = staged.of("secretsmanager")
    manager.create_secret(Name="db", SecretString="x")
    manager.create_secret(Name="db-more", SecretString="x")
    assert [SERVICE_CONTROL, ""] == [denied(manager.get_secret_value, SecretId=name) for name in ("db", "db-more")]


def test_a_role_must_be_allowed_to_be_passed_on(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("iam:PassRole", f"arn:aws:iam::{LOG}:role/org-*")))
    lambdas = staged.of("lambda")
    made = {"Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": b""}}
    role = f"arn:aws:iam::{LOG}:role/"
    assert SERVICE_CONTROL == denied(lambdas.create_function, FunctionName="a", Role=f"{role}org-baseline-plan", **made)
    assert "" == denied(lambdas.create_function, FunctionName="b", Role=f"{role}{ADMIN}", **made)


def test_instances_are_told_by_type_and_by_requested_tags(staged: Stage) -> None:
    small = statement(
        "ec2:RunInstances",
        "arn:aws:ec2:*:*:instance/*",
        Condition={"StringNotEquals": {"ec2:InstanceType": "t3.micro"}},
    )
    owned = statement(
        "ec2:RunInstances", "arn:aws:ec2:*:*:instance/*", Condition={"Null": {"aws:RequestTag/owner": "true"}}
    )
    staged.under(policy("ou:/", small, owned))
    run = staged.of("ec2").run_instances
    wanted: dict[str, Any] = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "DryRun": True}
    tags = {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "owner", "Value": "x"}]}]}
    volume = {"TagSpecifications": [{"ResourceType": "volume", "Tags": [{"Key": "owner", "Value": "x"}]}]}
    assert SERVICE_CONTROL == denied(run, InstanceType="m5.large", **wanted, **tags)
    assert SERVICE_CONTROL == denied(run, InstanceType="t3.micro", **wanted)
    assert SERVICE_CONTROL == denied(run, InstanceType="t3.micro", **wanted, **volume)
    assert "" == denied(run, InstanceType="t3.micro", **wanted, **tags)


def test_keys_of_tags_and_parameters_are_known(staged: Stage) -> None:
    boundary = f"arn:aws:iam::{LOG}:policy/limit"
    staged.under(
        policy(
            "ou:/",
            statement("iam:CreateRole", Condition={"StringNotEquals": {"iam:PermissionsBoundary": boundary}}),
            statement("sns:CreateTopic", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "secret"}}),
        )
    )
    iam, sns = staged.of("iam"), staged.of("sns")
    made = {"AssumeRolePolicyDocument": document()}
    assert SERVICE_CONTROL == denied(iam.create_role, RoleName="free", **made)
    assert "" == denied(iam.create_role, RoleName="held", PermissionsBoundary=boundary, **made)
    tags = [[{"Key": key, "Value": "x"}] for key in ("secret", "owner")]
    assert [SERVICE_CONTROL, ""] == [denied(sns.create_topic, Name="t", Tags=one) for one in tags]


def test_what_nobody_knows_is_no_answer(staged: Stage) -> None:
    tagged = statement("sns:DeleteTopic", Condition={"StringEquals": {"aws:ResourceTag/keep": "yes"}})
    staged.under(policy("ou:/", tagged))
    call = staged.of("sns").delete_topic
    assert "nobody knows: aws:resourcetag/keep" == denied(call, TopicArn=f"arn:aws:sns:us-east-1:{LOG}:t")
    assert "" == denied(staged.of("sns").list_topics)


def test_calls_to_organizations_are_bound_too(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("organizations:DescribeOrganization")))
    assert SERVICE_CONTROL == denied(staged.of("organizations").describe_organization)
    assert "" == denied(staged.root("organizations").describe_organization)


def test_a_call_that_nobody_covers_is_denied_first(staged: Stage) -> None:
    staged.under()
    assert SERVICE_CONTROL == denied(staged.of("organizations").leave_organization)


def test_assuming_a_role_is_bound_by_the_callers_scps(staged: Stage) -> None:
    staged.under(policy("ou:Security", statement("sts:AssumeRole", "arn:aws:iam::*:role/org-*")))
    sts = staged.of("sts")
    role = f"arn:aws:iam::{staged.id(PAY)}:role/org-baseline-plan"
    assert SERVICE_CONTROL == denied(sts.assume_role, RoleArn=role, RoleSessionName="xx")
    assert "" == denied(sts.get_caller_identity)


def test_an_rcp_binds_whoever_comes_to_its_accounts_resources(staged: Stage) -> None:
    outside = {"StringNotEquals": {"aws:PrincipalAccount": LOG}}
    staged.under(policy("ou:Security", statement("s3:*", Principal="*", Condition=outside), kind=RCP))
    own, other = staged.of("s3"), staged.of("s3", PAY)
    own.create_bucket(Bucket="acme-logs")
    other.create_bucket(Bucket="acme-pay")
    own.delete_public_access_block(Bucket="acme-logs")
    opened = statement("s3:*", ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"], "Allow", Principal="*")
    own.put_bucket_policy(Bucket="acme-logs", Policy=document(opened))
    assert "" == denied(own.list_objects_v2, Bucket="acme-logs")
    assert RESOURCE_CONTROL == denied(other.list_objects_v2, Bucket="acme-logs")
    assert "" == denied(other.list_objects_v2, Bucket="acme-pay")
    assert RESOURCE_CONTROL == denied(staged.root("s3").put_object, Bucket="acme-logs", Key="a", Body=b"")


def test_an_rcp_binds_neither_the_management_accounts_resources_nor_other_services(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("s3:*", Principal="*"), kind=RCP))
    assert "" == denied(staged.root("s3").create_bucket, Bucket="acme-root")
    assert RESOURCE_CONTROL == denied(staged.of("s3").create_bucket, Bucket="acme-logs")
    assert "" == denied(staged.of("iam").list_roles)


def test_an_rcp_at_the_root_leaves_a_bucket_of_the_management_account_to_its_policy(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("s3:*", Principal="*"), kind=RCP))
    root = staged.root("s3")
    root.create_bucket(Bucket="acme-root")
    opened = statement("s3:ListBucket", "arn:aws:s3:::acme-root", "Allow", Principal={"AWS": LOG})
    root.put_bucket_policy(Bucket="acme-root", Policy=document(opened))
    assert "" == denied(staged.of("s3").list_objects_v2, Bucket="acme-root")


def test_a_parameter_that_is_not_given_is_what_the_service_makes_of_it(staged: Stage) -> None:
    large = statement("kms:CreateKey", Condition={"StringEquals": {"kms:KeySpec": "RSA_4096"}})
    staged.under(policy("ou:/", large))
    create = staged.of("kms").create_key
    assert "nobody knows: kms:keyspec" == denied(create)
    given = [denied(create, KeySpec=spec, KeyUsage="SIGN_VERIFY") for spec in ("RSA_4096", "RSA_2048")]
    assert [SERVICE_CONTROL, ""] == given


def test_an_rcp_binds_the_roles_of_its_accounts(staged: Stage) -> None:
    staged.under(policy("ou:Security", statement("sts:AssumeRole", Principal="*"), kind=RCP))
    assume = staged.root("sts").assume_role
    roles = [f"arn:aws:iam::{staged.id(account)}:role/{ADMIN}" for account in (LOG, SEARCH)]
    assert [RESOURCE_CONTROL, ""] == [denied(assume, RoleArn=role, RoleSessionName="xx") for role in roles]


def test_policies_that_nobody_can_read_are_no_answer(staged: Stage) -> None:
    staged.under()
    realm = realm_of(staged)
    realm.policies["p-FullAWSAccess"].content = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
    )
    assert denied(staged.of("iam").list_roles).startswith("nobody knows: ")
