"""The pipeline's roles are enough, and none of what they allow is spare: IAM is enforced, and one action taken away.

The complete walk is a sweep; the tests of every day play one case of each component, and take one action away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from org import baseline
from org.reconcile.sessions import LINK
from tests.baseline.test_every_component import NOT_CALLED
from tests.roles.enforced import Ended, Enforcing, acting, live, modes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.clients import Clients
    from org.baseline import Component
    from org.sandbox.serve import Sandbox

COMPONENTS = list(baseline.find().values())
each = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)


@pytest.fixture
def enforcing(sandbox: Sandbox, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enforcing]:
    monkeypatch.setattr("org.aws.cloud.time.sleep", lambda _: None)
    monkeypatch.setattr("org.aws.cloud.Clients", lambda: clients)
    yield Enforcing(sandbox, clients)
    sandbox.reset()


def enough(enforcing: Enforcing, component: Component, case: dict[str, Any], *, apply: bool) -> Ended:
    ended = enforcing.run(component, case, apply=apply)
    assert ("", True) == (ended.reason, ended.done)
    assert () == ended.unlike or component.name == "iam-roles"  # which finds the policies that the test put there
    return ended


def walk(enforcing: Enforcing, component: Component, actions: set[str], cases: list[dict[str, Any]]) -> set[str]:
    """Those of the actions that no case misses."""
    spare = set(actions)
    for case in cases:
        for apply in reversed([*modes(component)]):
            whole = enough(enforcing, component, case, apply=apply)
            for action in sorted(spare & enforcing.called):
                if enforcing.run(component, case, apply=apply, without=action) != whole:
                    spare.discard(action)
            if not spare:
                return spare
    return spare


@each
def test_a_run_with_the_pipeline_s_permissions_alone_does_all_that_a_case_asks_for(
    component: Component, enforcing: Enforcing
) -> None:
    for apply in modes(component):
        enough(enforcing, component, acting(component), apply=apply)


@pytest.mark.parametrize("component", COMPONENTS[::6], ids=lambda component: component.name)
def test_an_action_taken_away_is_missed(component: Component, enforcing: Enforcing) -> None:
    actions = [action for action in (*component.writes, *component.reads) if action not in NOT_CALLED]
    assert set() == walk(enforcing, component, {actions[0]}, live(component))


@pytest.mark.sweep
@each
def test_every_action_of_the_roles_is_missed_when_it_is_taken_away(component: Component, enforcing: Enforcing) -> None:
    apart = {"sts:AssumeRoot"} if component.as_root else set()
    apart |= {LINK} if component.name == "service-linked-roles" else set()
    assert set() == walk(enforcing, component, {*component.needs, *apart} - NOT_CALLED, live(component))


@pytest.mark.sweep
@each
def test_the_pipeline_s_permissions_are_enough_for_every_case(component: Component, enforcing: Enforcing) -> None:
    for case in live(component):
        for apply in modes(component):
            enough(enforcing, component, case, apply=apply)
