"""The organization's trail: what AWS asks of its bucket and key to the letter, and what a run never does twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from org import baseline
from org.baseline._trail_logs import wanted_group
from org.sandbox.serve import Fault
from tests.baseline.stage import CASES, IDS, MANAGEMENT, inside, scope_of, set_up, tried

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

COMPONENT = baseline.find()["cloudtrail"]
NEW = CASES["cloudtrail"][0]
ARCHIVE = IDS["log-archive"]
BUCKET = f"org-cloudtrail-{ARCHIVE}-eu-west-1"
ARN = f"arn:aws:s3:::{BUCKET}"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{IDS[MANAGEMENT]}:trail/org-baseline"
SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def case(says: str) -> dict[str, Any]:
    return next(one for one in CASES["cloudtrail"] if says in one["says"])


def statements(cloud: Cloud) -> dict[str, dict[str, Any]]:
    answer = inside(cloud, "log-archive").call("s3", "get_bucket_policy", Bucket=BUCKET)
    return {one["Sid"]: one for one in json.loads(answer["Policy"])["Statement"]}


def test_the_bucket_lets_in_what_cloudtrail_asks_for_and_no_more(cloud: Cloud, sandbox: Sandbox) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"""
    set_up(COMPONENT, cloud, NEW["calls"])
    tried(COMPONENT, cloud, NEW, apply=True)
    assert sandbox.world.realm is not None
    found, organization = statements(cloud), sandbox.world.realm.id
    allow = {"Effect": "Allow", "Principal": SERVICE}
    source = {"aws:SourceArn": TRAIL}
    giving = {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}}
    check = {**allow, "Action": "s3:GetBucketAcl", "Resource": ARN, "Condition": {"StringEquals": source}}
    put = {**allow, "Action": "s3:PutObject", "Condition": giving}
    assert {
        "OrgBaselineTrailChecks": check,
        "OrgBaselineTrailWrites": {**put, "Resource": f"{ARN}/AWSLogs/{IDS[MANAGEMENT]}/*"},
        "OrgBaselineTrailWritesAll": {**put, "Resource": f"{ARN}/AWSLogs/{organization}/*"},
        "OrgBaselineOnlyTLS": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [ARN, f"{ARN}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    } == {sid: {part: value for part, value in one.items() if part != "Sid"} for sid, one in found.items()}


def test_the_key_encrypts_for_this_trail_alone_and_the_account_reads_only_what_a_trail_wrote(cloud: Cloud) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html"""
    set_up(COMPONENT, cloud, NEW["calls"])
    tried(COMPONENT, cloud, NEW, apply=True)
    archive = inside(cloud, "log-archive")
    key = archive.call("kms", "describe_key", KeyId="alias/org-cloudtrail")["KeyMetadata"]["KeyId"]
    text = archive.call("kms", "get_key_policy", KeyId=key, PolicyName="default")["Policy"]
    found = {one["Sid"]: one for one in json.loads(text)["Statement"]}
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{IDS[MANAGEMENT]}:trail/*"}
    source = {"StringEquals": {"aws:SourceArn": TRAIL}}
    assert ("kms:GenerateDataKey*", {**source, "StringLike": context}) == of(found["CloudTrailEncrypts"], SERVICE)
    assert ("kms:DescribeKey", source) == of(found["CloudTrailDescribes"], SERVICE)
    account = {"AWS": f"arn:aws:iam::{ARCHIVE}:root"}
    assert ("kms:Decrypt", {"StringLike": context}) == of(found["ReadersDecrypt"], account)
    assert archive.call("kms", "get_key_rotation_status", KeyId=key)["KeyRotationEnabled"]


def of(statement: dict[str, Any], principal: dict[str, str]) -> tuple[str, dict[str, Any]]:
    assert ("Allow", principal, "*") == (statement["Effect"], statement["Principal"], statement["Resource"])
    return statement["Action"], statement["Condition"]


def test_the_owner_s_statements_stay_where_ours_are_merged_in(cloud: Cloud) -> None:
    wrong = case("somebody else's policy is on the bucket")
    set_up(COMPONENT, cloud, wrong["calls"])
    before = statements(cloud)
    tried(COMPONENT, cloud, wrong, apply=True)
    after = statements(cloud)
    assert {"Owner"} == set(before)
    assert before["Owner"] == after["Owner"]
    assert {"OrgBaselineTrailWritesAll", "OrgBaselineOnlyTLS"} < set(after)


def test_a_trail_that_delivers_to_the_same_bucket_with_the_statements_of_aws_goes_on(cloud: Cloud) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"""
    arn, old = f"arn:aws:s3:::{BUCKET}", TRAIL.replace("org-baseline", "old")
    allow = {"Effect": "Allow", "Principal": {"Service": SERVICE["Service"]}}
    source = {"aws:SourceArn": old}
    check = {"Sid": "AWSCloudTrailAclCheck20150319", **allow, "Action": "s3:GetBucketAcl", "Resource": arn}
    writes = {"Sid": "AWSCloudTrailWrite20150319", **allow, "Action": "s3:PutObject", "Resource": f"{arn}/AWSLogs/*"}
    giving = {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}}
    theirs = [{**check, "Condition": {"StringEquals": source}}, {**writes, "Condition": giving}]
    set_up(COMPONENT, cloud, [*NEW["calls"], ["s3", "create_bucket", given(), "eu-west-1", "log-archive"]])
    policy = json.dumps({"Version": "2012-10-17", "Statement": theirs})
    inside(cloud, "log-archive").call("s3", "put_bucket_policy", Bucket=BUCKET, Policy=policy)
    cloud.call("cloudtrail", "create_trail", Name="old", S3BucketName=BUCKET)
    cloud.call("cloudtrail", "start_logging", Name="old")
    assert "" == tried(COMPONENT, cloud, NEW, apply=True).reason
    for name in ("old", "org-baseline"):
        assert "LatestDeliveryError" not in cloud.call("cloudtrail", "get_trail_status", Name=name)


def test_lifecycle_rules_of_others_stay(cloud: Cloud) -> None:
    wrong = case("lifecycle rules stay")
    set_up(COMPONENT, cloud, wrong["calls"])
    tried(COMPONENT, cloud, wrong, apply=True)
    archive = inside(cloud, "log-archive")
    rules = archive.call("s3", "get_bucket_lifecycle_configuration", Bucket=BUCKET)["Rules"]
    assert ["theirs", "org-baseline"] == [rule["ID"] for rule in rules]


def test_a_lifecycle_rule_of_the_old_form_stays_beside_ours_in_the_new_one(cloud: Cloud) -> None:
    wrong = case("lifecycle rules stay")
    set_up(COMPONENT, cloud, wrong["calls"])
    archive = inside(cloud, "log-archive")
    old = {"ID": "theirs", "Prefix": "old/", "Status": "Enabled", "Expiration": {"Days": 9}}
    configuration = {"Rules": [old]}
    archive.call("s3", "put_bucket_lifecycle_configuration", Bucket=BUCKET, LifecycleConfiguration=configuration)
    tried(COMPONENT, cloud, wrong, apply=True)
    rules = archive.call("s3", "get_bucket_lifecycle_configuration", Bucket=BUCKET)["Rules"]
    assert [("theirs", {"Prefix": "old/"}), ("org-baseline", {"Prefix": "AWSLogs/"})] == [
        (rule["ID"], rule["Filter"]) for rule in rules
    ]


def test_a_lock_in_years_is_read_in_days(cloud: Cloud) -> None:
    locked = case("a longer lock than the bucket has")
    set_up(COMPONENT, cloud, locked["calls"])
    archive = inside(cloud, "log-archive")
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 7}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    archive.call("s3", "put_object_lock_configuration", Bucket=BUCKET, ObjectLockConfiguration=lock)
    (change,) = tried(COMPONENT, cloud, locked, apply=False).changes
    assert 7 * 365 == (change.before or {})["object_lock"]["days"]


