"""One baseline component over many accounts: all their places at once, and what became of each account."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from org.baseline import Scope, Where, _needs
from org.errors import OrgError
from org.model.place import Place
from org.model.result import AccountResult, PlaceResult
from org.reconcile.component import planned, reconcile
from org.reconcile.diff import LIVE
from org.reconcile.fan_out import fan_out, reason
from org.reconcile.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from org.aws.cloud import Cloud
    from org.baseline import Component
    from org.model.organization import Account, Organization

ALWAYS_ON = frozenset(
    {
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        *("cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1", "eusc-de-east-1"),
    }
)
"""Regions that every account of their partition has; an account is asked only about others.

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""
LIST_REGIONS = _needs.LIST_REGIONS
"""The IAM action with which an account is asked."""


@dataclass(frozen=True)
class Ground:
    """What a run stands on: the wanted organization, the way in, and the accounts that exist, by key.

    `folders` are where templates are looked for.
    """

    wanted: Organization
    cloud: Cloud
    live: Mapping[str, Account]
    organization_id: str = ""
    apply: bool = False
    folders: tuple[Path, ...] = ()

    @property
    def optional(self) -> bool:
        """True where an account may lack a governed Region."""
        return not ALWAYS_ON.issuperset(self.wanted.regions)

    @cached_property
    def sessions(self) -> Sessions:
        """The ways into accounts."""
        always = (LIST_REGIONS,) if self.optional else ()
        return Sessions(self.cloud, self.wanted.pipeline, apply=self.apply, always=always)

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The ids of the accounts that exist, by key."""
        return {key: one.id for key, one in self.live.items() if one.id}

    @cached_property
    def management(self) -> str:
        """The id of the management account; empty where it does not exist."""
        return next((one.id or "" for one in self.live.values() if one.management), "")

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The services that the organization trusts or gives an administrator."""
        return tuple(sorted({*self.wanted.trusted_services, *self.wanted.delegated_administrators}))

    @cached_property
    def switched_on(self) -> dict[str, frozenset[str]]:
        """The Regions that are on in an account, by its id, as far as it was asked."""
        return {}

    def scope(self, component: Component, account: Account, region: str | None, regions: Sequence[str]) -> Scope:
        """What the component may know of a place of the account."""
        found = self.live.get(account.key)
        return Scope(
            place=Place((found.id or "") if found else "", region, account.key),
            settings={**component.defaults(), **account.settings[component.name]},
            home_region=self.wanted.home_region,
            regions=tuple(regions),
            accounts=self.ids,
            tags={key: value for key, value in account.tags.items() if value is not None},
            organization_id=self.organization_id,
            management=self.management,
            pipeline=self.wanted.pipeline,
            services=self.services,
            folders=self.folders,
        )


@dataclass(frozen=True, slots=True)
class _Spot:
    """One place that can be reached."""

    account: Account
    cloud: Cloud
    scope: Scope


def over(ground: Ground, component: Component, accounts: Sequence[Account]) -> dict[str, AccountResult]:
    """What became of the component in each of the accounts that it is for, by key; a failing place is a value."""
    results: dict[str, list[PlaceResult]] = {account.key: [] for account in accounts}
    reachable = []
    for account in accounts:
        settled = _settled(ground, component, account)
        results[account.key].extend(settled)
        if not settled:
            reachable.append(account)
    spots: list[_Spot] = []
    for account, entered in fan_out(partial(_enter, ground, component), reachable):
        if isinstance(entered, OrgError):
            results[account.key].append(_failed(Place(_id(ground, account), None, account.key), entered))
        else:
            spots += entered[0]
            results[account.key].extend(entered[1])
    for spot, done in fan_out(partial(_reconcile, ground, component), spots):
        result = _failed(spot.scope.place, done) if isinstance(done, OrgError) else done
        results[spot.account.key].append(result)
    return {
        account.key: AccountResult(account.key, _id(ground, account), tuple(results[account.key]))
        for account in accounts
    }


