"""The roles of the pipeline against what runs really call: everything a run needs, and nothing that no run uses."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from org import baseline
from org.aws.cloud import Cloud
from org.reconcile import run
from org.reconcile.apply import apply
from org.reconcile.places import LIST_REGIONS, concerned, over
from org.reconcile.run import plan_organization
from org.sandbox.serve import Fault
from tests.iam_actions import iam_actions
from tests.reconcile.organizations import made_up, managed_by
from tests.roles.test_templates import actions, allowed, role, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox

EVERY_GUARD = ("create-organization", "protected", "mass-move", "last-guardrail")
SERVICES = ["account.amazonaws.com", "guardduty.amazonaws.com"]
FREE = {"sts:GetCallerIdentity"}
"""Operations that need no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
COMPONENTS = {LIST_REGIONS, *(action for component in baseline.find().values() for action in component.needs)}


@cache
def depends_on(action: str) -> frozenset[str]:
    """The actions that AWS asks for beside this one, in policy_sentry's data."""
    from policy_sentry.querying.actions import get_action_data

    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    assert isinstance(found, dict), action
    return frozenset(depending for entry in found[service] for depending in entry["dependent_actions"])


def used(sandbox: Sandbox, *, members: bool = False) -> set[str]:
    """The IAM actions behind everything that was called, by the management account or by members."""
    calls = [call for call in sandbox.recorder.calls if (call.account != sandbox.management) == members]
    return {action for call in calls for action in iam_actions(call.service, call.operation)} - FREE


def richer(wanted: Organization) -> Organization:
    """The organization with a delegated administrator, a renamed unit, and a tag that has to go."""
    first, *others = wanted.units
    owner, *accounts = [account for account in wanted.accounts if not account.management]
    return replace(
        wanted,
        units=(replace(first, tags={"unwanted": None}), *others),
        accounts=(*(one for one in wanted.accounts if one.management), replace(owner, contacts=CONTACTS), *accounts),
        trusted_services=frozenset(SERVICES),
        delegated_administrators={"guardduty.amazonaws.com": frozenset({owner.key})},
    )


CONTACTS = next(account.contacts for seed in range(9) for account in made_up(seed).accounts if account.contacts)


def renamed(wanted: Organization) -> Organization:
    """The same organization with another name for a unit that has nothing below it."""
    last = wanted.units[-1]
    path = f"{last.path}-new"

    def moved(node: str | None) -> Any:
        return node and node.replace(last.path, path) if str(node).removeprefix("ou:") == last.path else node

    return replace(
        wanted,
        units=(*wanted.units[:-1], replace(last, path=path, was=last.path)),
        accounts=tuple(replace(account, ou=moved(account.ou)) for account in wanted.accounts),
        policies=tuple(replace(one, targets=frozenset(map(moved, one.targets))) for one in wanted.policies),
    )


def scenes(sandbox: Sandbox) -> Iterator[Organization]:
    """What is wanted, while the sandbox holds what is there: from nothing, other trees, renames, tags, bad answers."""
    sandbox.reset(seed=1)
    yield managed_by(richer(made_up(1)), sandbox.management)
    for seed in range(8):
        sandbox.reset(made_up(seed))
        yield richer(made_up(seed + 100))
    for seed in range(3):
        sandbox.reset(made_up(seed))
        yield renamed(made_up(seed))
    sandbox.reset(richer(made_up(6)))
    yield richer(made_up(6))
    tagged = made_up(2)
    sandbox.reset(replace(tagged, units=tuple(replace(unit, tags={"unwanted": "x"}) for unit in tagged.units)))
    yield richer(tagged)
    sandbox.reset(made_up(4))
    sandbox.faults.add(Fault("resourcegroupstaggingapi:GetResources", code="AccessDeniedException", status=403))
    yield made_up(4)