def test_a_trail_whose_answer_was_lost_is_not_made_twice(cloud: Cloud, sandbox: Sandbox) -> None:
    set_up(COMPONENT, cloud, NEW["calls"])
    fault = Fault(match="cloudtrail:CreateTrail", code="InternalFailure", status=500, after=True, times=1)
    sandbox.faults.add(fault)
    result = tried(COMPONENT, cloud, NEW, apply=True)
    assert not result.failed, result.reason
    assert 1 == len(cloud.call("cloudtrail", "describe_trails")["trailList"])
    assert cloud.call("cloudtrail", "get_trail_status", Name="org-baseline")["IsLogging"]


def test_a_bucket_of_a_stranger_is_neither_used_nor_changed(cloud: Cloud, sandbox: Sandbox) -> None:
    set_up(COMPONENT, cloud, [*NEW["calls"], ["s3", "create_bucket", given(), "eu-west-1", "security"]])
    result = tried(COMPONENT, cloud, NEW, apply=True)
    assert result.failed
    assert BUCKET in result.reason or "GetBucketVersioning" in result.reason
    assert () == tuple(call for call in sandbox.recorder.writes() if call.service == "s3" and call.account == ARCHIVE)


def given() -> dict[str, Any]:
    return {"Bucket": BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}


def test_looking_costs_15_calls_and_nothing_is_ever_deleted(cloud: Cloud, sandbox: Sandbox) -> None:
    right = case("everything is as declared")
    set_up(COMPONENT, cloud, right["calls"])
    sandbox.recorder.clear()
    tried(COMPONENT, cloud, right, apply=True)
    listing = {"DescribeOrganization", "ListAccounts", "GetCallerIdentity", "AssumeRole"}
    calls = [call.operation for call in sandbox.recorder.calls if call.operation not in listing]
    assert 15 == len(calls), calls
    assert [] == [action for action in COMPONENT.all_writes if ":Delete" in action or ":Schedule" in action]


@pytest.mark.parametrize(
    ("found", "ends"),
    [
        (None, 365),
        ({"retention_days": 0, "holds": False}, 365),
        ({"retention_days": 0, "holds": True}, 0),
        ({"retention_days": 400, "holds": True}, 400),
        ({"retention_days": 90, "holds": True}, 365),
    ],
)
def test_no_log_group_loses_events_that_it_has(found: dict[str, Any] | None, ends: int) -> None:
    scope = scope_of(COMPONENT, {"settings": {"log_group": "trail"}})
    assert {"retention_days": ends} == wanted_group(scope, found)
