"""A plan file is the plan, or it is refused with what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.errors import BadInput, GuardTripped, StalePlan
from org.model.change import Result
from org.reconcile import planfile
from org.reconcile.apply import apply
from org.reconcile.run import plan_organization
from tests.reconcile.test_killed import AFTER, BEFORE, EVERY_GUARD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from org.aws.cloud import Cloud
    from org.model.change import Plan
    from org.sandbox.serve import Sandbox


@pytest.fixture
def plan(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> Plan:
    """A plan with a change of nearly every kind."""
    sandbox.reset(BEFORE)
    return plan_organization(AFTER, cloud())


def test_a_plan_comes_back_from_its_file(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(planfile.dumps(plan), encoding="utf-8")
    assert plan == planfile.read(file)


def test_the_same_plan_has_the_same_id(plan: Plan, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    assert sandbox.url
    assert plan.plan_id == plan_organization(AFTER, cloud()).plan_id


def test_every_change_counts_for_the_id(plan: Plan) -> None:
    without_one = {replace(plan, changes=plan.changes[:n] + plan.changes[n + 1 :]).plan_id for n in range(5)}
    assert 6 == len(without_one | {plan.plan_id})


DAMAGE = {
    "not JSON": lambda text: text[:-20],
    "empty": lambda _: "",
    "a list": lambda _: "[]",
    "null": lambda _: "null",
    "no changes": lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "changes"}),
    "an unknown action": lambda text: text.replace('"action": "move"', '"action": "explode"'),
    "another change": lambda text: text.replace("renamed", "hijacked"),
    "other guards": lambda text: json.dumps(json.loads(text) | {"guards": [{"name": "x", "because": "y"}]}),
    "another organization": lambda text: json.dumps(json.loads(text) | {"organization_id": "o-another000"}),
    "a lower risk": lambda text: text.replace('"risk": "high"', '"risk": "low"'),
    "another version": lambda text: text.replace('"version": 1', '"version": 2', 1),
    "a wrong type": lambda text: text.replace('"place": {', '"place": 7, "was": {', 1),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_a_finding(damage: str, plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(DAMAGE[damage](planfile.dumps(plan)), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        planfile.read(file)
    assert ["ORG910"] == [finding.rule for finding in caught.value.findings]


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a plan file"):
        planfile.read(tmp_path / "none.json")


def test_a_plan_applies_once_and_then_is_so_already(plan: Plan, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    assert {Result.DONE} == {outcome.result for outcome in apply(plan, cloud(), allow=EVERY_GUARD)}
    sandbox.recorder.clear()
    survivors = [change for change in plan.changes if change.kind != "organizational-unit" or change.after]
    again = apply(replace(plan, changes=tuple(survivors)), cloud(), allow=EVERY_GUARD)
    assert {Result.SKIPPED} == {outcome.result for outcome in again}
    assert () == sandbox.recorder.writes()


def test_a_guard_stops_everything(plan: Plan, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    guarded = replace(plan, guards=(("protected", "because"),))
    sandbox.recorder.clear()
    with pytest.raises(GuardTripped):
        apply(guarded, cloud(), allow=("mass-move",))
    assert () == sandbox.recorder.writes()


def _move(sandbox: Sandbox) -> None:
    realm = sandbox.world.realm
    assert realm is not None
    account = next(account for account in realm.accounts.values() if account.email == "aws+1@acme.example")
    realm.move_account(account, realm.root.id)


def _rename(sandbox: Sandbox) -> None:
    realm = sandbox.world.realm
    assert realm is not None
    next(a for a in realm.accounts.values() if a.email == "aws+2@acme.example").name = "somebody else's"


def _rewrite(sandbox: Sandbox) -> None:
    realm = sandbox.world.realm
    assert realm is not None
    policy = next(policy for policy in realm.policies.values() if policy.name == "changes")
    policy.content = policy.content.replace("ec2:*", "iam:*")


def _retag(sandbox: Sandbox) -> None:
    realm = sandbox.world.realm
    assert realm is not None
    next(a for a in realm.accounts.values() if a.email == "aws+3@acme.example").tags["team"] = "w"


@pytest.mark.parametrize("happened", [_move, _rename, _rewrite, _retag])
def test_a_fact_that_changed_makes_the_plan_stale(
    happened: Callable[[Sandbox], None], plan: Plan, sandbox: Sandbox, cloud: Callable[[], Cloud]
) -> None:
    happened(sandbox)
    sandbox.recorder.clear()
    with pytest.raises(StalePlan) as caught:
        apply(plan, cloud(), allow=EVERY_GUARD)
    assert 1 == len(caught.value.differences)
    assert () == sandbox.recorder.writes()


def test_a_change_elsewhere_leaves_the_plan_good(plan: Plan, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    realm = sandbox.world.realm
    assert realm is not None
    next(a for a in realm.accounts.values() if a.email == "aws+1@acme.example").tags["other"] = "w"
    assert {Result.DONE} == {outcome.result for outcome in apply(plan, cloud(), allow=EVERY_GUARD)}


def test_a_plan_for_another_organization_is_stale(plan: Plan, sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    assert sandbox.url
    with pytest.raises(StalePlan, match="1 fact changed"):
        apply(replace(plan, organization_id="o-another000"), cloud(), allow=EVERY_GUARD)
