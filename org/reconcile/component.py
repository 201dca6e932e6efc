"""One baseline component in one account: reached, read, compared and, if asked, written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.errors import Denied, ManagedAbove
from org.model.change import Action, Change, Outcome, Result, Risk
from org.model.place import Place
from org.reconcile.apply import same_state
from org.reconcile.diff import LIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Component
    from org.model.organization import Account, Pipeline


@dataclass(frozen=True, slots=True)
class AccountResult:
    """What one component came to in one account. `skipped` says why there was nothing to do there."""

    key: str
    place: Place
    changes: tuple[Change, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    failed: bool = False
    reason: str = ""
    skipped: str = ""
    authorization_id: str = ""


def reconcile(
    component: Component,
    cloud: Cloud,
    pipeline: Pipeline,
    live: Mapping[str, Account],
    account: Account,
    *,
    apply: bool,
) -> AccountResult:
    """Plan one component in one account and, with `apply`, carry it out."""
    found = live.get(account.key)
    place = Place((found.id or "") if found else "", name=account.key)
    if component.name not in account.settings:
        return AccountResult(account.key, place, skipped="not declared")
    wanted_state = component.wanted(account.settings[component.name])
    if found is None:
        if apply:
            return AccountResult(account.key, place, failed=True, reason="the account does not exist yet")
        change = Change(Action.CREATE, component.name, account.key, place, None, wanted_state, source=account.span)
        return AccountResult(account.key, place, (change,), reason="once the account exists")
    if found.state not in LIVE:
        return AccountResult(account.key, place, skipped=f"the account is {found.state.value}")
    member = _reach(cloud, place, pipeline, apply=apply)
    before = component.read(member)
    if same_state(before, wanted_state):
        return AccountResult(account.key, place)
    action = Action.CREATE if before is None else Action.UPDATE
    change = Change(action, component.name, account.key, place, before, wanted_state, Risk.MEDIUM, account.span)
    above = component.managed_above(member) if component.managed_above else None
    if above is not None:
        return AccountResult(account.key, place, skipped=f"managed above by {above}")
    if not apply or component.write is None:
        return AccountResult(account.key, place, (change,))
    return _written(component, member, change)


def _written(component: Component, member: Cloud, change: Change) -> AccountResult:
    assert component.write is not None
    try:
        component.write(member, change)
    except ManagedAbove as error:
        return AccountResult(change.name, change.place, skipped=f"managed above by {error.by}")
    return AccountResult(change.name, change.place, (change,), (Outcome(change, Result.DONE),))


def _reach(cloud: Cloud, place: Place, pipeline: Pipeline, *, apply: bool) -> Cloud:
    """The account through the pipeline's role; through the bootstrap role where that one is not there yet."""
    if place.account == cloud.place.account:
        return cloud
    role = pipeline.apply_role if apply else pipeline.plan_role
    member = cloud.member(place, role)
    try:
        member.assume()
    except Denied as denied:
        if pipeline.bootstrap_role is None:
            raise
        member = cloud.member(place, pipeline.bootstrap_role)
        try:
            member.assume()
        except Denied:
            raise denied from None
    return member
