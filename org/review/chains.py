"""Accounts put together by what reaches them before and after: what is computed once holds for all of a group."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.access.actions import glob
from org.access.policies import Policies
from org.model.review import Cause
from org.policy.chain import LAYERS, groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.model.organization import Account, Organization
    from org.policy.chain import Group
    from org.review.accounts import Pair

NUMBER = re.compile(r"(?<![\w*?])[0-9*?]*[0-9][0-9*?]*(?![\w*?])")
"""Digits, perhaps with wildcards, that may stand for an account's id."""
PATHS = re.compile("orgpaths", re.IGNORECASE)
IDENTITY_DIGITS = 12

Place = tuple["str | None", "str | None"] | None
"""The OU of an account in base and in head, where policies ask for it."""


@dataclass(frozen=True, slots=True)
class Chains:
    """The policies that reach some accounts in base and in head, and why the two differ.

    The accounts are those of head, with the ids that either side has. No policy of either chain tells them apart.
    """

    base: Policies
    head: Policies
    cause: Cause
    accounts: tuple[Account, ...]


def changed_chains(base: Organization, head: Organization, pairs: Sequence[Pair]) -> Iterator[Chains]:
    """Every distinct pair of chains that differ, with its accounts; the management account is bound by none."""
    before, after = _by_account(base), _by_account(head)
    patterns, tells_paths_apart = _marks(base, head)
    found: dict[tuple[int, int, Cause, tuple[bool, ...], Place], list[Account]] = defaultdict(list)
    lines: dict[tuple[int, int], tuple[Policies, Policies]] = {}
    same: dict[tuple[int, int], bool] = {}
    for old, new in pairs:
        if new is None or new.management:
            continue
        theirs = after[new.key].policies
        mine = before[new.key].policies if old is not None else _unguarded(theirs)
        line = id(mine) if old is not None else 0, id(theirs)
        if same.setdefault(line, mine == theirs):
            continue
        lines.setdefault(line, (mine, theirs))
        cause = Cause.NEW if old is None else Cause.MOVED if old.ou != new.ou else Cause.CHANGED
        known = new if new.id or old is None else replace(new, id=old.id)
        shape = tuple(glob(pattern).fullmatch(known.id or "") is not None for pattern in patterns)
        place = (old.ou if old else None, new.ou) if tells_paths_apart else None
        found[*line, cause, shape, place].append(known)
    for (one, other, cause, _, _), accounts in found.items():
        yield Chains(*lines[one, other], cause, tuple(accounts))


def _by_account(organization: Organization) -> dict[str, Group]:
    return {account.key: group for group in groups(organization) for account in group.accounts}


def _unguarded(policies: Policies) -> Policies:
    """The same levels with AWS's own policies alone: what an account would be bound by if we attached nothing."""
    return Policies(
        scps=tuple(level[:1] for level in policies.scps or ()),
        rcps=tuple(() for _ in policies.rcps or ()),
        guardrails_only=True,
    )


def _marks(*organizations: Organization) -> tuple[list[str], bool]:
    """What SCPs and RCPs say that may hold for one account and not for another: patterns of ids, and paths of OUs."""
    texts = {
        policy.content
        for organization in organizations
        for policy in organization.policies
        if policy.kind in LAYERS.values()
    }
    matches = {match for text in texts for match in NUMBER.findall(text)}
    patterns = sorted(one for one in matches if len(one) == IDENTITY_DIGITS or "*" in one)
    return patterns, any(map(PATHS.search, texts))
