"""The guards that an apply of the change would trip: base is taken for what is there, head for what is wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from org.model.organization import account_reference
from org.model.review import Danger, Trip
from org.reconcile.align import align
from org.reconcile.guard import guards
from org.reconcile.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.model.organization import Organization
    from org.review.accounts import Pair

ORGANIZATION = "o-exampleorgid"
TRIPS = frozenset(trip.value for trip in Trip)
UNKNOWN = "no id: "
"""Stands before the key of an account whose id is not known."""
FULL = "ORG908"
"""The rule about targets that would hold more policies than AWS allows while new ones are attached."""


def as_found(base: Organization, pairs: Sequence[Pair]) -> Organization:
    """Base as if it had been read from AWS: accounts go by their ids, and head's accounts know theirs."""
    ids = found_ids(pairs)
    references = {account_reference(key): account_reference(found) for key, found in ids.items()}
    return replace(
        base,
        id=base.id or ORGANIZATION,
        accounts=tuple(replace(account, key=ids[account.key], id=ids[account.key]) for account in base.accounts),
        policies=tuple(
            replace(policy, targets=frozenset(references.get(target, target) for target in policy.targets))
            for policy in base.policies
        ),
        enabled_policy_types=frozenset(policy.kind for policy in base.policies),
        delegated_administrators={
            service: frozenset(ids.get(key, key) for key in keys)
            for service, keys in base.delegated_administrators.items()
        },
    )


def found_ids(pairs: Sequence[Pair]) -> dict[str, str]:
    """The ids by which the accounts of base go as if they had been read from AWS, by their keys."""
    return {
        old.key: (new.id if new is not None and new.id else None) or old.id or f"{UNKNOWN}{old.key}"
        for old, new in pairs
        if old is not None
    }


def known(id: str | None) -> str | None:
    """The id of an account of `as_found`; None where it only stands for one."""
    return None if id is None or id.startswith(UNKNOWN) else id


def tripped(found: Organization, head: Organization) -> Iterator[Danger]:
    """Each guard that the change trips, also where head itself takes away the protection that base declares."""
    planned = plan(head, found)
    yield from (Danger(Trip(name), (because,)) for name, because in planned.guards if name in TRIPS)
    there = align(head, found).found
    told = set(planned.guards)
    for name, because in guards(_as_protected_before(head, there), there, planned.changes):
        if name == Trip.PROTECTED and (name, because) not in told:
            yield Danger(Trip.UNPROTECTED, (f"{because}; the same change takes `protected` away",))
    for finding in planned.findings:
        if finding.rule == FULL:
            yield Danger(Trip.QUOTA, (finding.message,))


def _as_protected_before(head: Organization, there: Organization) -> Organization:
    accounts = {account.key for account in there.accounts if account.protected}
    units = {unit.path: unit for unit in there.units if unit.protected}
    kept = {unit.path for unit in head.units}
    return replace(
        head,
        accounts=tuple(replace(one, protected=one.protected or one.key in accounts) for one in head.accounts),
        units=(
            *(replace(one, protected=one.protected or one.path in units) for one in head.units),
            *(unit for path, unit in units.items() if path not in kept),
        ),
    )
