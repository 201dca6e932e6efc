"""Promise: any single failed, refused, throttled or lost call converges in the same run or in the next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from org.errors import OrgError
from org.reconcile.apply import apply
from org.reconcile.run import plan_organization
from org.sandbox.serve import Fault
from tests.reconcile.organizations import live_shape, wanted_shape
from tests.reconcile.test_killed import AFTER, BEFORE, EVERY_GUARD

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

FAULTS = {
    "denied": {"code": "AccessDeniedException"},
    "server error": {"code": "ServiceException", "status": 500},
    "answer lost": {"reset": True, "after": True},
    "connection reset": {"reset": True},
    "throttled": {"code": "TooManyRequestsException"},
    "somebody else": {"code": "ConcurrentModificationException"},
    "server error after the effect": {"code": "ServiceException", "status": 500, "after": True},
}
SURVIVED = ("throttled", "somebody else")
"""Faults that a single run gets over by itself, whatever the call: AWS said that it had no effect."""
CALLS = 75
"""A little more than a reference run makes; a fault beyond its end never fires."""


def _reconcile(cloud: Cloud) -> bool:
    """Plan and apply; true where everything went well."""
    try:
        outcomes = apply(plan_organization(AFTER, cloud), cloud, allow=EVERY_GUARD)
    except OrgError:
        return False
    return not any(outcome.failed for outcome in outcomes)


def _one_fault(sandbox: Sandbox, cloud: Callable[[], Cloud], fault: str, index: int) -> None:
    sandbox.reset(BEFORE)
    connected = cloud()
    sandbox.faults.add(Fault(match=".", skip=index, times=1, **FAULTS[fault]))  # type: ignore[arg-type]
    went_well = _reconcile(connected)
    sandbox.faults.clear()
    where = f"{fault} at call {index}"
    if not went_well:
        assert fault not in SURVIVED, where
        assert _reconcile(connected), where
    assert wanted_shape(AFTER) == live_shape(sandbox, AFTER), where
    realm = sandbox.world.realm
    assert realm is not None
    accounts = Counter(account.email for account in realm.accounts.values())
    assert {1} == set(accounts.values()), where
    asked = Counter(creation.email for creation in realm.creations.values())
    assert {1} == set(asked.values()), where


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_here_and_there(fault: str, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    first = list(FAULTS).index(fault)
    for index in range(first, CALLS, 11):
        _one_fault(sandbox, cloud, fault, index)


@pytest.mark.sweep
@pytest.mark.parametrize("index", range(CALLS))
@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_at_every_call(fault: str, index: int, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    _one_fault(sandbox, cloud, fault, index)
