"""What IAM's own policies do in the sandbox: trust, session policies, and with `enforce_iam` those of roles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.enforcing import ADMIN, LOG, PAY, Stage, denied, document, policy, refused, statement

IDENTITY, BOUNDARY, SESSION, RESOURCE = (
    "identity-based policy",
    "permissions boundary",
    "session policy",
    "resource-based policy",
)
EVERYTHING = statement("*", effect="Allow")


def trusting(principal: dict[str, str], **condition: Any) -> str:
    made = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return document(made | ({"Condition": condition} if condition else {}))


def assume(staged: Stage, name: str, account: str = LOG, client: Any = None, **more: Any) -> dict[str, Any]:
    role = f"arn:aws:iam::{staged.id(account)}:role/{name}"
    answer = (client or staged.root("sts")).assume_role(RoleArn=role, RoleSessionName="test", **more)
    credentials: dict[str, Any] = answer["Credentials"]
    return credentials


def made(staged: Stage, *statements: dict[str, Any], name: str = "worker", **more: Any) -> dict[str, Any]:
    """The keys of a role made through IAM in the log account, with one inline policy."""
    iam = staged.of("iam")
    trust = trusting({"AWS": f"arn:aws:iam::{staged.sandbox.management}:root"})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return assume(staged, name)


@pytest.mark.parametrize(
    ("principal", "condition", "given", "expected"),
    [
        ("root", {"StringEquals": {"sts:ExternalId": "42"}}, {"ExternalId": "42"}, ""),
        ("root", {"StringEquals": {"sts:ExternalId": "42"}}, {"ExternalId": "43"}, "AccessDenied"),
        ("root", {"StringEquals": {"sts:ExternalId": "42"}}, {}, "AccessDenied"),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "@organization"}}, {}, ""),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-other"}}, {}, "AccessDenied"),
        ("*", {"StringLike": {"sts:RoleSessionName": "te*"}}, {}, ""),
        ("*", {"StringLike": {"sts:RoleSessionName": "prod-*"}}, {}, "AccessDenied"),
        ("*", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {}, "AccessDenied"),
        ("user", {}, {}, ""),
        ("other", {}, {}, "AccessDenied"),
    ],
)
def test_a_trust_policy_is_decided_with_its_conditions(
    principal: str, condition: dict[str, Any], given: dict[str, str], expected: str, staged: Stage
) -> None:
    staged.under()
    realm = staged.sandbox.world.realm
    assert realm is not None
    text = json.dumps(condition).replace("@organization", realm.id)
    arns = {"*": "*", "other": f"arn:aws:iam::{realm.management}:user/other"}
    arns |= {
        "root": f"arn:aws:iam::{realm.management}:root",
        "user": f"arn:aws:iam::{realm.management}:user/sandbox-admin",
    }
    trust = trusting({"AWS": arns[principal]}, **json.loads(text))
    staged.of("iam").create_role(RoleName="vendor", AssumeRolePolicyDocument=trust)
    call = {"RoleArn": f"arn:aws:iam::{LOG}:role/vendor", "RoleSessionName": "test", **given}
    assert expected == denied(staged.root("sts").assume_role, **call)


def test_a_deny_of_a_trust_policy_wins(staged: Stage) -> None:
    staged.under()
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    staged.of("iam").create_role(RoleName="shut", AssumeRolePolicyDocument=document(allow, deny))
    call = {"RoleArn": f"arn:aws:iam::{LOG}:role/shut", "RoleSessionName": "test"}
    assert "AccessDenied" == denied(staged.root("sts").assume_role, **call)


def test_a_role_of_the_same_account_must_be_trusted_too(staged: Stage) -> None:
    staged.under()
    iam = staged.of("iam")
    iam.create_role(RoleName="mine", AssumeRolePolicyDocument=trusting({"AWS": f"arn:aws:iam::{LOG}:role/{ADMIN}"}))
    assert "ASIA" == assume(staged, "mine", client=staged.of("sts"))["AccessKeyId"][:4]
    code, _, message = refused(
        staged.root("sts").assume_role, RoleArn=f"arn:aws:iam::{LOG}:role/mine", RoleSessionName="xx"
    )
    assert ("AccessDenied", True) == (code, "is not authorized to perform: sts:AssumeRole" in message)


def test_a_session_policy_limits_the_session(staged: Stage) -> None:
    staged.under()
    keys = assume(staged, ADMIN, Policy=document(statement("iam:Get*", effect="Allow")))
    iam = staged.with_key("iam", keys)
    assert "" == denied(iam.get_role, RoleName=ADMIN)
    assert SESSION == denied(iam.list_roles)
    assert SESSION == denied(staged.with_key("s3", keys).create_bucket, Bucket="acme")
    assert "" == denied(staged.with_key("sts", keys).get_caller_identity)


def test_a_session_policy_can_deny(staged: Stage) -> None:
    staged.under()
    keys = assume(staged, ADMIN, Policy=document(EVERYTHING, statement("iam:ListRoles")))
    assert SESSION == denied(staged.with_key("iam", keys).list_roles)
    assert "" == denied(staged.with_key("iam", keys).list_users)


def test_managed_session_policies_count_together(staged: Stage) -> None:
    staged.under()
    iam = staged.of("iam")
    arns = []
    for name, action in (("reader", "iam:List*"), ("getter", "iam:Get*")):
        made = iam.create_policy(PolicyName=name, PolicyDocument=document(statement(action, effect="Allow")))
        arns.append({"arn": made["Policy"]["Arn"]})
    limited = staged.with_key("iam", assume(staged, ADMIN, PolicyArns=arns))
    assert "" == denied(limited.list_roles)
    assert "" == denied(limited.get_role, RoleName=ADMIN)
    assert SESSION == denied(limited.delete_role, RoleName=ADMIN)


def test_a_session_policy_that_is_none_is_refused(staged: Stage) -> None:
    staged.under()
    call = {"RoleArn": f"arn:aws:iam::{LOG}:role/{ADMIN}", "RoleSessionName": "test"}
    assert "MalformedPolicyDocument" == refused(staged.root("sts").assume_role, **call, Policy="{")[0]
    unknown = [{"arn": "arn:aws:iam::aws:policy/job-function/Billing"}]
    assert "SandboxDoesNotCover" == refused(staged.root("sts").assume_role, **call, PolicyArns=unknown)[0]


def test_tags_of_a_session_are_keys_of_its_principal(staged: Stage) -> None:
    strangers = {"StringNotEquals": {"aws:PrincipalTag/team": "web"}}
    staged.under(policy("ou:/", statement("iam:ListRoles", Condition=strangers)))
    tagged = assume(staged, ADMIN, Tags=[{"Key": "team", "Value": "web"}])
    assert "" == denied(staged.with_key("iam", tagged).list_roles)
    assert "service control policy" == denied(staged.with_key("iam", assume(staged, ADMIN)).list_roles)


def test_tags_of_a_role_are_keys_of_its_principal(staged: Stage) -> None:
    strangers = {"StringNotEquals": {"aws:PrincipalTag/team": "web"}}
    staged.under(policy("ou:/", statement("iam:ListRoles", Condition=strangers)))
    keys = made(staged, name="tagged", Tags=[{"Key": "team", "Value": "web"}])
    assert "" == denied(staged.with_key("iam", keys).list_roles)


def test_tags_of_a_role_that_an_account_was_born_with_count_too(staged: Stage) -> None:
    strangers = {"StringNotEquals": {"aws:PrincipalTag/team": "web"}}
    staged.under(policy("ou:/", statement("iam:ListRoles", Condition=strangers)), enforce_iam=True)
    iam = staged.of("iam")
    assert "service control policy" == denied(iam.list_roles)
    iam.tag_role(RoleName=ADMIN, Tags=[{"Key": "team", "Value": "web"}])
    assert "" == denied(iam.list_roles)


def test_roles_may_do_everything_unless_iam_is_enforced(staged: Stage) -> None:
    staged.under()
    keys = made(staged, statement("s3:*", effect="Allow"))
    assert "" == denied(staged.with_key("iam", keys).list_roles)


def test_an_enforced_role_may_do_what_its_policies_say(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    keys = made(
        staged, statement(["iam:ListRoles", "s3:CreateBucket"], effect="Allow"), statement("s3:*", "arn:aws:s3:::no-*")
    )
    assert "" == denied(staged.with_key("iam", keys).list_roles)
    assert IDENTITY == denied(staged.with_key("iam", keys).list_users)
    s3 = staged.with_key("s3", keys)
    assert ["", IDENTITY] == [denied(s3.create_bucket, Bucket=name) for name in ("yes-1", "no-1")]
    assert "" == denied(staged.with_key("sts", keys).get_caller_identity)


def test_a_role_without_policies_may_do_nothing(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    assert IDENTITY == denied(staged.with_key("iam", made(staged)).list_roles)


def test_an_attached_policy_counts_with_its_default_version(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    iam = staged.of("iam")
    arn = iam.create_policy(PolicyName="own", PolicyDocument=document(statement("iam:List*", effect="Allow")))[
        "Policy"
    ]["Arn"]
    worker = staged.with_key("iam", made(staged))
    iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    assert "" == denied(worker.list_roles)
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document(statement("iam:Get*", effect="Allow")), SetAsDefault=True
    )
    assert IDENTITY == denied(worker.list_roles)


def test_a_boundary_limits_what_policies_grant(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    arn = staged.of("iam").create_policy(
        PolicyName="limit", PolicyDocument=document(statement("iam:List*", effect="Allow"))
    )
    worker = staged.with_key("iam", made(staged, EVERYTHING, PermissionsBoundary=arn["Policy"]["Arn"]))
    assert "" == denied(worker.list_roles)
    assert BOUNDARY == denied(worker.get_role, RoleName=ADMIN)


def test_a_boundary_that_does_not_exist_allows_nothing(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    iam = staged.of("iam")
    arn = iam.create_policy(PolicyName="limit", PolicyDocument=document(EVERYTHING))["Policy"]["Arn"]
    keys = made(staged, EVERYTHING, PermissionsBoundary=arn)
    iam.delete_policy(PolicyArn=arn)
    assert BOUNDARY == denied(staged.with_key("iam", keys).list_roles)


def test_a_role_that_an_account_was_born_with_is_held_once_it_has_a_policy(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    plan = staged.of("iam", role="org-baseline-plan")
    assert "" == denied(plan.list_roles)
    reads = document(statement("iam:Get*", effect="Allow"))
    staged.of("iam").put_role_policy(RoleName="org-baseline-plan", PolicyName="own", PolicyDocument=reads)
    assert IDENTITY == denied(plan.list_roles)
    assert "" == denied(plan.get_role, RoleName=ADMIN)


def test_a_role_that_was_deleted_may_do_nothing(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    worker = staged.with_key("iam", made(staged))
    staged.of("iam").delete_role(RoleName="worker")
    assert IDENTITY == denied(worker.list_roles)


def test_an_enforced_role_needs_permission_to_assume_another(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    target = f"arn:aws:iam::{LOG}:role/target"
    sure = made(staged, statement("sts:AssumeRole", target, "Allow"), name="sure")
    unsure = made(staged, statement("iam:*", effect="Allow"), name="unsure")
    staged.of("iam").create_role(RoleName="target", AssumeRolePolicyDocument=trusting({"AWS": LOG}))
    call = {"RoleArn": target, "RoleSessionName": "xx"}
    assert "" == denied(staged.with_key("sts", sure).assume_role, **call)
    assert "AccessDenied" == denied(staged.with_key("sts", unsure).assume_role, **call)


def test_a_trust_policy_that_names_the_role_itself_is_enough_in_one_account(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    hub = made(staged, statement("iam:*", effect="Allow"), name="hub")
    role = f"arn:aws:iam::{LOG}:role/hub"
    staged.of("iam").create_role(RoleName="target", AssumeRolePolicyDocument=trusting({"AWS": role}))
    staged.of("iam", PAY).create_role(RoleName="target", AssumeRolePolicyDocument=trusting({"AWS": role}))
    assumes = staged.with_key("sts", hub).assume_role
    roles = [f"arn:aws:iam::{staged.id(account)}:role/target" for account in (LOG, PAY)]
    assert ["", "AccessDenied"] == [denied(assumes, RoleArn=one, RoleSessionName="xx") for one in roles]


def test_a_session_policy_limits_what_can_be_assumed(staged: Stage) -> None:
    staged.under()
    iam = staged.of("iam")
    iam.create_role(RoleName="next", AssumeRolePolicyDocument=trusting({"AWS": LOG}))
    call = {"RoleArn": f"arn:aws:iam::{LOG}:role/next", "RoleSessionName": "xx"}
    for action, expected in (("sts:AssumeRole", ""), ("iam:*", "AccessDenied")):
        keys = assume(staged, ADMIN, Policy=document(statement(action, effect="Allow")))
        assert expected == denied(staged.with_key("sts", keys).assume_role, **call)


def test_tags_of_a_session_must_be_trusted_too(staged: Stage) -> None:
    staged.under()
    both = ["sts:AssumeRole", "sts:TagSession"]
    for name, actions in (("plain", "sts:AssumeRole"), ("tagged", both)):
        allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": actions}
        staged.of("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(allow))
    tags = [{"Key": "team", "Value": "web"}]
    call = staged.root("sts").assume_role
    roles = [f"arn:aws:iam::{LOG}:role/{name}" for name in ("plain", "tagged")]
    assert ["AccessDenied", ""] == [denied(call, RoleArn=one, RoleSessionName="xx", Tags=tags) for one in roles]


def test_an_enforced_role_may_act_in_another_account_as_far_as_its_own_policies_go(staged: Stage) -> None:
    staged.under(enforce_iam=True)
    keys = made(staged, statement("sts:AssumeRole", "*", "Allow"), name="hub")
    pay = staged.of("iam", PAY)
    pay.create_role(RoleName="spoke", AssumeRolePolicyDocument=trusting({"AWS": f"arn:aws:iam::{LOG}:role/hub"}))
    sts = staged.with_key("sts", keys)
    assert "" == denied(sts.assume_role, RoleArn=f"arn:aws:iam::{staged.id(PAY)}:role/spoke", RoleSessionName="xx")


def test_a_bucket_policy_is_decided_with_its_conditions(staged: Stage) -> None:
    staged.under()
    s3 = staged.of("s3")
    s3.create_bucket(Bucket="acme-logs")
    everywhere = ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"]
    clear = statement("s3:*", everywhere, Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    stranger = statement(
        "s3:PutObject", everywhere, Principal="*", Condition={"StringNotLike": {"aws:PrincipalArn": "*plan"}}
    )
    s3.put_bucket_policy(Bucket="acme-logs", Policy=document(clear))
    assert "" == denied(s3.put_object, Bucket="acme-logs", Key="a", Body=b"x")
    s3.put_bucket_policy(Bucket="acme-logs", Policy=document(clear, stranger))
    assert RESOURCE == denied(s3.put_object, Bucket="acme-logs", Key="a", Body=b"x")
    assert "" == denied(s3.get_object, Bucket="acme-logs", Key="a")
    plan = staged.of("s3", role="org-baseline-plan")
    assert "" == denied(plan.put_object, Bucket="acme-logs", Key="a", Body=b"x")


def test_another_accounts_bucket_is_closed_unless_its_policy_opens_it(staged: Stage) -> None:
    staged.under()
    own, other = staged.of("s3"), staged.of("s3", PAY)
    own.create_bucket(Bucket="acme-logs")
    assert RESOURCE == denied(other.put_object, Bucket="acme-logs", Key="a", Body=b"x")
    opened = statement("s3:PutObject", "arn:aws:s3:::acme-logs/in/*", "Allow", Principal={"AWS": staged.id(PAY)})
    own.put_bucket_policy(Bucket="acme-logs", Policy=document(opened))
    assert "" == denied(other.put_object, Bucket="acme-logs", Key="in/a", Body=b"x")
    assert RESOURCE == denied(other.put_object, Bucket="acme-logs", Key="out/a", Body=b"x")


def test_a_copy_needs_both_ends(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("s3:GetObject", "arn:aws:s3:::acme-secret/*")))
    s3 = staged.of("s3")
    for bucket in ("acme-secret", "acme-open"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    copies = [
        denied(s3.copy_object, Bucket="acme-open", Key="b", CopySource=f"{name}/a")
        for name in ("acme-secret", "acme-open")
    ]
    assert ["service control policy", ""] == copies


def test_each_object_of_a_deletion_counts(staged: Stage) -> None:
    staged.under(policy("ou:/", statement("s3:DeleteObject", "arn:aws:s3:::acme/keep/*")))
    s3 = staged.of("s3")
    s3.create_bucket(Bucket="acme")
    both = [{"Objects": [{"Key": "a"}, {"Key": key}]} for key in ("keep/b", "b")]
    assert ["service control policy", ""] == [denied(s3.delete_objects, Bucket="acme", Delete=one) for one in both]
