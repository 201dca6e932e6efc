"""The found organization in the words of accounts.yaml, so that a diff is a comparison.

An account is recognized by its id, then by its e-mail, never by its name. An OU is recognized by its path, or by the
path that `was` names, or, where it was renamed by hand, by the accounts in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.model.finding import Finding, Severity
from org.model.organization import account_reference, ou_reference, parent_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.model.organization import Account, Organization, OrganizationalUnit


@dataclass(frozen=True, slots=True)
class Aligned:
    """What was found, renamed; `renamed` maps the new path of an OU to the name it has now."""

    found: Organization
    renamed: Mapping[str, str]
    findings: tuple[Finding, ...]


def align(wanted: Organization, found: Organization) -> Aligned:
    """The found organization with accounts.yaml's keys and paths, and findings about what does not fit."""
    keys, findings = match_accounts(wanted.accounts, found.accounts)
    moved, renamed = _renames(wanted, found, keys)

    def path(old: str) -> str:
        return _renamed(old, moved)

    references = {ou_reference(unit.path): ou_reference(path(unit.path)) for unit in found.units}
    references |= {account_reference(account_id): account_reference(key) for account_id, key in keys.items()}
    aligned = replace(
        found,
        accounts=tuple(
            replace(account, key=keys.get(account.key, account.key), ou=path(account.ou or ""))
            for account in found.accounts
        ),
        units=tuple(replace(unit, path=path(unit.path)) for unit in found.units),
        policies=tuple(
            replace(policy, targets=frozenset(references.get(target, target) for target in policy.targets))
            for policy in found.policies
        ),
        delegated_administrators={
            service: frozenset(keys.get(account, account) for account in accounts)
            for service, accounts in found.delegated_administrators.items()
        },
    )
    return Aligned(aligned, renamed, tuple(findings))


def match_accounts(wanted: tuple[Account, ...], found: tuple[Account, ...]) -> tuple[dict[str, str], list[Finding]]:
    """Found account id -> wanted key, and findings about declared ids and e-mails that do not fit the live accounts."""
    by_id = {account.id: account for account in found if account.id}
    by_email = {account.email.casefold(): account for account in found}
    live_management = next((account for account in found if account.management), None)
    claims: dict[str, list[Account]] = {}
    findings = []
    for account in wanted:
        match = by_id.get(account.id) if account.id else by_email.get(account.email.casefold())
        if account.management and not account.id:
            match = live_management
        if match is not None and match.id is not None:
            claims.setdefault(match.id, []).append(account)
            if match.email and match.email.casefold() != account.email.casefold():
                findings.append(_other_email(account, match))
        elif account.id and found:
            findings.append(_id_not_found(account, by_email.get(account.email.casefold())))
    findings += [_claimed_twice(live, claimants) for live, claimants in claims.items() if len(claimants) > 1]
    return {live: claimants[0].key for live, claimants in claims.items() if len(claimants) == 1}, findings


def _claimed_twice(account_id: str, claimants: list[Account]) -> Finding:
    keys = " and ".join(f"`{account.key}`" for account in claimants)
    return Finding(
        "ORG911",
        f"{keys} are both account {account_id}, by id or by e-mail",
        Severity.ERROR,
        claimants[1].span,
        seen=claimants[0].span,
        help="correct the `id` or the `email` of one of them",
    )


def _other_email(account: Account, match: Account) -> Finding:
    return Finding(
        "ORG902",
        f"account `{account.key}` has the e-mail `{match.email}`, not `{account.email}`",
        Severity.WARNING,
        account.span,
        help="the root e-mail changes only with a code sent to the new address (account:StartPrimaryEmailUpdate)",
    )


def _id_not_found(account: Account, same_email: Account | None) -> Finding:
    meant = f"; its e-mail belongs to {same_email.id}" if same_email else ""
    return Finding(
        "ORG901",
        f"account `{account.key}` is declared with the id `{account.id}`, which is not in this organization{meant}",
        Severity.ERROR,
        account.span,
        help="correct the id, or take it out to have the account found by its e-mail or created",
    )


def _renames(
    wanted: Organization, found: Organization, keys: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Found path -> path after every rename, and new path -> present name."""
    moved: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for unit in wanted.units:
        paths = {_renamed(other.path, moved): other.path for other in found.units}
        if unit.path in paths:
            continue
        was = _renamed(unit.was, moved) if unit.was else _renamed_by_hand(unit, wanted, found, keys, moved)
        # AWS cannot move an OU, so under another parent it is a new one.
        if was in paths and parent_path(was) == parent_path(unit.path):
            renamed[unit.path] = was.rpartition("/")[2]
            moved[paths[was]] = unit.path
    return moved, renamed


def _renamed_by_hand(
    unit: OrganizationalUnit,
    wanted: Organization,
    found: Organization,
    keys: Mapping[str, str],
    moved: Mapping[str, str],
) -> str:
    """The one undeclared OU of ours beside the missing one that holds its accounts; empty where there is none.

    Renaming it back keeps its id and its policies, where a new OU would mean moving every account.
    """
    homes = {account.key: account.ou for account in wanted.accounts}
    declared = {other.path for other in wanted.units}
    candidates = {
        path
        for path in (_renamed(other.path, moved) for other in found.units if other.owned)
        if path not in declared and parent_path(path) == parent_path(unit.path)
    }
    holding = {
        path
        for account in found.accounts
        for path in candidates
        if _is_below(_renamed(account.ou or "", moved), path)
        and _is_below(homes.get(keys.get(account.key, "")), unit.path)
    }
    return holding.pop() if len(holding) == 1 else ""


def _is_below(path: str | None, above: str) -> bool:
    return path is not None and (path == above or path.startswith(f"{above}/"))


def _renamed(path: str, moved: Mapping[str, str]) -> str:
    """The path after the renames of itself or of the nearest OU above it."""
    above = path
    while above:
        if above in moved:
            return moved[above] + path[len(above) :]
        above = parent_path(above)
    return path
