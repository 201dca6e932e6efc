"""Promise: killed at any call, before or after its effect, and run again, it converges and makes no account twice.

A real process is killed with SIGKILL by the server at the n-th call; every n of a reference run is walked.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.aws.clients import Clients
from org.aws.cloud import Cloud, connect
from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, minified
from org.reconcile.apply import apply
from org.reconcile.run import plan_organization
from tests.reconcile.organizations import MANAGEMENT, live_shape, wanted_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox

EVERY_GUARD = ("last-guardrail",)
PARTS = 8
pytestmark = [
    pytest.mark.slow,
    # From 3.12 on Python warns of every fork beside threads; the child here only runs the product and ends.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def _scp(name: str, action: str, *targets: str) -> Policy:
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    content = minified({"Version": "2012-10-17", "Statement": [statement]})
    return Policy(PolicyType.SERVICE_CONTROL_POLICY, name, content, name, frozenset(targets))


def _account(number: int, ou: str, **given: object) -> Account:
    account = Account(f"a{number}", f"acme {number}", f"aws+{number}@acme.example", ou=ou)
    return replace(account, **given)  # type: ignore[arg-type]


MANAGED = Account("management", "acme", "aws@acme.example", ou=None, id=MANAGEMENT, management=True)
BEFORE = Organization(
    accounts=(
        MANAGED,
        _account(1, "Old"),
        _account(2, "Apps/Prod"),
        _account(3, "", tags={"team": "x"}),
        _account(6, "Older"),
        _account(7, "By hand"),
    ),
    units=tuple(OrganizationalUnit(path) for path in ("Old", "Older", "Apps", "Apps/Prod", "Gone", "By hand")),
    policies=(_scp("stays", "s3:*", "ou:Apps"), _scp("changes", "ec2:*", "ou:/"), _scp("goes", "sqs:*", "ou:Old")),
    enabled_policy_types=frozenset({PolicyType.SERVICE_CONTROL_POLICY}),
    trusted_services=frozenset({"account.amazonaws.com"}),
)
AFTER = Organization(
    accounts=(
        MANAGED,
        _account(1, "New"),
        _account(2, "Apps/Production", name="renamed"),
        _account(3, "Apps", tags={"team": "y", "env": "prod"}),
        _account(4, "New"),
        _account(5, "Apps/Production", tags={"team": "z"}),
        _account(6, "New"),
        _account(7, "Declared"),
    ),
    units=(
        OrganizationalUnit("New", tags={"a": "b"}),
        OrganizationalUnit("Apps"),
        OrganizationalUnit("Declared"),
        OrganizationalUnit("Apps/Production", was="Apps/Prod"),
    ),
    policies=(
        _scp("stays", "s3:*", "ou:Apps", "account:a4"),
        _scp("changes", "rds:*", "ou:Apps"),
        _scp("comes", "kms:*", "ou:/", "ou:New"),
    ),
    trusted_services=frozenset({"cloudtrail.amazonaws.com"}),
)


@pytest.fixture(scope="module")
def child_clients(served_sandbox: Sandbox) -> Clients:
    """Clients that only forked children call: a connection shared with the parent would mix up their answers."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in served_sandbox.environment.items():
            patch.setenv(name, value)
        made = Clients()
        for service in ("organizations", "sts", "account"):
            made.client(service, "eu-west-1")
        made.client("resourcegroupstaggingapi", "us-east-1")
        return made


def _reconcile(cloud: Cloud) -> None:
    apply(plan_organization(AFTER, cloud), cloud, allow=EVERY_GUARD)


def _killed_run(sandbox: Sandbox, clients: Clients, at: int, when: str) -> bool:
    """Reconcile in a child process that dies at its `at`-th call; true where it did die."""
    sandbox.reset(BEFORE)
    start, go = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.read(start, 1)
            _reconcile(connect("eu-west-1", clients))
        finally:
            os._exit(0)
    sandbox.kill(child, at, when)
    os.write(go, b"!")
    _, status = os.waitpid(child, 0)
    os.close(start)
    os.close(go)
    sandbox.faults.clear()
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_run_is_simply_run_again(
    when: str, part: int, sandbox: Sandbox, cloud: Callable[[], Cloud], child_clients: Clients
) -> None:
    index = part + 1
    while _killed_run(sandbox, child_clients, index, when):
        _reconcile(cloud())
        realm = sandbox.world.realm
        assert realm is not None
        assert wanted_shape(AFTER) == live_shape(sandbox, AFTER), f"killed {when} call {index}"
        asked = Counter(creation.email for creation in realm.creations.values())
        assert {"aws+4@acme.example": 1, "aws+5@acme.example": 1} == asked, f"killed {when} call {index}"
        index += PARTS
    assert index > 40, "the reference run is expected to make more calls than that"
