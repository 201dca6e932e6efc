"""Two organizations, compared: what must change so that the found one becomes the wanted one. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from org.model.change import Action, Change, Risk
from org.model.organization import ACCOUNT_MANAGEMENT, OWNED, OWNER_TAG, AccountState, account_reference, ou_reference
from org.model.place import Place
from org.model.policy import same_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from org.model.change import State
    from org.model.finding import Span
    from org.model.organization import Account, Organization, OrganizationalUnit
    from org.model.policy import Policy
    from org.reconcile.align import Aligned

LIVE = (AccountState.ACTIVE, AccountState.PENDING_ACTIVATION)
"""The states in which an account can be changed."""


def diff(wanted: Organization, aligned: Aligned) -> Iterator[Change]:
    """Every change, in no particular order. What is not declared is left alone, unless it is ours."""
    found = aligned.found
    home = Place(found.management.id or "" if found.management else "", name="organization")
    if found.id is None:
        yield Change(Action.CREATE, "organization", "organization", home, None, {"feature_set": "ALL"}, Risk.HIGH)
    yield from _policy_types(wanted, found, home)
    yield from _units(wanted, aligned, home)
    accounts = list(_accounts(wanted, found))
    yield from accounts
    yield from _policies(wanted, found, home)
    trusted = wanted.trusted_services | _implied_services(accounts, home.account)
    yield from _delegation(replace(wanted, trusted_services=trusted), found, home)


def _policy_types(wanted: Organization, found: Organization, home: Place) -> Iterator[Change]:
    needed = {policy.kind for policy in wanted.policies}
    for kind in sorted(needed - found.enabled_policy_types):
        yield Change(Action.ENABLE, "policy-type", kind.value, home, None, {"enabled": True}, Risk.MEDIUM)


def _units(wanted: Organization, aligned: Aligned, home: Place) -> Iterator[Change]:
    live = {unit.path: unit for unit in aligned.found.units}
    for unit in wanted.units:
        found = live.pop(unit.path, None)
        if found is None:
            tags = {OWNER_TAG: OWNED, **_present(unit.tags)}
            after = {"tags": tags}
            yield Change(Action.CREATE, "organizational-unit", unit.path, home, None, after, Risk.LOW, unit.span)
            continue
        if unit.path in aligned.renamed:
            names = {"id": found.id, "name": aligned.renamed[unit.path]}, {"id": found.id, "name": unit.name}
            yield Change(Action.RENAME, "organizational-unit", unit.path, home, *names, Risk.MEDIUM, unit.span)
        if tags_differ := tag_changes(unit.tags, found.tags):
            old, new = tags_differ
            states = {"id": found.id, "tags": old}, {"id": found.id, "tags": new}
            yield Change(Action.UPDATE, "organizational-unit", unit.path, home, *states, Risk.LOW, unit.span)
    for found in removable(live.values(), wanted, aligned.found):
        before = {"id": found.id}
        yield Change(Action.DELETE, "organizational-unit", found.path, home, before, None, Risk.HIGH)


def removable(
    undeclared: Iterable[OrganizationalUnit], wanted: Organization, found: Organization
) -> list[OrganizationalUnit]:
    """The undeclared OUs that are ours and that will be empty once every wanted move is made, the deepest first."""
    places = {account.key: account.ou for account in wanted.accounts if account.ou is not None}
    occupied = {
        places.get(account.key, account.ou) if account.state in LIVE else account.ou for account in found.accounts
    }
    kept = {unit.path for unit in wanted.units}
    result: list[OrganizationalUnit] = []
    for unit in sorted(undeclared, key=lambda unit: -unit.path.count("/")):
        below = f"{unit.path}/"
        gone = {other.path for other in result}
        in_use = any(path == unit.path or (path or "").startswith(below) for path in occupied)
        has_child = any(other.path.startswith(below) and other.path not in gone for other in found.units)
        if unit.owned and not in_use and not has_child and unit.path not in kept:
            result.append(unit)
    return result


def _accounts(wanted: Organization, found: Organization) -> Iterator[Change]:
    live = {account.key: account for account in found.accounts}
    emails = {account.email.casefold() for account in found.accounts}
    for account in wanted.accounts:
        existing = live.get(account.key)
        if existing is not None and existing.state in LIVE:
            yield from _account(account, existing)
        elif existing is None and _may_create(account, emails):
            yield from _new_account(account)


def _may_create(account: Account, emails: set[str]) -> bool:
    """True for a declared account without an id whose e-mail nobody has: a declared id means that it exists."""
    new = account.id is None and not account.management and account.state in LIVE
    return new and account.email.casefold() not in emails


def _new_account(account: Account) -> Iterator[Change]:
    """CreateAccount takes no parent: the account is born in the root, and moved once its own policies are attached."""
    place = Place("", name=account.key)
    after = {"name": account.name, "email": account.email, "tags": _present(account.tags)}
    yield Change(Action.CREATE, "account", account.key, place, None, after, Risk.MEDIUM, account.span)
    if account.ou:
        where = {"ou": ""}, {"ou": account.ou}
        yield Change(Action.MOVE, "account", account.key, place, *where, Risk.LOW, account.span)
    if account.contacts:
        given = {kind: asdict(contact) for kind, contact in sorted(account.contacts.items())}
        before = {"contacts": dict.fromkeys(given)}
        yield Change(Action.UPDATE, "account", account.key, place, before, {"contacts": given}, Risk.LOW, account.span)


def _account(wanted: Account, found: Account) -> Iterator[Change]:
    place = Place(found.id or "", name=wanted.key)
    if wanted.ou is not None and wanted.ou != found.ou:
        before, after = {"ou": found.ou or ""}, {"ou": wanted.ou}
        yield Change(Action.MOVE, "account", wanted.key, place, before, after, Risk.MEDIUM, wanted.span)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    if wanted.name != found.name:
        old["name"], new["name"] = found.name, wanted.name
    if tags := tag_changes(wanted.tags, found.tags):
        old["tags"], new["tags"] = tags
    changed = [kind for kind, contact in sorted(wanted.contacts.items()) if found.contacts.get(kind) != contact]
    if changed:
        had = {kind: found.contacts.get(kind) for kind in changed}
        old["contacts"] = {kind: asdict(contact) if contact else None for kind, contact in had.items()}
        new["contacts"] = {kind: asdict(wanted.contacts[kind]) for kind in changed}
    if new:
        yield Change(Action.UPDATE, "account", wanted.key, place, old, new, Risk.LOW, wanted.span)


def tag_changes(
    wanted: Mapping[str, str | None], found: Mapping[str, str | None]
) -> tuple[dict[str, str | None], dict[str, str | None]] | None:
    """The declared tags that differ, as they are and as they should be; None where all fit. Other tags are not ours."""
    differing = sorted(key for key, value in wanted.items() if found.get(key) != value)
    if not differing:
        return None
    return {key: found.get(key) for key in differing}, {key: wanted[key] for key in differing}


def _present(tags: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in sorted(tags.items()) if value is not None}


def _policies(wanted: Organization, found: Organization, home: Place) -> Iterator[Change]:
    ours = {(policy.kind, policy.name): policy for policy in found.policies if policy.owned and not policy.aws_managed}
    taken = {(policy.kind, policy.name) for policy in found.policies} - ours.keys()
    ids = {account.key: account.id or "" for account in found.accounts}
    kept = undeclared(wanted, found)
    for policy in wanted.policies:
        if (policy.kind, policy.name) in taken:
            continue  # somebody else's: an error of the plan, and never touched
        existing = ours.pop((policy.kind, policy.name), None)
        yield from _policy(policy, existing, home)
        yield from _attachments(policy, existing.targets - kept if existing else frozenset(), ids, home)
    for policy in ours.values():
        yield from _detachments(policy, policy.targets - kept, ids, home)
        if not policy.targets & kept:
            yield Change(Action.DELETE, "policy", policy.name, home, _text(policy), None, Risk.HIGH)


def undeclared(wanted: Organization, found: Organization) -> frozenset[str]:
    """The accounts and OUs that nobody declared and that stay, as node references: nothing is taken from them."""
    accounts = {account.key for account in wanted.accounts}
    units = {unit.path for unit in wanted.units}
    strangers = [unit for unit in found.units if unit.path not in units]
    going = removable(strangers, wanted, found)
    return frozenset(
        [account_reference(account.key) for account in found.accounts if account.key not in accounts]
        + [ou_reference(unit.path) for unit in strangers if unit not in going]
    )


def _text(policy: Policy) -> dict[str, Any]:
    return {"type": policy.kind.value, "description": policy.description, "content": policy.content}


def _policy(wanted: Policy, existing: Policy | None, home: Place) -> Iterator[Change]:
    after = _text(wanted)
    if existing is None:
        yield Change(Action.CREATE, "policy", wanted.name, home, None, after, Risk.LOW, wanted.span)
    elif wanted.description != existing.description or not same_document(wanted.content, existing.content):
        before = _text(existing)
        # What an update that loses a statement takes away is not known here, so it counts as taking something away.
        risk = Risk.MEDIUM if only_adds(before, after) else Risk.HIGH
        yield Change(Action.UPDATE, "policy", wanted.name, home, before, after, risk, wanted.span)


def only_adds(before: State, after: State) -> bool:
    """True where a policy keeps every statement that it has, so that the update can only make it stricter."""
    old, new = ({json.dumps(statement, sort_keys=True) for statement in statements(state)} for state in (before, after))
    return bool(old) and old <= new


def statements(state: State) -> list[Any]:
    """The statements of a policy's state; none for a declarative policy."""
    statement = json.loads(str(state["content"])).get("Statement", [])
    return statement if isinstance(statement, list) else [statement]