def pathless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts come without their paths, as they do in an answer that is older than a unit."""
    pages = Cloud.pages

    def without(self: Cloud, service: str, operation: str, key: str, /, **more: Any) -> Iterator[dict[str, Any]]:
        for one in pages(self, service, operation, key, **more):
            yield {name: value for name, value in one.items() if name != "Paths"}

    monkeypatch.setattr(Cloud, "pages", without)


@pytest.fixture
def planned_and_applied(
    sandbox: Sandbox, cloud: Callable[[], Cloud], monkeypatch: pytest.MonkeyPatch
) -> tuple[set[str], set[str]]:
    """The actions that the reference runs used in the management account: planning, and all of it."""
    planning: set[str] = set()
    everything: set[str] = set()
    for wanted in scenes(sandbox):
        plan = plan_organization(wanted, cloud())
        planning |= used(sandbox)
        apply(plan, cloud(), allow=EVERY_GUARD)
        everything |= used(sandbox)
    sandbox.reset(made_up(5))
    with monkeypatch.context() as patch:
        pathless(patch)
        plan_organization(made_up(5), cloud())
    return planning | used(sandbox), everything | used(sandbox)


def test_the_pipeline_s_roles_allow_what_runs_call_and_nothing_else(
    planned_and_applied: tuple[set[str], set[str]],
) -> None:
    planning, everything = planned_and_applied
    assert planning == granted("pipeline-plan")
    depending = {one for action in everything for one in depends_on(action)}
    needed = {*everything, *depending}
    assert everything | {"iam:CreateServiceLinkedRole"} == needed, "AWS asks for more beside the actions that runs use"
    assert needed == granted("pipeline-apply")


def granted(name: str) -> set[str]:
    """What the role allows about the organization; components and entering members are tested by themselves."""
    found = statements(role(name, **services(name)), "permissions")
    apart = {"ReadTheBaseline", "WriteTheBaseline", "LinkServices", "EnterMembers", "NeverReadSecrets"}
    apart |= {"LookAtRootUsers", "LookAfterRootUsers"}
    return {action for sid, one in found.items() if sid not in apart for action in actions(one)}


def services(name: str) -> dict[str, Any]:
    return {"trusted_services": SERVICES} if name == "pipeline-apply" else {}


def test_no_service_can_be_trusted_where_none_is_declared() -> None:
    assert "organizations:EnableAWSServiceAccess" not in allowed(role("pipeline-apply"))


@pytest.mark.parametrize(("applying", "name"), [(False, "plan"), (True, "apply")])
def test_a_component_needs_no_more_in_any_account_than_the_roles_allow(
    applying: bool, name: str, sandbox: Sandbox, cloud: Callable[[], Cloud]
) -> None:
    asked = replace(made_up(3), trusted_services=frozenset({"account.amazonaws.com", "iam.amazonaws.com"}))
    bare = tuple(replace(account, settings={}) for account in asked.accounts)
    sandbox.reset(replace(asked, accounts=bare))
    ground = run.ground(replace(asked, regions=("eu-west-1",)), cloud(), apply=applying)
    sandbox.recorder.clear()
    for component in baseline.find().values():
        accounts = [replace(account, settings={component.name: {}}) for account in asked.accounts]
        # One that needs something to be there first fails after some calls; tests/roles/test_enforced.py has its cases.
        over(ground, component, concerned(component, accounts))
    as_root = {action for component in baseline.find().values() for action in component.as_root}
    assert used(sandbox, members=True) - as_root <= allowed(role(f"pipeline-{name}-member"), "permissions")
    assert used(sandbox) <= allowed(role(f"pipeline-{name}"), "permissions")
    assert "sts:AssumeRole" in used(sandbox)
    assert "s3:GetAccountPublicAccessBlock" in used(sandbox, members=True)
    assert applying == ("s3:PutAccountPublicAccessBlock" in used(sandbox, members=True))


@pytest.mark.parametrize("name", ["pipeline-plan", "pipeline-plan-member"])
def test_a_plan_role_has_what_components_read_and_nothing_they_write(name: str) -> None:
    reads = {LIST_REGIONS, *(action for component in baseline.find().values() for action in component.all_reads)}
    found = statements(role(name), "permissions")
    assert reads == set(found["ReadTheBaseline"]["Action"])
    assert set() == (COMPONENTS - reads) & allowed(role(name))


@pytest.mark.parametrize("name", ["pipeline-apply", "pipeline-apply-member"])
def test_an_apply_role_has_everything_that_components_need(name: str) -> None:
    assert COMPONENTS <= allowed(role(name), "permissions")
