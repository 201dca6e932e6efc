"""What can be made to go wrong: errors, lost answers, throttles, delays, and clients that die."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ProxyConnectionError, ReadTimeoutError

from org.sandbox.faults import Fault
from org.sandbox.rates import throttles
from org.sandbox.strict.registry import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

CREATE_OU = """
import boto3
client = boto3.client("organizations")
client.describe_organization()
client.create_organizational_unit(ParentId="{root}", Name="one")
client.create_organizational_unit(ParentId="{root}", Name="two")
"""


HUNG_UP = (ConnectionClosedError, ProxyConnectionError)
"""How botocore calls a connection that was closed without an answer: directly, and through `http_proxy`."""


def names(sandbox: Sandbox) -> set[str]:
    state = sandbox.organization_state()
    assert state is not None
    return set(state["units"])


def root(sandbox: Sandbox) -> str:
    assert sandbox.world.realm is not None
    return sandbox.world.realm.root.id


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("organizations", lambda client: client.list_roots()),
        ("account", lambda client: client.list_regions()),
        ("sts", lambda client: client.get_caller_identity()),
        ("s3control", lambda client: client.get_public_access_block(AccountId="111111111111")),
        ("s3", lambda client: client.list_buckets()),
        ("ec2", lambda client: client.describe_regions()),
    ],
)
def test_an_injected_error_arrives_in_the_format_of_every_protocol(
    service: str, call: Callable[[Any], Any], sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    sandbox.faults.add(Fault(service, code="ServiceUnavailable", status=503, message="not today"))
    with pytest.raises(ClientError) as caught:
        call(client(service))
    error = caught.value.response["Error"]
    assert ("ServiceUnavailable", "not today") == (error["Code"], error["Message"])


def test_a_fault_fires_as_often_as_it_says_and_after_as_many_as_it_says(
    sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    sandbox.faults.add(Fault("organizations:ListRoots", code="TooManyRequestsException", skip=1, times=2))
    outcomes = []
    for _ in range(4):
        try:
            client("organizations").list_roots()
            outcomes.append("ok")
        except ClientError as error:
            outcomes.append(error.response["Error"]["Code"])
    assert ["ok", "TooManyRequestsException", "TooManyRequestsException", "ok"] == outcomes
    assert {"organizations:ListRoots": 2} == sandbox.faults.fired()


def test_a_refused_call_has_no_effect(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.faults.add(Fault("CreateOrganizationalUnit", code="ConcurrentModificationException"))
    with pytest.raises(ClientError):
        client("organizations").create_organizational_unit(ParentId=root(sandbox), Name="new")
    assert "new" not in names(sandbox)


def test_a_lost_answer_has_its_effect(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.faults.add(Fault("CreateOrganizationalUnit", reset=True, after=True))
    with pytest.raises(HUNG_UP):
        client("organizations").create_organizational_unit(ParentId=root(sandbox), Name="new")
    assert "new" in names(sandbox)
    assert ["(no answer)"] == [call.code for call in sandbox.recorder.writes()]


def test_botocore_calls_a_lost_answer_a_closed_connection(sandbox: Sandbox) -> None:
    import boto3

    direct = boto3.Session().client("organizations", config=Config(proxies={}, retries={"total_max_attempts": 1}))
    sandbox.faults.add(Fault("ListRoots", reset=True))
    with pytest.raises(ConnectionClosedError):
        direct.list_roots()


def test_a_reset_before_the_effect_has_none(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.faults.add(Fault("CreateOrganizationalUnit", reset=True))
    with pytest.raises(HUNG_UP):
        client("organizations").create_organizational_unit(ParentId=root(sandbox), Name="new")
    assert "new" not in names(sandbox)


def test_the_server_survives_any_number_of_hang_ups(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.faults.add(Fault("ListRoots", reset=True, times=80))
    for _ in range(80):
        with pytest.raises(HUNG_UP):
            client("organizations").list_roots()
    assert root(sandbox) == client("organizations").list_roots()["Roots"][0]["Id"]


def test_a_client_with_retries_creates_two_things_when_an_answer_is_lost(
    sandbox: Sandbox, small_organization: Any
) -> None:
    import boto3

    sandbox.faults.add(Fault("CreateAccount", reset=True, after=True, times=1))
    client = boto3.Session().client("organizations")
    client.create_account(Email="new@acme.example", AccountName="new")
    assert 2 == len(sandbox.recorder.writes())


def test_a_bucket_refuses_what_is_above_its_rate_for_each_account(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    member = assume("012345670123")
    sandbox.faults.add(Fault("organizations:", code="TooManyRequestsException", rate=0.01, burst=3))
    accepted = 0
    for _ in range(6):
        try:
            client("organizations").describe_organization()
            accepted += 1
        except ClientError:
            pass
    client("organizations", member).describe_organization()
    assert 3 == accepted


def test_a_fault_of_one_account_leaves_the_others_alone(
    sandbox: Sandbox, client: Callable[..., Any], assume: Callable[..., dict[str, Any]]
) -> None:
    member = assume("012345670123")
    sandbox.faults.add(Fault("GetCallerIdentity", code="ExpiredToken", account="012345670123"))
    client("sts").get_caller_identity()
    with pytest.raises(ClientError, match="ExpiredToken"):
        client("sts", member).get_caller_identity()


def test_chance_repeats_with_the_seed(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    def outcomes() -> list[bool]:
        sandbox.faults.set([Fault("ListRoots", code="ServiceException", probability=0.5)])
        found = []
        for _ in range(12):
            try:
                client("organizations").list_roots()
                found.append(True)
            except ClientError:
                found.append(False)
        return found

    first = outcomes()
    assert first == outcomes()
    assert {True, False} == set(first)


def test_latency_is_added_to_every_call(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    client("organizations").list_roots()
    sandbox.latency = 0.2
    started = time.monotonic()
    client("organizations").list_roots()
    assert time.monotonic() - started >= 0.2


def test_a_slow_answer_is_lost_to_an_impatient_client(sandbox: Sandbox) -> None:
    import boto3

    config = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
    impatient = boto3.Session().client("organizations", config=config)
    sandbox.faults.add(Fault("CreateOrganizationalUnit", latency=0.6))
    with pytest.raises(ReadTimeoutError):
        impatient.create_organizational_unit(ParentId=root(sandbox), Name="new")
    for _ in range(200):
        if "new" in names(sandbox):
            break
        time.sleep(0.05)
    assert "new" in names(sandbox)


@pytest.mark.parametrize(
    ("at", "when", "there"),
    [
        (1, "before", set()),
        (2, "before", set()),
        (2, "after", {"one"}),
        (3, "before", {"one"}),
        (3, "after", {"one", "two"}),
        (4, "before", {"one", "two"}),
    ],
)
def test_a_client_dies_at_the_call_that_was_asked_for(at: int, when: str, there: set[str], sandbox: Sandbox) -> None:
    code = "import os, sys; sys.stdin.readline()" + CREATE_OU.format(root=root(sandbox))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, env=sandbox.child_environment(), text=True
    ) as child:
        sandbox.kill(child.pid, at=at, when=when)
        child.communicate("go\n")
    assert (-9 if at <= 3 else 0) == child.returncode
    assert there == names(sandbox) & {"one", "two"}


def test_a_function_can_do_the_killing(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    struck: list[int] = []
    sandbox.kill(lambda: struck.append(len(sandbox.recorder)), at=2)
    client("organizations").list_roots()
    with pytest.raises(HUNG_UP):
        client("organizations").list_roots()
    assert [2] == struck


def test_a_kill_is_before_or_after(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="meanwhile"):
        sandbox.kill(os.getpid(), at=1, when="meanwhile")


def test_the_hook_sees_every_write_that_succeeded_and_no_other_call(
    sandbox: Sandbox, client: Callable[..., Any]
) -> None:
    seen: list[tuple[str, bool]] = []
    sandbox.on_write = lambda call: seen.append((call.operation, "new" in names(sandbox)))
    client("organizations").list_roots()
    with pytest.raises(ClientError):
        client("organizations").create_organizational_unit(ParentId=root(sandbox), Name="Security")
    client("organizations").create_organizational_unit(ParentId=root(sandbox), Name="new")
    assert [("CreateOrganizationalUnit", True)] == seen


def test_an_error_carries_its_reason(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    fault = Fault("ListRoots", code="ConstraintViolationException", reason="WAIT_PERIOD_ACTIVE")
    sandbox.faults.add(fault)
    with pytest.raises(ClientError) as caught:
        client("organizations").list_roots()
    assert "WAIT_PERIOD_ACTIVE" == json.loads(json.dumps(caught.value.response["Reason"]))


def test_above_the_published_rate_calls_are_throttled(sandbox: Sandbox, client: Callable[..., Any]) -> None:
    sandbox.faults.set(throttles(scale=0.001))
    for _ in range(9):
        with contextlib.suppress(ClientError):
            client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")
    assert [""] * 8 + ["TooManyRequestsException"] == [call.code for call in sandbox.recorder.calls]


def test_every_published_rate_is_of_an_operation_that_the_sandbox_answers() -> None:
    named = {fault.match.removeprefix("^organizations:").removesuffix("$") for fault in throttles()}
    assert set() == named - {operation for service, operation in operations() if service == "organizations"}