def _attachments(wanted: Policy, live: frozenset[str], ids: Mapping[str, str], home: Place) -> Iterator[Change]:
    for target in sorted(wanted.targets - live):
        after = {"type": wanted.kind.value, "target": target}
        place = _target_place(target, ids, home)
        yield Change(Action.ATTACH, "attachment", wanted.name, place, None, after, Risk.LOW, wanted.span)
    yield from _detachments(wanted, live - wanted.targets, ids, home, wanted.span)


def _detachments(
    policy: Policy, targets: frozenset[str], ids: Mapping[str, str], home: Place, source: Span | None = None
) -> Iterator[Change]:
    for target in sorted(targets):
        before = {"type": policy.kind.value, "target": target}
        place = _target_place(target, ids, home)
        yield Change(Action.DETACH, "attachment", policy.name, place, before, None, Risk.HIGH, source)


def _target_place(target: str, ids: Mapping[str, str], home: Place) -> Place:
    kind, _, key = target.partition(":")
    return Place(ids.get(key, ""), name=key) if f"{kind}:" == account_reference("") else home


def _implied_services(changes: Iterable[Change], management_id: str) -> frozenset[str]:
    """Account Management, where a member's name or contacts change: AWS refuses that call without it."""
    needs = any(
        {"name", "contacts"} & (change.after or {}).keys()
        for change in changes
        if change.action is Action.UPDATE and change.place.account != management_id
    )
    return frozenset({ACCOUNT_MANAGEMENT}) if needs else frozenset()


def _delegation(wanted: Organization, found: Organization, home: Place) -> Iterator[Change]:
    ids = {account.key: account.id or "" for account in found.accounts}
    for service in sorted(wanted.trusted_services - found.trusted_services):
        after = {"enabled": True}
        yield Change(Action.ENABLE, "trusted-service", service, home, None, after, Risk.MEDIUM)
    for service, accounts in sorted(wanted.delegated_administrators.items()):
        for key in sorted(accounts - found.delegated_administrators.get(service, frozenset())):
            place = Place(ids.get(key, ""), name=key)
            yield Change(
                Action.REGISTER, "delegated-administrator", service, place, None, {"account": key}, Risk.MEDIUM
            )
