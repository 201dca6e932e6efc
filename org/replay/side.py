"""One state of an organization, as calls are judged by: which policies reach whom, and who is one of us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.model.organization import ROOT, parent_path
from org.policy.chain import groups

if TYPE_CHECKING:
    from org.access.policies import Policies
    from org.model.organization import Account, Organization


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization. `path` is its `o-.../r-.../ou-.../`, empty where its ids are not known."""

    key: str
    path: str = ""
    management: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One state of an organization.

    `policies` gives the SCPs and RCPs that reach an account, by its id, and None for an account outside; accounts with
    the same policies had better get the same object. `members` are the accounts by id; `org_id` is None where it is
    not known.
    """

    policies: Callable[[str], Policies | None]
    members: Mapping[str, Member]
    org_id: str | None = None


def side(organization: Organization, org_id: str | None = None, ids: Mapping[str, str] | None = None) -> Side:
    """The state that an organization with rendered policies is in; accounts without an id in it are not known.

    `ids` gives ids for accounts that have none in accounts.yaml, by their keys.
    """
    org_id = org_id or organization.id
    given = ids or {}
    reach: dict[str, Policies] = {}
    members: dict[str, Member] = {}
    for group in groups(organization):
        for account in group.accounts:
            number = account.id or given.get(account.key)
            if number:
                reach[number] = group.policies
                members[number] = Member(account.key, _path(organization, account, org_id), account.management)
    return Side(reach.get, members, org_id)


def _path(organization: Organization, account: Account, org_id: str | None) -> str:
    """The path of ids that `aws:PrincipalOrgPaths` has, from the organization down to the account's OU."""
    units = {unit.path: unit.id for unit in organization.units}
    ids: list[str | None] = []
    path = account.ou or ROOT
    while path != ROOT:
        ids.append(units.get(path))
        path = parent_path(path)
    parts = [org_id, organization.root_id, *reversed(ids)]
    return "".join(f"{part}/" for part in parts) if all(parts) else ""
