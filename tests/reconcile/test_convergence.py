"""Whatever is there and whatever is wanted: one apply makes it so, and then there is nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.model.change import Result
from org.reconcile.apply import apply
from org.reconcile.run import plan_organization
from tests.reconcile.organizations import Guardrails, guardrails, live_shape, made_up, managed_by, wanted_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.sandbox.serve import Call, Sandbox

EVERY_GUARD = ("create-organization", "protected", "mass-move", "last-guardrail")
PAIRS = [(seed, seed + 100) for seed in range(12)]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_as_wanted_needs_no_change(seed: int, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(made_up(seed))
    assert () == plan_organization(made_up(seed), cloud()).changes


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_an_applied_plan_leaves_nothing_to_do(
    before: int, after: int, sandbox: Sandbox, cloud: Callable[[], Cloud]
) -> None:
    sandbox.reset(made_up(before))
    plan = plan_organization(made_up(after), cloud())
    outcomes = apply(plan, cloud(), allow=EVERY_GUARD)
    assert [Result.DONE] * len(plan.changes) == [outcome.result for outcome in outcomes]
    assert () == plan_organization(made_up(after), cloud()).changes
    assert wanted_shape(made_up(after)) == live_shape(sandbox, made_up(after))


@pytest.mark.parametrize("seed", range(6))
def test_from_no_organization_at_all(seed: int, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    wanted = made_up(seed)
    sandbox.reset(seed=seed)
    wanted = managed_by(wanted, sandbox.management)
    outcomes = apply(plan_organization(wanted, cloud()), cloud())
    assert {Result.DONE} == {outcome.result for outcome in outcomes}
    assert () == plan_organization(wanted, cloud()).changes
    assert wanted_shape(wanted) == live_shape(sandbox, wanted)


@pytest.mark.parametrize("seed", range(12))
def test_every_drift_is_undone(seed: int, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(made_up(seed), drift=6, seed=seed)
    apply(plan_organization(made_up(seed), cloud()), cloud(), allow=EVERY_GUARD)
    assert () == plan_organization(made_up(seed), cloud()).changes
    assert wanted_shape(made_up(seed)) == live_shape(sandbox, made_up(seed))


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_no_account_ever_has_fewer_guardrails_than_before_and_after_share(
    before: int, after: int, sandbox: Sandbox, cloud: Callable[[], Cloud]
) -> None:
    sandbox.reset(made_up(before))
    at_first = guardrails(sandbox)
    seen: list[tuple[str, Guardrails]] = []

    def look(call: Call) -> None:
        seen.append((call.operation, guardrails(sandbox)))

    sandbox.on_write = look
    apply(plan_organization(made_up(after), cloud()), cloud(), allow=EVERY_GUARD)
    at_last = guardrails(sandbox)
    holes = [
        (operation, account, sorted(promised - now[account]))
        for operation, now in seen
        for account, had in at_first.items()
        for promised in [had & at_last[account]]
        if not promised <= now[account]
    ]
    assert [] == holes


def test_planning_writes_nothing(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(made_up(1))
    plan_organization(made_up(2), cloud())
    assert () == sandbox.recorder.writes()
