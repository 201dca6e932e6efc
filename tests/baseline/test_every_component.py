"""What holds for every baseline component, whatever it does: a new one is tested by being there."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from org import baseline
from org.controls import controls
from org.model.change import Action, Result
from org.reconcile.component import planned
from org.reconcile.sessions import session_policy
from org.sandbox.models import model
from org.sandbox.serve import Fault
from tests.baseline import stage
from tests.baseline.stage import CASES, EVERY, LIVE, PURE, filled, plan_of, said, set_up, tried, unlike
from tests.iam_actions import iam_actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.baseline import Component
    from org.sandbox.serve import Sandbox

COMPONENTS = list(baseline.find().values())
each = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
live = pytest.mark.parametrize(("name", "case"), LIVE, ids=[said(case) for case in LIVE])
NOT_CALLED = {
    "logs:CreateLogDelivery",
    "backup-storage:MountCapsule",
    "cloudtrail:AddTags",
    "iam:PassRole",
    "iam:TagRole",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:RetireGrant",
    "lambda:InvokeFunction",
    "logs:TagResource",
}
"""Actions that AWS asks for beside those of the calls themselves."""
LISTING = {"DescribeOrganization", "ListAccounts"}
"""How every run learns which accounts there are; where that fails no component begins."""
WITHOUT_CONTROL = {"allowed-images", "config-rules"}
"""Components that no recommendation of the catalogue asks for, and one that reports about whatever rules there are."""


@cache
def _known_actions() -> frozenset[str]:
    from policy_sentry.querying.all import get_all_actions

    return frozenset(action.lower() for action in get_all_actions())


def _acting(component: Component) -> dict[str, Any]:
    """The first case of the sandbox in which the component does or finds something."""
    cases = CASES.get(component.name, ())
    return next(case for case in cases if "calls" in case and (case.get("plan") or case.get("findings")))


@pytest.mark.parametrize(("name", "case"), PURE, ids=[said(case) for case in PURE])
def test_what_is_found_gives_the_plan_and_the_findings_that_the_case_says(name: str, case: dict[str, Any]) -> None:
    component = baseline.find()[name]
    scope, have = stage.scope_of(component, case), case["have"]
    plan = plan_of(component, tuple(planned(component, scope, have)))
    assert case.get("plan", {}) == stage.as_expected(case.get("plan", {}), plan)
    assert [] == unlike(case.get("findings", []), tuple(component.findings(scope, have)))


@live
def test_the_sandbox_ends_as_the_case_says_and_a_second_run_does_nothing(
    name: str, case: dict[str, Any], cloud: Cloud, sandbox: Sandbox
) -> None:
    component = baseline.find()[name]
    answers = set_up(component, cloud, case["calls"])
    account = stage.IDS[stage.home(component)]
    expected = filled(case.get("plan", {}), answers, account)
    sandbox.recorder.clear()
    planning = tried(component, cloud, case, apply=False)
    assert () == sandbox.recorder.writes()
    assert (expected, "") == (stage.as_expected(expected, plan_of(component, planning.changes)), planning.reason)
    assert [] == unlike(filled(case.get("findings", []), answers, account), planning.findings)
    if component.write is None:
        return
    first = tried(component, cloud, case, apply=True)
    assert [(Result.DONE, "")] * len(planning.changes) == [(one.result, one.reason) for one in first.outcomes]
    sandbox.recorder.clear()
    assert ((), ()) == (tried(component, cloud, case, apply=True).changes, sandbox.recorder.writes())
    for service, operation, parameters, ends, *where in filled(case.get("then", []), answers, account):
        key, region = [*where[1:], stage.home(component)][0], where[0] if where else stage.HOME
        there = stage.inside(cloud, key, region)
        assert ends == stage.subset(ends, there.call(service, operation, **parameters))


@each
def test_one_case_acts_and_one_rests(component: Component) -> None:
    acts = {bool(case.get("plan") or case.get("findings")) for case in CASES.get(component.name, ())}
    assert {True, False} == acts
    assert _acting(component)


@each
def test_it_acts_in_every_governed_region_or_once(component: Component, cloud: Cloud) -> None:
    case = {**_acting(component), "regions": [stage.HOME, "us-east-1"]}
    places = [place.place.region for place in tried(component, cloud, case, apply=False).places]
    assert (case["regions"] if component.where is baseline.Where.REGION else [None]) == places


@each
def test_its_needs_are_exactly_what_its_cases_call(
    component: Component, fresh: Callable[[], Cloud], sandbox: Sandbox
) -> None:
    called: dict[tuple[bool, bool], set[str]] = {(a, b): set() for a in (False, True) for b in (False, True)}
    for _, case in [(name, case) for name, case in LIVE if name == component.name]:
        cloud = fresh()
        set_up(component, cloud, case["calls"])
        for applying in (False, True) if component.write else (False,):
            sandbox.recorder.clear()
            tried(component, cloud, case, apply=applying)
            for call in (one for one in sandbox.recorder.calls if one.service != "sts"):
                elsewhere = call.account != stage.IDS[stage.home(component)]
                called[applying, elsewhere] |= set(iam_actions(call.service, call.operation))
    listing = {"organizations:DescribeOrganization", "organizations:ListAccounts", *component.as_root}
    listing |= {"iam:CreateServiceLinkedRole"} if component.linked_services else set()
    for elsewhere, reads, writes in (
        (False, component.reads, component.writes),
        (True, component.reads_elsewhere, component.writes_elsewhere),
    ):
        planning, applying_ = called[False, elsewhere] - listing, called[True, elsewhere] - listing
        assert (set(), set()) == (planning - set(reads), applying_ - set(reads) - set(writes))
        assert set() == {*reads, *writes} - planning - applying_ - NOT_CALLED - listing


@each
def test_every_error_of_every_call_is_handled_or_named_with_place_and_operation(
    component: Component, fresh: Callable[[], Cloud], sandbox: Sandbox
) -> None:
    case, applying = _acting(component), component.write is not None
    set_up(component, fresh(), case["calls"])
    cloud = fresh()
    set_up(component, cloud, case["calls"])
    sandbox.recorder.clear()
    tried(component, cloud, case, apply=applying)
    calls = {(call.service, call.operation) for call in sandbox.recorder.calls}
    unnamed = []
    for service, operation in sorted(calls - {("sts", "GetCallerIdentity")}):
        if service == "organizations" and operation in LISTING:
            continue
        shapes = model(service).operation_model(operation).error_shapes
        for code in sorted({_code(shape) for shape in shapes} | {"AccessDenied", "InternalFailure"}):
            cloud = fresh()
            set_up(component, cloud, case["calls"])
            status = 500 if code == "InternalFailure" else 403 if code == "AccessDenied" else 400
            sandbox.faults.add(Fault(match=f"^{service}:{operation}$", code=code, status=status))
            result = tried(component, cloud, case, apply=applying)
            elsewhere = component.reads_elsewhere or component.as_root
            places = stage.IDS if elsewhere else [stage.home(component)]
            named = operation in result.reason and code in result.reason and any(key in result.reason for key in places)
            if result.failed and not named:
                unnamed.append(f"{operation} {code}: {result.reason}")
    assert [] == unnamed


def _code(shape: Any) -> str:
    """The code with which an error of the model arrives."""
    return str(shape.metadata.get("error", {}).get("code") or shape.name)


@each
def test_a_role_that_is_not_there_is_named(component: Component, cloud: Cloud, sandbox: Sandbox) -> None:
    if component.where is baseline.Where.ORGANIZATION:
        return
    sandbox.faults.add(Fault(match="sts:AssumeRole", code="AccessDenied", status=403))
    result = tried(component, cloud, _acting(component), apply=True)
    assert result.failed
    assert result.reason.startswith("AssumeRole org-baseline-apply in account-0 (222222222222): AccessDenied")


@each
def test_needs_are_real_iam_actions(component: Component) -> None:
    assert [] == [action for action in component.needs if action.lower() not in _known_actions()]
    assert len(component.needs) == len(set(component.needs)) or component.reads_elsewhere


@each
def test_what_it_may_do_fits_into_a_session_policy(component: Component) -> None:
    assert session_policy((*component.reads, *component.writes))


@each
def test_defaults_and_cases_fit_the_schema(component: Component) -> None:
    for name, schema in component.settings.items():
        jsonschema.Draft7Validator.check_schema(dict(schema))
        jsonschema.Draft7Validator(dict(schema)).validate(schema["default"])
        assert schema["description"], name
    whole = {"type": "object", "additionalProperties": False, "properties": dict(component.settings)}
    for case in CASES[component.name]:
        jsonschema.Draft7Validator(whole).validate(case.get("settings", {}))


@each
def test_its_controls_are_in_the_catalogue(component: Component) -> None:
    assert component.controls or component.name in WITHOUT_CONTROL
    assert [] == [control for control in component.controls if control not in controls()]


@each
def test_a_linked_service_is_one_and_its_role_is_no_action_of_writing(component: Component) -> None:
    assert [] == [name for name in component.linked_services if not name.endswith(".amazonaws.com")]
    assert "iam:CreateServiceLinkedRole" not in component.needs


@each
def test_its_components_before_it_exist(component: Component) -> None:
    assert [] == [name for name in component.after if name not in baseline.find()]


def test_every_case_is_about_a_component_and_says_something_of_its_own() -> None:
    assert [] == sorted(set(CASES) - set(baseline.find()))
    assert len(EVERY) == len({said(case) for case in EVERY})
    fields = {"says", "settings", "tags", "regions", "have", "calls", "plan", "findings", "then"}
    assert [] == [
        said(one) for one in EVERY if not one[1].keys() <= fields or ("have" in one[1]) == ("calls" in one[1])
    ]


def test_states_are_plain_data(cloud: Cloud) -> None:
    for name, case in LIVE:
        component = baseline.find()[name]
        for change in tried(component, cloud, case, apply=False).changes:
            assert change.identity == json.loads(json.dumps(change.identity))
            assert (change.action is Action.CREATE) == (change.before is None)
