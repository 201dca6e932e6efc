"""Calls: signed by the right account, every page read, every error named with its place."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from org.aws.clients import Clients, is_loopback
from org.aws.cloud import Cloud, connect
from org.errors import Ambiguous, CloudError, Conflict, Denied, Missing, OrgError, Throttled, Unreachable
from org.model.place import Place
from org.sandbox.serve import Fault
from tests.reconcile.organizations import made_up

if TYPE_CHECKING:
    from org.sandbox.serve import Sandbox

ROLE = "OrganizationAccountAccessRole"


@pytest.fixture
def cloud(sandbox: Sandbox, clients: Clients) -> Cloud:
    """The management account of the sandbox."""
    assert sandbox.url
    return connect("eu-west-1", clients)


def _members(sandbox: Sandbox, cloud: Cloud) -> list[Cloud]:
    assert sandbox.world.realm is not None
    places = [Place(account) for account in sandbox.world.realm.accounts if account != sandbox.management]
    return [cloud.member(place, ROLE) for place in places]


def test_64_threads_never_sign_with_a_neighbours_key(sandbox: Sandbox, cloud: Cloud) -> None:
    sandbox.reset(made_up(3))
    members = _members(sandbox, connect("eu-west-1", cloud._clients))

    def who_am_i(number: int) -> bool:
        member = members[number % len(members)]
        return member.call("sts", "get_caller_identity")["Account"] == member.place.account

    with ThreadPoolExecutor(64) as pool:
        assert {True} == set(pool.map(who_am_i, range(640)))


def test_a_role_is_assumed_once(sandbox: Sandbox, cloud: Cloud) -> None:
    member = _members(sandbox, cloud)[0]
    for _ in range(5):
        member.call("sts", "get_caller_identity")
    assert 1 == sandbox.recorder.counts()["sts", "AssumeRole"]


def test_a_session_is_renewed_before_it_ends(sandbox: Sandbox, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    member = _members(sandbox, cloud)[0]
    member.call("sts", "get_caller_identity")
    monkeypatch.setattr("org.aws.cloud.RENEW_BEFORE", 3601)
    other = _members(sandbox, cloud)[0]
    other.call("sts", "get_caller_identity")
    other.call("sts", "get_caller_identity")
    assert 3 == sandbox.recorder.counts()["sts", "AssumeRole"]


def test_an_empty_page_is_not_the_last(sandbox: Sandbox, cloud: Cloud) -> None:
    wanted = made_up(5)
    for every in (1, 2, 3):
        sandbox.reset(wanted, empty_pages=every)
        listed = list(cloud.pages("organizations", "list_accounts", "Accounts"))
        assert len(wanted.accounts) == len(listed)


def test_s3_control_reaches_a_loopback_address(sandbox: Sandbox, cloud: Cloud) -> None:
    member = _members(sandbox, cloud)[0]
    with pytest.raises(Missing):
        member.call("s3control", "get_public_access_block", AccountId=member.place.account)


ERRORS = [
    ({"code": "AccessDeniedException"}, Denied),
    ({"code": "AccessDenied", "status": 403}, Denied),
    ({"code": "TooManyRequestsException"}, Throttled),
    ({"code": "ConcurrentModificationException"}, Conflict),
    ({"code": "PolicyNotFoundException"}, Missing),
    ({"code": "ConstraintViolationException"}, CloudError),
]


@pytest.mark.parametrize(("fault", "expected"), ERRORS)
def test_an_error_is_named_with_its_place(
    fault: dict[str, str], expected: type[CloudError], sandbox: Sandbox, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("org.aws.cloud.time.sleep", lambda _: None)
    sandbox.faults.add(Fault(match="organizations:", **fault))  # type: ignore[arg-type]
    with pytest.raises(CloudError) as caught:
        cloud.call("organizations", "list_roots")
    assert (expected, fault["code"], sandbox.management, "ListRoots") == (
        type(caught.value),
        caught.value.code,
        caught.value.place.account,
        caught.value.operation,
    )


def test_a_lost_answer_to_create_account_is_ambiguous_and_sent_once(sandbox: Sandbox, cloud: Cloud) -> None:
    sandbox.faults.add(Fault(match="CreateAccount$", reset=True, after=True))
    with pytest.raises(Ambiguous):
        cloud.call("organizations", "create_account", Email="a@b.example", AccountName="a")
    assert 1 == sandbox.recorder.counts()["organizations", "CreateAccount"]


def test_a_lost_answer_to_a_read_is_asked_for_again(sandbox: Sandbox, cloud: Cloud) -> None:
    sandbox.faults.add(Fault(match="ListRoots$", reset=True, times=2))
    assert 1 == len(cloud.call("organizations", "list_roots")["Roots"])


def test_no_credentials_says_what_to_do(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert sandbox.url
    with pytest.raises(Unreachable, match=r"no AWS credentials found.*org sandbox"):
        connect()


def test_nobody_listening_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.delenv("http_proxy", raising=False)
    monkeypatch.setattr("org.aws.cloud.time.sleep", lambda _: None)
    with pytest.raises(Unreachable):
        connect("eu-west-1").call("organizations", "list_roots")


def test_an_endpoint_that_is_no_address_is_an_error_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not an address")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(OrgError, match=re.escape("AWS_ENDPOINT_URL")):
        connect("eu-west-1").call("organizations", "list_roots")


LOOPBACK = [
    ("http://127.0.0.1:5000", True),
    ("http://123456789012.127.0.0.1:5000", True),
    ("http://[::1]:5000", True),
    ("http://localhost:5000", True),
    ("https://organizations.us-east-1.amazonaws.com", False),
    ("https://127.0.0.1.example.com", False),
    ("http://10.0.0.1", False),
]


@pytest.mark.parametrize(("url", "expected"), LOOPBACK)
def test_only_this_machine_is_a_sandbox(url: str, expected: bool) -> None:
    assert expected == is_loopback(url)
