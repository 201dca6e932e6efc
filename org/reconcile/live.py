"""What is there when a plan is applied: the facts that its changes were based on, looked at again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from org.aws.directory import Directory
from org.model.change import Action
from org.model.organization import ROOT, Organization, account_reference, ou_reference, parent_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.model.change import Change, State
    from org.model.organization import Account, OrganizationalUnit


class Live:
    """A fresh read in the words of the plan: OUs by the path they have after its renames, accounts by its keys."""

    def __init__(self, found: Organization, changes: Iterable[Change]) -> None:
        self.found = found
        changes = tuple(changes)
        paths = {unit.id: unit.path for unit in self.found.units}
        self._moved = {
            paths[change.before["id"]]: change.name
            for change in changes
            if change.action is Action.RENAME and change.before and change.before["id"] in paths
        }
        self.units = {self.path(unit.path): unit for unit in self.found.units}
        self.accounts = {account.id: account for account in self.found.accounts}
        self.emails = {account.email.casefold(): account for account in self.found.accounts}
        self.policies = {(policy.kind.value, policy.name): policy for policy in self.found.policies}
        # The place of a change of the organization itself is the management account, under another name than its key.
        self.keys = {c.place.account: c.place.name for c in changes if c.place.account and is_of_account(c)}
        for change in changes:
            if (change.kind, change.action) == ("account", Action.CREATE):
                existing = self.emails.get(str((change.after or {})["email"]).casefold())
                if existing and existing.id:
                    self.keys[existing.id] = change.name

    def path(self, path: str) -> str:
        """The path an OU has after the plan's renames."""
        above = path
        while above:
            if above in self._moved:
                return self._moved[above] + path[len(above) :]
            above = parent_path(above)
        return path

    def directory(self) -> Directory:
        """The ids behind the names, as they are before the first write."""
        units = {path: unit.id or "" for path, unit in self.units.items()}
        return Directory(
            units=units | {ROOT: self.found.root_id or ""},
            accounts={key: account_id for account_id, key in self.keys.items()},
            policies={pair: policy.id or "" for pair, policy in self.policies.items()},
        )

    def observed(self, change: Change) -> State | None:
        """What is there now, in the shape of the change's `before` and `after`; None where there is nothing."""
        return _OBSERVERS[change.kind](self, change)

    def target(self, reference: str) -> str:
        """A node reference of the fresh read in the words of the plan."""
        kind, _, name = reference.partition(":")
        if kind == "account":
            return account_reference(self.keys.get(name, name))
        return ou_reference(self.path("" if name == "/" else name))


def is_of_account(change: Change) -> bool:
    """True where the place of a change is an account by its own key."""
    target = str((change.after or change.before or {}).get("target", ""))
    return change.kind in ("account", "delegated-administrator") or target.startswith("account:")


def _organization(live: Live, change: Change) -> State | None:
    return change.after if live.found.id else None


def _policy_type(live: Live, change: Change) -> State | None:
    enabled = {kind.value for kind in live.found.enabled_policy_types}
    return change.after if change.name in enabled else None


def _trusted_service(live: Live, change: Change) -> State | None:
    return change.after if change.name in live.found.trusted_services else None


def _delegated_administrator(live: Live, change: Change) -> State | None:
    registered = live.found.delegated_administrators.get(change.name, frozenset())
    return change.after if change.place.account in registered else None


def _organizational_unit(live: Live, change: Change) -> State | None:
    unit = live.units.get(change.name)
    if unit is None:
        return None
    if change.action is Action.RENAME:
        return {"id": unit.id, "name": unit.name}
    if change.action is Action.UPDATE:
        return {"id": unit.id, "tags": _same_keys(unit, change)}
    return {"id": unit.id} if change.action is Action.DELETE else change.after


def _same_keys(tagged: OrganizationalUnit | Account, change: Change) -> dict[str, str | None]:
    """The tags that the change is about, as they are."""
    return {key: tagged.tags.get(key) for key in (change.after or {})["tags"]}


def _account(live: Live, change: Change) -> State | None:
    if change.action is Action.CREATE:
        taken = str((change.after or {})["email"]).casefold() in live.emails
        return change.after if taken else None
    account_id = change.place.account or next((i for i, key in live.keys.items() if key == change.name), "")
    account = live.accounts.get(account_id)
    if account is None:
        return None if change.place.account else change.before  # the same plan creates it
    if change.action is Action.MOVE:
        return {"ou": live.path(account.ou or ROOT)}
    state = dict(change.before or {})
    if "name" in state:
        state["name"] = account.name
    if "tags" in state:
        state["tags"] = _same_keys(account, change)
    if "contacts" in state:
        found = {kind: account.contacts.get(kind) for kind in state["contacts"]}
        state["contacts"] = {kind: asdict(contact) if contact else None for kind, contact in found.items()}
    return state


def _policy(live: Live, change: Change) -> State | None:
    kind = str((change.after or change.before or {})["type"])
    policy = live.policies.get((kind, change.name))
    if policy is None:
        return None
    return {"type": kind, "description": policy.description, "content": policy.content}


def _attachment(live: Live, change: Change) -> State | None:
    state = change.after or change.before or {}
    policy = live.policies.get((str(state["type"]), change.name))
    attached = policy is not None and state["target"] in {live.target(target) for target in policy.targets}
    return state if attached else None


_OBSERVERS = {
    "organization": _organization,
    "policy-type": _policy_type,
    "trusted-service": _trusted_service,
    "delegated-administrator": _delegated_administrator,
    "organizational-unit": _organizational_unit,
    "account": _account,
    "policy": _policy,
    "attachment": _attachment,
}
