"""What was called is counted, in this process and from another one."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from org.sandbox.record import is_write

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

READS = [
    "AssumeRole",
    "BatchGetSecretValue",
    "CheckNoNewAccess",
    "DescribeOrganization",
    "GetAlternateContact",
    "HeadBucket",
    "IsMemberInGroups",
    "ListAccounts",
    "LookupEvents",
    "SearchResources",
    "SimulateCustomPolicy",
    "ValidatePolicy",
    "DecodeAuthorizationMessage",
    "QueryObjects",
]
WRITES = [
    "AttachPolicy",
    "CloseAccount",
    "CreateAccount",
    "DeletePolicy",
    "DeregisterDelegatedAdministrator",
    "DetachPolicy",
    "DisablePolicyType",
    "EnablePolicyType",
    "MoveAccount",
    "PutAccountName",
    "PutPublicAccessBlock",
    "RegisterDelegatedAdministrator",
    "TagResource",
    "UntagResource",
    "UpdatePolicy",
    "StartLogging",
    "ScheduleKeyDeletion",
    "IssueCertificate",
    "TestifyNothing",
    "RotateSecret",
]


@pytest.mark.parametrize("operation", READS)
def test_a_read_is_no_write(operation: str) -> None:
    assert not is_write(operation)


@pytest.mark.parametrize("operation", WRITES)
def test_everything_that_is_not_a_read_is_a_write(operation: str) -> None:
    assert is_write(operation)


def test_calls_are_counted_by_operation_and_by_account(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    member = assume("012345670123")
    client("organizations").list_roots()
    client("organizations").list_roots()
    client("iam", member).list_roles()
    counts = Counter({("organizations", "ListRoots"): 2, ("sts", "AssumeRole"): 1, ("iam", "ListRoles"): 1})
    assert counts == sandbox.recorder.counts()
    assert Counter({"111111111111": 3, "012345670123": 1}) == sandbox.recorder.accounts()
    assert () == sandbox.recorder.writes()
    assert 4 == len(sandbox.recorder.reads())


@pytest.mark.parametrize(
    ("service", "call", "operation"),
    [
        ("s3", lambda client: client.create_bucket(Bucket="acme-one"), "CreateBucket"),
        ("lambda", lambda client: client.delete_layer_version(LayerName="x", VersionNumber=1), "DeleteLayerVersion"),
        ("kms", lambda client: client.create_key(), "CreateKey"),
        ("ec2", lambda client: client.enable_ebs_encryption_by_default(), "EnableEbsEncryptionByDefault"),
        ("account", lambda client: client.enable_region(RegionName="eu-south-1"), "EnableRegion"),
        ("guardduty", lambda client: client.create_detector(Enable=True), "CreateDetector"),
    ],
)
def test_a_write_is_known_by_its_operation_in_every_protocol(
    service: str, call: Callable[[Any], Any], operation: str, sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    with contextlib.suppress(ClientError):
        call(client(service))
    assert [(service, operation)] == [(call.service, call.operation) for call in sandbox.recorder.writes()]


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        (lambda client: client.put_bucket_tagging(Bucket="acme-two", Tagging={"TagSet": []}), "PutBucketTagging"),
        (lambda client: client.get_public_access_block(Bucket="acme-two"), "GetPublicAccessBlock"),
        (lambda client: client.list_objects_v2(Bucket="acme-two"), "ListObjectsV2"),
        (lambda client: client.put_object(Bucket="acme-two", Key="a/b", Body=b""), "PutObject"),
        (lambda client: client.head_bucket(Bucket="acme-two"), "HeadBucket"),
    ],
)
def test_the_operations_of_s3_are_told_apart(
    call: Callable[[Any], Any], operation: str, sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    client("s3").create_bucket(Bucket="acme-two")
    with contextlib.suppress(ClientError):
        call(client("s3"))
    assert operation == sandbox.recorder.calls[-1].operation


def test_a_refused_call_is_recorded_with_its_code(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    with pytest.raises(client("organizations").exceptions.PolicyNotFoundException):
        client("organizations").describe_policy(PolicyId="p-00000000")
    assert ["PolicyNotFoundException"] == [call.code for call in sandbox.recorder.calls]


def test_the_region_of_a_call_is_recorded(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    client("kms", region="eu-west-1").list_keys()
    assert ["eu-west-1"] == [call.region for call in sandbox.recorder.calls]


def control(sandbox: Sandbox, method: str, name: str, data: Any = None, header: str = "yes") -> Any:
    request = urllib.request.Request(f"{sandbox.url}/_sandbox/{name}", method=method)
    request.add_header("X-Sandbox", header)
    request.data = None if data is None else json.dumps(data).encode()
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
        return json.load(answer)


def test_another_process_reads_and_clears_the_recorder(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    client("organizations").list_roots()
    expected = {
        "calls": 1,
        "writes": 0,
        "operations": {"organizations:ListRoots": 1},
        "accounts": {"111111111111": 1},
    }
    assert expected == control(sandbox, "GET", "calls")
    assert ["ListRoots"] == [call["operation"] for call in control(sandbox, "GET", "log")]
    control(sandbox, "DELETE", "calls")
    assert 0 == control(sandbox, "GET", "calls")["calls"]


def test_another_process_plants_faults(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    control(sandbox, "POST", "faults", [{"match": "ListRoots", "code": "ServiceException", "times": 1}])
    with pytest.raises(client("organizations").exceptions.ServiceException):
        client("organizations").list_roots()
    assert {"ListRoots": 1} == control(sandbox, "GET", "faults")
    control(sandbox, "DELETE", "faults")
    client("organizations").list_roots()


def test_another_process_sets_latency_the_clock_and_a_kill(sandbox: Sandbox) -> None:
    control(sandbox, "POST", "latency", {"seconds": 0.001})
    control(sandbox, "POST", "clock", {"seconds": 60})
    control(sandbox, "POST", "kill", {"pid": 2**22, "at": 10**6, "when": "after"})
    assert (0.001, 60.0) == (sandbox.latency, sandbox.world.elapsed)
    assert sandbox.organization_state() == control(sandbox, "GET", "state")


@pytest.mark.parametrize(
    ("method", "name", "data", "header", "status"),
    [
        ("GET", "nothing", None, "yes", 404),
        ("POST", "faults", [{"wrong": 1}], "yes", 400),
        ("POST", "faults", [{"match": "("}], "yes", 400),
        ("POST", "kill", {"pid": 1}, "yes", 400),
        ("DELETE", "calls", None, "no", 403),
    ],
)
def test_a_wrong_request_to_the_endpoint_is_refused(
    method: str, name: str, data: Any, header: str, status: int, sandbox: Sandbox
) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(sandbox, method, name, data, header)
    with caught.value as error:
        assert status == error.code
