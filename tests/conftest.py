"""Fixtures for all tests: an AWS organization on this machine, and clients for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, minified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from org.aws.clients import Clients
    from org.sandbox.serve import Sandbox

# A slow moment of the machine is no failure: speed is for benchmarks/.
settings.register_profile("org", deadline=None)
settings.load_profile("org")

MANAGEMENT = "111111111111"
DENY_LEAVE = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "DenyLeave", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}],
}


@pytest.fixture(scope="session")
def small_organization() -> Organization:
    """Three OUs, four accounts, one SCP of ours at the root."""
    return Organization(
        accounts=(
            Account("management", "acme", "aws@acme.example", ou=None, id=MANAGEMENT, management=True),
            Account("log-archive", "acme-log-archive", "aws+log@acme.example", ou="Security", id="012345670123"),
            Account("payments", "acme-payments", "aws+pay@acme.example", ou="Workloads/Prod", tags={"team": "pay"}),
            Account("search", "acme-search", "aws+search@acme.example", ou="Workloads/Prod"),
        ),
        units=(OrganizationalUnit("Security"), OrganizationalUnit("Workloads"), OrganizationalUnit("Workloads/Prod")),
        policies=(
            Policy(
                PolicyType.SERVICE_CONTROL_POLICY,
                "deny-leave-organization",
                minified(DENY_LEAVE),
                targets=frozenset({"ou:/"}),
            ),
        ),
        enabled_policy_types=frozenset({PolicyType.SERVICE_CONTROL_POLICY}),
        trusted_services=frozenset({"account.amazonaws.com"}),
    )


@pytest.fixture(scope="session")
def served_sandbox() -> Iterator[Sandbox]:
    """One server for the whole run; tests ask for `sandbox` instead."""
    from org.sandbox.serve import Sandbox

    with Sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def clients(served_sandbox: Sandbox) -> Clients:
    """The product's clients of the one server, made once: making them costs more than all the calls of a test."""
    from org.aws.clients import Clients

    with pytest.MonkeyPatch.context() as patch:
        for name, value in served_sandbox.environment.items():
            patch.setenv(name, value)
        made = Clients()
        for service in ("organizations", "sts", "account", "resourcegroupstaggingapi", "s3control"):
            made.client(service, "eu-west-1")
        return made


@pytest.fixture
def sandbox(
    served_sandbox: Sandbox, small_organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    """A sandbox that holds `small_organization`; this process's AWS variables lead to it.

    `sandbox.reset(organization)` fills it otherwise, `sandbox.reset()` empties it.
    """
    for name, value in served_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    served_sandbox.reset(small_organization)
    yield served_sandbox
    served_sandbox.reset()


@pytest.fixture(scope="session")
def client(served_sandbox: Sandbox) -> Callable[..., Any]:
    """A function that makes a boto3 client of a service, as the administrator or with a session's `credentials`."""
    import boto3
    from botocore.config import Config

    session = boto3.Session()
    made: dict[tuple[str, str], Any] = {}

    def make(service: str, credentials: dict[str, Any] | None = None, region: str = "us-east-1") -> Any:
        given = credentials or {"AccessKeyId": "sandbox", "SecretAccessKey": "sandbox", "SessionToken": None}
        key = (service, f"{given['AccessKeyId']} {given['SessionToken']} {region}")
        if key not in made:
            made[key] = session.client(
                service,
                region_name=region,
                endpoint_url=served_sandbox.url,
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
                config=Config(retries={"total_max_attempts": 1}, proxies={"http": served_sandbox.url}),
            )
        return made[key]

    return make


@pytest.fixture
def assume(sandbox: Sandbox, client: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """A function that gives the credentials of a role in an account: `assume("012345670123")`."""

    def assumed(account: str, role: str = "OrganizationAccountAccessRole") -> dict[str, Any]:
        answer = client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="test")
        credentials: dict[str, Any] = answer["Credentials"]
        return credentials

    return assumed
