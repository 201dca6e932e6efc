"""The sandbox's own CloudTrail: what is recorded of a call, and how the files are laid out."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from org.replay.event import EVENTS
from org.sandbox.faults import Fault
from org.sandbox.trail import Trail, write
from tests.sandbox.enforcing import ADMIN, LOG, Stage, denied, policy, statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.sandbox.serve import Sandbox

ROLE = f"arn:aws:iam::{LOG}:role/{ADMIN}"


@pytest.fixture
def trail(sandbox: Sandbox) -> Iterator[Trail]:
    application = sandbox._application
    application.trail = Trail()
    yield application.trail
    application.trail = None


def last(trail: Trail) -> dict[str, Any]:
    return trail.records[-1]


def test_a_role_session_is_recorded_with_its_role(trail: Trail, staged: Stage) -> None:
    staged.under()
    keys = staged.root("sts").assume_role(RoleArn=ROLE, RoleSessionName="ana", SourceIdentity="ana@acme")["Credentials"]
    staged.with_key("cloudtrail", keys, "eu-west-1").describe_trails()
    record = last(trail)
    who = record.pop("userIdentity")
    session = who.pop("sessionContext")
    assert {"creationDate", "mfaAuthenticated"} == set(session["attributes"])
    assert "ana@acme" == session["sourceIdentity"]
    issuer = session["sessionIssuer"]
    assert (ROLE, ADMIN, LOG, "Role") == tuple(issuer[key] for key in ("arn", "userName", "accountId", "type"))
    expected = ("AssumedRole", f"arn:aws:sts::{LOG}:assumed-role/{ADMIN}/ana", LOG, keys["AccessKeyId"])
    assert expected == tuple(who[key] for key in ("type", "arn", "accountId", "accessKeyId"))
    assert f"{issuer['principalId']}:ana" == who["principalId"]
    told = ("eventSource", "eventName", "awsRegion", "sourceIPAddress", "eventType", "readOnly", "recipientAccountId")
    expected_told = ("cloudtrail.amazonaws.com", "DescribeTrails", "eu-west-1", "127.0.0.1", "AwsApiCall", True, LOG)
    assert expected_told == tuple(record[key] for key in told)
    assert "errorCode" not in record
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["eventTime"])


def test_the_administrator_is_recorded_as_a_user(trail: Trail, staged: Stage) -> None:
    staged.under()
    staged.root("organizations", "eu-west-1").describe_organization()
    who = last(trail)["userIdentity"]
    expected = ("IAMUser", "sandbox-admin", staged.sandbox.management)
    assert expected == tuple(who[key] for key in ("type", "userName", "accountId"))
    assert "us-east-1" == last(trail)["awsRegion"]


@pytest.mark.parametrize(
    ("service", "operation", "given", "event", "expected"),
    [
        (
            "s3",
            "list_objects_v2",
            {"Bucket": "b", "Prefix": "p"},
            "s3:ListObjects",
            {"bucketName": "b", "prefix": "p"},
        ),
        (
            "s3",
            "put_object_acl",
            {"Bucket": "b", "Key": "k", "ACL": "private"},
            "s3:PutObjectAcl",
            {"x-amz-acl": "private"},
        ),
        (
            "s3control",
            "get_public_access_block",
            {"AccountId": LOG},
            "s3:GetAccountPublicAccessBlock",
            {"accountId": LOG},
        ),
        ("lambda", "get_function", {"FunctionName": "f"}, "lambda:GetFunction20150331v2", {"functionName": "f"}),
        ("lambda", "list_functions", {}, "lambda:ListFunctions20150331", {}),
        ("cloudwatch", "describe_alarms", {}, "monitoring:DescribeAlarms", {}),
        ("iam", "get_role", {"RoleName": ADMIN}, "iam:GetRole", {"roleName": ADMIN}),
        (
            "ec2",
            "stop_instances",
            {"InstanceIds": ["i-0123456789abcdef0"]},
            "ec2:StopInstances",
            {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}},
        ),
        (
            "ec2",
            "create_vpc",
            {
                "CidrBlock": "10.0.0.0/16",
                "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}],
            },
            "ec2:CreateVpc",
            {"tagSpecificationSet": {"items": [{"resourceType": "vpc", "tags": [{"key": "a", "value": "b"}]}]}},
        ),
    ],
)
def test_calls_have_the_names_and_parameters_of_cloudtrail(
    service: str,
    operation: str,
    given: dict[str, Any],
    event: str,
    expected: dict[str, Any],
    trail: Trail,
    staged: Stage,
) -> None:
    staged.under()
    denied(getattr(staged.of(service), operation), **given)
    record = last(trail)
    assert event == f"{record['eventSource'].removesuffix('.amazonaws.com')}:{record['eventName']}"
    assert expected.items() <= record["requestParameters"].items()


def test_no_secret_and_no_data_is_recorded(trail: Trail, staged: Stage) -> None:
    staged.under()
    staged.of("secretsmanager").create_secret(Name="db", SecretString="hunter2")
    staged.of("iam").create_user(UserName="eve")
    staged.of("iam").create_login_profile(UserName="eve", Password="hunter2")
    s3 = staged.of("s3")
    s3.create_bucket(Bucket="acme")
    s3.put_object(Bucket="acme", Key="k", Body=b"hunter2")
    assert "hunter2" not in json.dumps(trail.records)
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" == trail.records[-5]["requestParameters"]["secretString"]


def test_parameters_that_are_too_long_are_left_out(trail: Trail, staged: Stage) -> None:
    staged.under()
    denied(staged.of("sns").publish, TopicArn=f"arn:aws:sns:us-east-1:{LOG}:t", Subject="x", Message="x" * 120_000)
    assert {"omitted": True} == last(trail)["requestParameters"]


def test_refusals_are_recorded_with_their_codes(trail: Trail, staged: Stage) -> None:
    staged.under(policy("ou:/", statement(["ec2:*", "iam:*", "sns:*"])))
    denied(staged.of("ec2").describe_vpcs)
    denied(staged.of("iam").list_roles)
    denied(staged.of("logs").delete_log_group, logGroupName="none")
    denied(staged.of("s3").list_objects_v2, Bucket="none")
    codes = [record.get("errorCode") for record in trail.records]
    assert ["Client.UnauthorizedOperation", "AccessDenied", "ResourceNotFoundException", "NoSuchBucket"] == codes


def test_faults_are_recorded_as_what_the_client_saw_or_did(trail: Trail, staged: Stage) -> None:
    staged.under()
    call = staged.root("organizations").list_roots
    staged.sandbox.faults.add(Fault("organizations:ListRoots", code="TooManyRequestsException", times=1))
    denied(call)
    assert "TooManyRequestsException" == last(trail)["errorCode"]
    staged.sandbox.faults.add(Fault("organizations:ListRoots", code="ServiceException", after=True, times=1))
    denied(call)
    assert (2, None) == (len(trail.records), last(trail).get("errorCode"))


def test_files_are_laid_out_and_read_as_those_of_cloudtrail(staged: Stage, tmp_path: Path) -> None:
    staged.under()
    application = staged.sandbox._application
    application.trail = Trail(tmp_path)
    try:
        staged.of("iam").list_roles()
        staged.of("ec2", region="eu-west-1").describe_vpcs()
        staged.of("iam").list_users()
        files = staged.sandbox.flush()
        assert [] == staged.sandbox.flush()
    finally:
        application.trail = None
    realm = staged.sandbox.world.realm
    assert realm is not None
    name = r"AWSLogs/{0}/{1}/CloudTrail/{2}/\d{{4}}/\d\d/\d\d/{1}_CloudTrail_{2}_\d{{8}}T\d{{4}}Z_\w{{16}}\.json\.gz"
    for path, region in zip(sorted(files), ("eu-west-1", "us-east-1"), strict=True):
        assert re.fullmatch(name.format(realm.id, LOG, region), str(path.relative_to(tmp_path)))
    events = [json.loads(gzip.decompress(path.read_bytes()))["Records"] for path in sorted(files)]
    assert [["DescribeVpcs"], ["ListRoles", "ListUsers"]] == [[one["eventName"] for one in file] for file in events]
    assert {"ListRoles"} <= {event.event_name for event in EVENTS.decode(json.dumps(events[1]))}


def test_many_waiting_records_are_written_before_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("org.sandbox.trail.MOST_WAITING", 3)
    trail = Trail(tmp_path)
    for _ in range(7):
        trail.add({"recipientAccountId": LOG, "awsRegion": "us-east-1", "eventTime": "2026-11-29T10:00:00Z"}, "o-1")
    written = [json.loads(gzip.decompress(path.read_bytes())) for path in tmp_path.rglob("*.gz")]
    assert [3, 3] == [len(file["Records"]) for file in written]
    assert 7 == len(trail.records)


def test_a_file_has_the_minute_of_its_last_record(tmp_path: Path) -> None:
    path = write(tmp_path, "o-1", LOG, "us-east-1", "2026-11-29", [{"eventTime": "2026-11-29T10:07:59Z"}])
    assert path.name.startswith(f"{LOG}_CloudTrail_us-east-1_20261129T1007Z_")
    assert ("2026", "11", "29") == path.parts[-4:-1]


def test_a_sandbox_without_a_log_records_nothing(staged: Stage) -> None:
    staged.under()
    staged.of("iam").list_roles()
    assert [] == staged.sandbox.flush()
    with pytest.raises(AssertionError, match="keeps no log"):
        staged.sandbox.cloudtrail()
