"""One baseline component in one place: read, compared and, if asked, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.errors import CloudError, ManagedAbove, OrgError, Unreachable
from org.model.change import Action, Change, Outcome, Result, Risk
from org.model.result import PlaceResult, each_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.cloud import Cloud
    from org.baseline import Component, Scope, Things
    from org.model.finding import Span


def reconcile(
    component: Component, cloud: Cloud, scope: Scope, *, apply: bool, source: Span | None = None
) -> PlaceResult:
    """Plan one component in one place and, with `apply`, carry it out. Raises `OrgError` where it cannot be read."""
    found = component.read(cloud, scope)
    findings = tuple(component.findings(scope, found))
    changes = tuple(planned(component, scope, found, source))
    if changes and component.managed_above and (by := component.managed_above(cloud)):
        return PlaceResult(scope.place, findings=findings, skipped=f"managed above by {by}")
    if not apply:
        return PlaceResult(scope.place, changes, findings=findings)
    return _written(component, cloud, PlaceResult(scope.place, changes, findings=findings))


def planned(component: Component, scope: Scope, found: Things, source: Span | None = None) -> Iterator[Change]:
    """What has to change: only what is managed of a thing is compared. Nothing for a component that only reports."""
    if component.write is None:
        return
    for name, after in component.wanted(scope, found).items():
        before = found.get(name)
        if before is not None and after is not None:
            before = {key: before.get(key) for key in after}
        if before == after:
            continue
        action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
        risk = Risk.HIGH if after is None else Risk.MEDIUM
        yield Change(action, component.name, name or scope.place.name, scope.place, before, after, risk, source)


def _written(component: Component, cloud: Cloud, plan: PlaceResult) -> PlaceResult:
    """What became of the changes: one that cannot be made keeps none of the others from being made."""
    outcomes = [_outcome(component, cloud, change) for change in plan.changes]
    managed = next((outcome.reason for outcome in outcomes if outcome.result is Result.SKIPPED), "")
    failed = [outcome for outcome in outcomes if outcome.failed]
    made = tuple(outcome.change for outcome in outcomes if outcome.result is not Result.SKIPPED)
    return PlaceResult(
        plan.place,
        changes=made,
        outcomes=tuple(outcome for outcome in outcomes if outcome.result is not Result.SKIPPED),
        findings=plan.findings,
        failed=bool(failed),
        reason=each_once(outcome.reason for outcome in failed),
        skipped="" if made else managed,
        authorization_id=next((outcome.authorization_id for outcome in failed), ""),
    )


def _outcome(component: Component, cloud: Cloud, change: Change) -> Outcome:
    assert component.write is not None
    try:
        component.write(cloud, change)
    except ManagedAbove as error:
        return Outcome(change, Result.SKIPPED, f"managed above by {error.by}")
    except Unreachable:
        raise
    except OrgError as error:
        authorization_id = error.authorization_id if isinstance(error, CloudError) else ""
        return Outcome(change, Result.FAILED, str(error), authorization_id)
    return Outcome(change, Result.DONE)
