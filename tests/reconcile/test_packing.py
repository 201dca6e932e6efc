"""From single policies to packed ones and back: nothing is missing on the way, and AWS's ten slots are enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.model.change import Result
from org.model.policy import Policy, PolicyType, minified
from org.policy.pack import pack
from org.reconcile.apply import apply
from org.reconcile.run import plan_organization
from tests.reconcile.organizations import made_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox


def _asking_for(count: int) -> Organization:
    """An organization with that many guardrails on the root, each about a seventh of a document."""
    policies = [
        Policy(
            PolicyType.SERVICE_CONTROL_POLICY,
            f"guardrail-{number}",
            minified({"Version": "2012-10-17", "Statement": [_statement(number)]}),
            targets=frozenset({"ou:/"}),
        )
        for number in range(count)
    ]
    return replace(made_up(1), policies=pack(policies))


def _statement(number: int) -> dict[str, object]:
    actions = [f"service{number}:Action{n}" for n in range(70)]
    return {"Effect": "Deny", "NotAction": actions, "Resource": "*"}


@pytest.mark.parametrize(("before", "after"), [(5, 6), (6, 5), (5, 14), (14, 5), (7, 14), (7, 8)])
def test_the_swap_fits_into_the_slots(before: int, after: int, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(_asking_for(before))
    plan = plan_organization(_asking_for(after), cloud())
    assert () == plan.findings
    assert {Result.DONE} == {outcome.result for outcome in apply(plan, cloud())}
    assert () == plan_organization(_asking_for(after), cloud()).changes