def concerned(component: Component, accounts: Iterable[Account]) -> list[Account]:
    """The accounts that the component is for: those that declare it, or the management account alone."""
    once = component.where is Where.ORGANIZATION
    return [one for one in accounts if component.name in one.settings and (one.management or not once)]


def _id(ground: Ground, account: Account) -> str:
    found = ground.live.get(account.key)
    return (found.id or "") if found else ""


def _settled(ground: Ground, component: Component, account: Account) -> list[PlaceResult]:
    """What is known of an account without entering it; nothing where it has to be entered."""
    found = ground.live.get(account.key)
    place = Place(_id(ground, account), None, account.key)
    if found is None and ground.apply:
        return [PlaceResult(place, failed=True, reason="the account does not exist yet")]
    if found is None:
        return list(_once_it_exists(ground, component, account))
    if found.state not in LIVE:
        return [PlaceResult(place, skipped=f"the account is {found.state.value}")]
    return []


def _once_it_exists(ground: Ground, component: Component, account: Account) -> Iterator[PlaceResult]:
    """What will be set in an account that does not exist yet."""
    for region in ground.wanted.regions if component.where is Where.REGION else (None,):
        scope = ground.scope(component, account, region, ground.wanted.regions)
        changes = tuple(planned(component, scope, {}, account.span))
        yield PlaceResult(scope.place, changes, reason="once the account exists")


def _enter(ground: Ground, component: Component, account: Account) -> tuple[list[_Spot], list[PlaceResult]]:
    """Every place of the component in the account, and what is said of those that are off there."""
    place = Place(_id(ground, account), None, account.key)
    regions = ground.wanted.regions
    cloud = ground.sessions.enter(place, component)
    if component.where is Where.ORGANIZATION:
        cloud = cloud.with_neighbours(_neighbours(ground, component))
    if component.where is not Where.REGION:
        return [_Spot(account, cloud, ground.scope(component, account, None, regions))], []
    there = _switched_on(ground, cloud) | ALWAYS_ON if ground.optional else frozenset(regions)
    on = [region for region in regions if region in there]
    scopes = [ground.scope(component, account, region, on) for region in on]
    off = [Place(place.account, region, account.key) for region in regions if region not in there]
    return [_Spot(account, cloud.in_region(scope.region), scope) for scope in scopes], [
        PlaceResult(missing, skipped="the Region is not enabled in the account") for missing in off
    ]


def _switched_on(ground: Ground, cloud: Cloud) -> frozenset[str]:
    """The Regions that are on in the account, which is asked once in a run."""
    account = cloud.place.account
    if account not in ground.switched_on:
        states = ["ENABLED", "ENABLED_BY_DEFAULT"]
        found = cloud.pages("account", "list_regions", "Regions", RegionOptStatusContains=states)
        ground.switched_on[account] = frozenset(region["RegionName"] for region in found)
    return ground.switched_on[account]


class _neighbours:  # noqa: N801 - a function with a memory
    """The accounts that a component of the organization reaches into, each entered once."""

    def __init__(self, ground: Ground, component: Component) -> None:
        self._ground, self._component = ground, component
        self._lock = threading.Lock()
        self._entered: dict[str, Cloud] = {}

    def __call__(self, key: str) -> Cloud:
        found = self._ground.live.get(key)
        if found is None or not found.id:
            raise OrgError(f"account `{key}` does not exist")
        with self._lock:
            if key not in self._entered:
                place = Place(found.id, None, key)
                self._entered[key] = self._ground.sessions.enter(place, self._component, elsewhere=True)
            return self._entered[key]


def _reconcile(ground: Ground, component: Component, spot: _Spot) -> PlaceResult:
    return reconcile(component, spot.cloud, spot.scope, apply=ground.apply, source=spot.account.span)


def _failed(place: Place, error: OrgError) -> PlaceResult:
    why, authorization_id = reason(error)
    return PlaceResult(place, failed=True, reason=why, authorization_id=authorization_id)
