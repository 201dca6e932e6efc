"""The organization and its accounts as lists of facts, so that what differs can be told line by line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org import baseline
from org.model.review import AccountChange, Danger, Name, Trip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.model.organization import Account, Organization
    from org.review.accounts import Pair
    from org.review.scope import Scopes


def account_changes(pairs: Sequence[Pair]) -> Iterator[AccountChange]:
    """Every account that is new, removed, moved or otherwise declared differently."""
    for old, new in pairs:
        if old is None and new is not None:
            yield AccountChange(new.key, "new", "", new.ou or "/", source=str(new.span or ""))
        elif new is None and old is not None:
            yield AccountChange(old.key, "removed", old.ou or "/", "")
        elif old is not None and new is not None:
            lines = tuple(differing(account_facts(old), account_facts(new)))
            moved = old.ou != new.ou and new.ou is not None
            if moved or lines:
                change = "moved" if moved else "changed"
                places = (old.ou or "/", new.ou or "/") if moved else ("", "")
                yield AccountChange(new.key, change, *places, lines, str(new.span or ""))


def account_facts(account: Account) -> list[str]:
    """What is declared about an account, but for where it is."""
    return [
        f"key {account.key}",
        f"name {account.name}",
        f"email {account.email}",
        *([f"id {account.id}"] if account.id else []),
        *([f"owner {account.owner}"] if account.owner else []),
        f"state {account.state.value}",
        *(["protected"] if account.protected else []),
        *(f"tag {key}={'(absent)' if value is None else value}" for key, value in account.tags.items()),
        *(
            f"contact {kind} {contact.name}, {contact.title}, {contact.email}, {contact.phone}"
            for kind, contact in account.contacts.items()
        ),
        *(
            f"baseline {component} {setting}={json.dumps(value)}"
            for component, settings in final_settings(account).items()
            for setting, value in settings.items()
        ),
    ]


def final_settings(account: Account) -> dict[str, dict[str, Any]]:
    """The settings of each component in an account, with the defaults of those that are left out."""
    known = baseline.find()
    return {
        name: {**(known[name].defaults() if name in known else {}), **given} for name, given in account.settings.items()
    }


def organization_facts(organization: Organization) -> list[str]:
    """What is declared about the organization itself, but for accounts and policies."""
    pipeline = organization.pipeline
    return [
        f"home Region {organization.home_region}",
        *(f"Region {region}" for region in organization.regions),
        f"pipeline role for plans {pipeline.plan_role}",
        f"pipeline role for applies {pipeline.apply_role}",
        f"pipeline role for emergencies {pipeline.break_glass_role}",
        f"pipeline role for new accounts {pipeline.bootstrap_role or '(none)'}",
        *(f"trusted service {service}" for service in sorted(organization.trusted_services)),
        *(
            f"delegated administrator of {service}: {key}"
            for service, keys in sorted(organization.delegated_administrators.items())
            for key in sorted(keys)
        ),
        *(
            fact
            for unit in organization.units
            for fact in (
                f"OU {unit.path}",
                *([f"OU {unit.path} protected"] if unit.protected else []),
                *(f"OU {unit.path} tag {key}={value}" for key, value in unit.tags.items()),
            )
        ),
        *(
            f"quota {kind} {name} {number}"
            for kind, numbers in organization.policy_quotas.items()
            for name, number in numbers.items()
        ),
        *(["action wildcards"] if organization.action_wildcards else []),
    ]


def differing(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The facts that go and come, as `- ...` and `+ ...`."""
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    yield from (f"- {one}" for one in old if one not in new)
    yield from (f"+ {one}" for one in new if one not in old)


def switched_off(pairs: Sequence[Pair], scopes: Scopes) -> Iterator[Danger]:
    """Each switch of the baseline that was on and is off, or is no longer declared."""
    found: dict[tuple[str, str], list[str]] = {}
    for old, new in pairs:
        if old is None or new is None or new.management or old.settings == new.settings:
            continue
        after = final_settings(new)
        for component, settings in final_settings(old).items():
            for setting, value in settings.items():
                if value is True and after.get(component, {}).get(setting) is not True:
                    found.setdefault((component, setting), []).append(new.key)
    for (component, setting), keys in found.items():
        what = ("the baseline's ", Name(component), " no longer sets ", Name(setting))
        yield Danger(Trip.WEAKENED, what, scopes.scope(keys))
