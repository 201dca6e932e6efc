"""Buckets: what counts as refusing plain requests, what an owner's policy keeps, and what looking costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from org import baseline
from org.baseline._buckets import encrypt
from org.baseline.s3_buckets import refuses_plain
from org.sandbox.serve import Fault
from tests.baseline.stage import CASES, HOME, IDS, MEMBER, inside, set_up, tried

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

COMPONENT = baseline.find()["s3-buckets"]
OLD = CASES["s3-buckets"][0]
RIGHT = CASES["s3-buckets"][1]
ARN = "arn:aws:s3:::b"
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}


def deny(**more: Any) -> dict[str, Any]:
    whole = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"], "Condition": PLAIN}
    return {**whole, **more}


@pytest.mark.parametrize(
    ("statements", "refuses"),
    [
        ([deny()], True),
        ([deny(Principal={"AWS": "*"}, Action=["*"], Resource="*")], True),
        ([deny(Resource=ARN), deny(Resource=f"{ARN}/*")], True),
        ([deny(Resource=f"{ARN}*")], True),
        ([deny(Condition={"BoolIfExists": {"AWS:securetransport": ["False"]}})], True),
        ([], False),
        ([deny(Effect="Allow")], False),
        ([deny(Principal={"AWS": "arn:aws:iam::222222222222:root"})], False),
        ([deny(Action="s3:GetObject")], False),
        ([deny(Resource=f"{ARN}/*")], False),
        ([deny(Condition={"Bool": {"aws:SecureTransport": "true"}})], False),
        ([deny(Condition={})], False),
        ([deny(Condition={**PLAIN, "StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}})], False),
        ([deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})], False),
        ([{"Effect": "Deny", "NotPrincipal": {"AWS": "x"}, "NotAction": "s3:x", "NotResource": ARN}], False),
    ],
)
def test_a_policy_refuses_plain_requests_only_where_it_refuses_all_of_them(
    statements: list[dict[str, Any]], refuses: bool
) -> None:
    assert refuses == refuses_plain(statements, ARN)


def test_an_owner_s_statements_stay_as_they_are_and_ours_comes_behind_them(cloud: Cloud) -> None:
    set_up(COMPONENT, cloud, OLD["calls"])
    there = inside(cloud, MEMBER)
    before = json.loads(there.call("s3", "get_bucket_policy", Bucket="shop-data")["Policy"])
    tried(COMPONENT, cloud, OLD, apply=True)
    after = json.loads(there.call("s3", "get_bucket_policy", Bucket="shop-data")["Policy"])
    assert before["Statement"] == after["Statement"][:-1]
    assert ("OrgBaselineOnlyTLS", True) == (
        after["Statement"][-1]["Sid"],
        refuses_plain(after["Statement"], "arn:aws:s3:::shop-data"),
    )


def test_looking_at_a_bucket_costs_four_calls(cloud: Cloud, sandbox: Sandbox) -> None:
    set_up(COMPONENT, cloud, RIGHT["calls"])
    sandbox.recorder.clear()
    tried(COMPONENT, cloud, RIGHT, apply=True)
    calls = [call.operation for call in sandbox.recorder.calls if call.account == IDS[MEMBER]]
    asked = ["GetPublicAccessBlock", "GetBucketOwnershipControls", "GetBucketEncryption", "GetBucketPolicy"]
    assert ["ListBuckets", *asked] == calls


def test_a_bucket_that_goes_away_meanwhile_is_left_out(cloud: Cloud, sandbox: Sandbox) -> None:
    set_up(COMPONENT, cloud, RIGHT["calls"])
    sandbox.faults.add(Fault(match="s3:GetBucketEncryption", code="NoSuchBucket", status=404))
    result = tried(COMPONENT, cloud, RIGHT, apply=True)
    assert (False, ()) == (result.failed, result.findings)


def test_one_bucket_that_cannot_be_written_keeps_no_other_from_being_put_right(cloud: Cloud, sandbox: Sandbox) -> None:
    new = ["s3", "create_bucket", {"Bucket": "a-new", "CreateBucketConfiguration": {"LocationConstraint": HOME}}]
    set_up(COMPONENT, cloud, [*OLD["calls"], new])
    sandbox.faults.add(Fault(match="s3:PutBucketPolicy", code="AccessDenied", status=403, times=1))
    result = tried(COMPONENT, cloud, OLD, apply=True)
    assert result.failed
    assert ["failed", "done"] == [outcome.result.value for outcome in result.outcomes]
    assert "PutBucketPolicy in account-0" in result.reason


def test_a_bucket_in_a_region_that_is_off_keeps_no_other_from_being_put_right(cloud: Cloud, sandbox: Sandbox) -> None:
    new = ["s3", "create_bucket", {"Bucket": "a-new", "CreateBucketConfiguration": {"LocationConstraint": HOME}}]
    set_up(COMPONENT, cloud, [*OLD["calls"], new])
    sandbox.faults.add(Fault(match="s3:GetPublicAccessBlock", code="InvalidToken", status=400, times=1))
    result = tried(COMPONENT, cloud, OLD, apply=True)
    assert not result.failed
    assert (["shop-data"], ["a-new"]) == (
        [change.name for change in result.changes],
        [one.message.split("`")[1] for one in result.findings if "is not on in this account" in one.message],
    )


def test_what_a_bucket_says_of_its_callers_keys_stays_when_its_own_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, Any] = {}
    callers = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, **callers}
    found = {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
    monkeypatch.setattr("org.baseline._buckets.ask", lambda *_: found)
    monkeypatch.setattr("org.baseline._buckets.put", lambda *_, **given: written.update(given))
    encrypt(cast("Cloud", None), "b", "arn:aws:kms:eu-west-1:222222222222:key/k", bucket_key=True)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:222222222222:key/k"}
    expected = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True, **callers}]
    assert expected == written["ServerSideEncryptionConfiguration"]["Rules"]
