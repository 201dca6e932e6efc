"""The sandbox as a client meets it: routes, callers, roles, what nobody covers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from org.sandbox.strict.quotas import closable

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

LOG = "012345670123"
SWITCHES = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": False,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": False,
}


def strip_account(request: Any, **_: Any) -> None:
    """What a client without `http_proxy` does about the account id before the host."""
    request.url = request.url.replace(f"{LOG}.", "", 1)


def test_a_plain_client_with_only_the_environment_reaches_the_organization(sandbox: Sandbox) -> None:
    import boto3

    organization = boto3.Session().client("organizations").describe_organization()["Organization"]
    assert organization["MasterAccountId"] == "111111111111"


def test_a_child_process_needs_only_the_environment(sandbox: Sandbox) -> None:
    code = f"""
import boto3
role = "arn:aws:iam::{LOG}:role/org-baseline-apply"
found = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
keys = dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), list(found.values())[:3]))
client = boto3.client("s3control", **keys)
client.put_public_access_block(AccountId="{LOG}", PublicAccessBlockConfiguration={{"BlockPublicAcls": True}})
bucket = boto3.client("s3", **keys)
bucket.create_bucket(Bucket="acme-logs")
bucket.put_object(Bucket="acme-logs", Key="a/b c", Body=b"text")
print(bucket.get_object(Bucket="acme-logs", Key="a/b c")["Body"].read().decode())
"""
    environment = sandbox.child_environment({"PATH": "/bin", "AWS_PROFILE": "missing", "NO_PROXY": "127.0.0.1"})
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert ("text\n", "") == (done.stdout, done.stderr)
    assert sandbox.world.public_access[LOG]["BlockPublicAcls"]


@pytest.mark.parametrize("route", ["through http_proxy", "with the account id stripped from the host"])
def test_s3_control_answers_on_both_routes(route: str, sandbox: Sandbox, assume: Callable[..., dict[str, Any]]) -> None:
    import boto3

    credentials = assume(LOG)
    proxies = {"http": sandbox.url} if "proxy" in route else {}
    client = boto3.Session().client(
        "s3control",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(proxies=proxies),
    )
    if not proxies:
        client.meta.events.register("before-send.s3-control", strip_account)
    client.put_public_access_block(AccountId=LOG, PublicAccessBlockConfiguration=SWITCHES)
    assert SWITCHES == client.get_public_access_block(AccountId=LOG)["PublicAccessBlockConfiguration"]
    assert {LOG: SWITCHES} == sandbox.world.public_access
    client.delete_public_access_block(AccountId=LOG)
    assert {} == sandbox.world.public_access


def test_a_put_turns_off_every_switch_it_leaves_out(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    s3control = client("s3control", assume(LOG))
    for given in (SWITCHES, {"IgnorePublicAcls": True}):
        s3control.put_public_access_block(AccountId=LOG, PublicAccessBlockConfiguration=given)
    block = s3control.get_public_access_block(AccountId=LOG)["PublicAccessBlockConfiguration"]
    assert dict.fromkeys(SWITCHES, False) | {"IgnorePublicAcls": True} == block


def test_a_settings_call_of_the_proxy_route_names_no_other_account(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    client("s3control", assume(LOG)).put_public_access_block(AccountId=LOG, PublicAccessBlockConfiguration=SWITCHES)
    assert [(LOG, "s3control", "PutPublicAccessBlock")] == [
        (call.account, call.service, call.operation) for call in sandbox.recorder.writes()
    ]


@pytest.mark.parametrize(
    ("service", "call", "named"),
    [
        ("organizations", lambda client: client.list_handshakes_for_organization(), "ListHandshakesForOrganization"),
        ("account", lambda client: client.get_gov_cloud_account_information(), "GetGovCloudAccountInformation"),
        ("iam", lambda client: client.get_organizations_access_report(JobId="x" * 36), "GetOrganizationsAccessReport"),
        ("ec2", lambda client: client.get_capacity_manager_attributes(), "GetCapacityManagerAttributes"),
        ("accessanalyzer", lambda client: client.list_policy_generations(), "ListPolicyGenerations"),
        ("fms", lambda client: client.get_admin_account(), "GetAdminAccount"),
        ("guardduty", lambda client: client.list_publishing_destinations(DetectorId="a" * 32), "ListPublishing"),
        ("s3control", lambda client: client.list_access_grants_instances(AccountId=LOG), "ListAccessGrantsInstances"),
        ("detective", lambda client: client.list_graphs(), "ListGraphs"),
        ("resourcegroupstaggingapi", lambda client: client.get_resources(ResourceTypeFilters=["s3"]), "GetResources"),
    ],
)
def test_what_nobody_covers_says_so_and_is_not_tried_again(
    service: str, call: Callable[[Any], Any], named: str, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    import boto3

    client = boto3.Session().client(service)
    with pytest.raises(ClientError, match=f"sandbox does not cover {service}:.*{named}") as caught:
        call(client)
    assert "SandboxDoesNotCover" == caught.value.response["Error"]["Code"]
    assert 1 == len(sandbox.recorder)
    assert "" == capfd.readouterr().out


def test_iam_shows_the_roles_an_account_was_seeded_with(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    roles = client("iam", assume(LOG)).list_roles()["Roles"]
    expected = {"OrganizationAccountAccessRole", "org-baseline-plan", "org-baseline-apply", "org-break-glass"}
    assert expected == {role["RoleName"] for role in roles}


def test_a_role_deleted_with_iam_can_no_longer_be_assumed(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    iam = client("iam", assume(LOG))
    iam.delete_role(RoleName="org-baseline-plan")
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole on resource: arn:aws:iam"):
        assume(LOG, "org-baseline-plan")
    assume(LOG, "org-baseline-apply")


def test_a_role_made_with_iam_is_assumed_only_by_whom_it_trusts(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    iam = client("iam", assume(LOG))
    for name, trusted in {"ours": "arn:aws:iam::111111111111:root", "theirs": "arn:aws:iam::999999999999:root"}.items():
        statement = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )
    assume(LOG, "ours")
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(LOG, "theirs")


def test_a_session_lasts_as_long_as_its_role_allows_but_an_hour_when_roles_are_chained(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ["111111111111", LOG]}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam", assume(LOG)).create_role(RoleName="long", AssumeRolePolicyDocument=document, MaxSessionDuration=7_200)
    wanted = {"RoleArn": f"arn:aws:iam::{LOG}:role/long", "RoleSessionName": "test"}
    client("sts").assume_role(**wanted, DurationSeconds=7_200)
    with pytest.raises(ClientError, match="MaxSessionDuration"):
        client("sts").assume_role(**wanted, DurationSeconds=7_201)
    client("sts", assume(LOG)).assume_role(**wanted, DurationSeconds=3_600)
    with pytest.raises(ClientError, match="role chaining"):
        client("sts", assume(LOG)).assume_role(**wanted, DurationSeconds=3_601)


def test_a_session_expires(sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]) -> None:
    credentials = assume(LOG)
    sandbox.forward(3_500)
    client("iam", credentials).list_roles()
    sandbox.forward(200)
    for service, call in (("iam", "list_roles"), ("organizations", "describe_organization")):
        with pytest.raises(ClientError, match="ExpiredToken"):
            getattr(client(service, credentials), call)()


def test_one_session_s_key_with_another_s_token_is_refused(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    mixed = assume(LOG) | {"SessionToken": assume(LOG)["SessionToken"]}
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client("sts", mixed).get_caller_identity()


def test_a_new_account_s_quota_of_closures_is_the_higher_of_250_and_a_fifth() -> None:
    assert [250, 250, 400, 1_000] == [closable(members) for members in (3, 1_000, 2_000, 10_000)]


def test_many_threads_get_their_own_answers_and_every_call_is_recorded(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    accounts = [LOG, *(account for account in sandbox.world.roles if account != LOG)]
    clients = {account: client("iam", assume(account)) for account in accounts}
    identities = {account: client("sts", assume(account)) for account in accounts}
    organizations = client("organizations")
    assert sandbox.world.realm is not None
    root = sandbox.world.realm.root.id
    sandbox.recorder.clear()

    def work(number: int) -> tuple[str, int, str]:
        account = accounts[number % len(accounts)]
        organizations.create_organizational_unit(ParentId=root, Name=f"unit {number}")
        roles = clients[account].list_roles()["Roles"]
        return account, len(roles), identities[account].get_caller_identity()["Account"]

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(work, range(60)))
    assert [(account, 4, account) for account in (accounts * 60)[:60]] == found
    assert 180 == len(sandbox.recorder)
    state = sandbox.organization_state()
    assert state is not None
    assert 60 == sum(name.startswith("unit ") for name in state["units"])


def test_accounts_are_separate_in_the_services_of_moto(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    kms = client("kms", assume(LOG))
    kms.create_key()
    assert 1 == len(kms.list_keys()["Keys"])
    assert [] == client("kms").list_keys()["Keys"]


def test_a_reset_forgets_what_moto_knew(sandbox: Sandbox, client: Callable[..., Any], small_organization: Any) -> None:
    client("kms").create_key()
    sandbox.reset(small_organization)
    assert [] == client("kms").list_keys()["Keys"]


def test_a_reset_of_a_small_organization_takes_less_than_50_milliseconds(
    sandbox: Sandbox, small_organization: Any
) -> None:
    times = []
    for _ in range(5):
        started = time.process_time()
        sandbox.reset(small_organization)
        times.append(time.process_time() - started)
    assert min(times) < 0.05


def test_an_unsigned_call_is_not_covered(sandbox: Sandbox) -> None:
    import urllib.error
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(f"{sandbox.url}/", timeout=5)
    with caught.value as error:
        assert (400, b"not signed" in error.read()) == (error.code, True)


def test_a_body_that_is_not_json_is_a_serialization_error(sandbox: Sandbox) -> None:
    import http.client

    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    scope = "AWS4-HMAC-SHA256 Credential=sandbox/20261123/us-east-1/organizations/aws4_request"
    target = "AWSOrganizationsV20161128.CreatePolicy"
    connection.request("POST", "/", b"{", {"Authorization": scope, "X-Amz-Target": target})
    answer = connection.getresponse()
    assert (400, True) == (answer.status, b"SerializationException" in answer.read())
    connection.request("POST", "/", b'{"Name": 7}', {"Authorization": scope, "X-Amz-Target": target})
    answer = connection.getresponse()
    assert (400, True) == (answer.status, b"InvalidInputException" in answer.read())
    wrong = {"Authorization": scope, "X-Amz-Target": "AWSOrganizationsV20161128.ListAccounts"}
    for value in ('"20"', "true", "[]"):
        connection.request("POST", "/", f'{{"MaxResults": {value}}}'.encode(), wrong)
        answer = connection.getresponse()
        assert (400, True) == (answer.status, b"SerializationException" in answer.read())
    connection.close()


def test_without_an_organization_anybody_administers_the_first_account(
    sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    sandbox.reset()
    assert "123456789012" == client("sts").get_caller_identity()["Account"]
    client("organizations").create_organization()
    assert "123456789012" == client("organizations").describe_organization()["Organization"]["MasterAccountId"]
