"""Guards: what a plan must not do unless somebody names it.

| guard | trips on |
| --- | --- |
| create-organization | turning the caller's account into the management account of a new organization |
| protected | moving, renaming or deleting what is `protected`, moving out of it, or taking a policy from it |
| mass-move | moving more than 25 accounts, or more than a tenth of them where that is at least 10 |
| last-guardrail | taking the last policy of ours away from the root, an OU or an account |
| public-access | an S3 policy that switches Block Public Access off, or that accounts would no longer be under |
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from org.model.change import Action
from org.model.organization import ROOT, AccountState, account_reference, ou_reference, parent_path
from org.model.policy import PolicyType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.change import Change
    from org.model.organization import Account, Organization

NAMES = ("create-organization", "protected", "mass-move", "last-guardrail", "public-access")
"""Every guard, by the name that `--allow` takes."""

MANY_MOVES = 25
SHARE_OF_MOVES = 0.1
FEW_MOVES = 10
MANY_NAMES = 5


def guards(wanted: Organization, found: Organization, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Each guard that the changes trip, with what tripped it."""
    if found.id is None and (wanted.management is None or wanted.management.id is None):
        yield "create-organization", "there is no organization, and `management.id` does not name the account to use"
    yield from _protected(wanted, changes)
    yield from _mass_move(found, changes)
    yield from _last_guardrail(found, changes)
    yield from _public_access(wanted, found, changes)


def _protected(wanted: Organization, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    accounts = {account.key for account in wanted.accounts if account.protected and not account.management}
    units = {unit.path for unit in wanted.units if unit.protected}
    for change in changes:
        if change.kind == "account" and change.place.account:
            yield from _protected_account(change, accounts, units)
        elif change.kind == "organizational-unit" and change.action in (Action.RENAME, Action.DELETE):
            if _is_within(change.name, units):
                yield "protected", f"OU {change.name} is protected and would be changed ({change.action.value})"
        elif change.kind == "attachment" and change.action is Action.DETACH:
            kind, _, name = str((change.before or {})["target"]).partition(":")
            if _is_within(name, units) if kind == "ou" else name in accounts:
                yield "protected", f"{kind} {name} is protected and would lose policy {change.name}"


def _protected_account(change: Change, accounts: set[str], units: set[str]) -> Iterator[tuple[str, str]]:
    left = str((change.before or {}).get("ou", ""))
    if change.action is Action.MOVE and left:
        if change.name in accounts:
            yield "protected", f"account {change.name} is protected and would move"
        elif _is_within(left, units):
            yield "protected", f"account {change.name} would leave the protected OU {left}"
    if change.name in accounts and "name" in (change.after or {}):
        yield "protected", f"account {change.name} is protected and would be renamed"


def _is_within(path: str, units: set[str]) -> bool:
    """True for a path that is one of the units or below one."""
    return any(path == unit or path.startswith(f"{unit}/") for unit in units)


def _mass_move(found: Organization, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Moves out of the root are not counted: an account in the root was born there and has not been placed yet."""
    moves = sum(
        1
        for change in changes
        if change.kind == "account" and change.action is Action.MOVE and (change.before or {})["ou"]
    )
    total = sum(1 for account in found.accounts if account.state is AccountState.ACTIVE)
    if moves > MANY_MOVES or (moves >= FEW_MOVES and moves > total * SHARE_OF_MOVES):
        yield "mass-move", f"{moves} of {total} accounts would move"


def _last_guardrail(found: Organization, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Targets that have a policy of ours now and would have none at all; an OU that is deleted needs none."""
    gone = {ou_reference(c.name) for c in changes if c.kind == "organizational-unit" and c.action is Action.DELETE}
    ours = {(policy.name, target) for policy in found.policies if policy.owned for target in policy.targets}
    after = set(ours)
    for change in changes:
        if change.kind == "attachment":
            pair = change.name, str((change.after or change.before or {})["target"])
            after = after | {pair} if change.action is Action.ATTACH else after - {pair}
    for target in sorted({target for _, target in ours} - {target for _, target in after} - gone):
        yield "last-guardrail", f"{target} would lose its last policy"


def _public_access(wanted: Organization, found: Organization, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """S3 policies decide for every account below them, whatever it had before, and give that back when they go.

    While one is in force an account's own setting can neither be seen nor set, so what comes back is not known:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html
    """
    there = [policy for policy in found.policies if policy.kind is PolicyType.S3_POLICY]
    contents = {policy.name: policy.content for policy in there}
    kept = {(policy.name, target) for policy in there for target in policy.targets}
    before = {target: _public(contents[name]) for name, target in kept}
    lost: list[str] = []
    for change in changes:
        state = change.after or change.before or {}
        if state.get("type") != PolicyType.S3_POLICY:
            continue
        if change.kind == "policy" and change.after:
            contents[change.name] = str(change.after["content"])
            if _public(contents[change.name]):
                yield "public-access", f"S3 policy {change.name} switches Block Public Access off below it"
        elif change.kind == "attachment" and change.action is Action.ATTACH:
            kept.add((change.name, str(state["target"])))
        elif change.kind == "attachment":
            kept.discard((change.name, str(state["target"])))
            lost.append(str(state["target"]))
    after = {target: _public(contents.get(name, "{}")) for name, target in kept}
    for target in lost:
        if target not in after:
            yield "public-access", f"{target} would decide on Block Public Access itself again{_open(wanted, target)}"
    yield from _moved_out(before, after, changes)


def _public(content: str) -> bool:
    block = json.loads(content).get("s3_attributes", {}).get("public_access_block_configuration", {})
    return bool(block.get("@@assign") == "none")


def _open(wanted: Organization, target: str) -> str:
    """Which accounts below a target do not declare all of Block Public Access themselves; empty where all do."""
    below = sorted(one.key for one in wanted.accounts if target in _nodes(one.key, one.ou or ROOT) and not _blocks(one))
    more = f" and {len(below) - MANY_NAMES} more" if len(below) > MANY_NAMES else ""
    return f"; not declared to block it: {', '.join(below[:MANY_NAMES])}{more}" if below else ""


def _blocks(account: Account) -> bool:
    """True where the baseline of the account switches all of Block Public Access on."""
    settings = account.settings.get("s3-public-access")
    return settings is not None and all(settings.values())


def _nodes(key: str, path: str) -> Iterator[str]:
    """The account, its OU and those above it, up to the root."""
    yield account_reference(key)
    while path:
        yield ou_reference(path)
        path = parent_path(path)
    yield ou_reference(ROOT)


def _moved_out(
    before: Mapping[str, bool], after: Mapping[str, bool], changes: Sequence[Change]
) -> Iterator[tuple[str, str]]:
    """Accounts that an S3 policy keeps closed where they are, and none where they would go; the nearest one counts."""
    for change in changes:
        if change.kind == "account" and change.action is Action.MOVE:
            old, new = (str((state or {}).get("ou", "")) for state in (change.before, change.after))
            was = next((before[node] for node in _nodes(change.name, old) if node in before), None)
            will = next((after[node] for node in _nodes(change.name, new) if node in after), None)
            if was is False and will is not False:
                message = f"account {change.name} would leave the S3 policy that switches Block Public Access on for it"
                yield "public-access", message
