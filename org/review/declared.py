"""Declarative policies as they take effect: what they come to in each account before and after."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from org.model.review import EffectiveChange
from org.policy.effective import lineage, merge, nested
from org.policy.grammar import name_of
from org.review.documents import entries
from org.review.facts import differing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.organization import Account, Organization
    from org.model.policy import Policy, PolicyType
    from org.review.accounts import Pair
    from org.review.scope import Scopes

Levels = tuple[tuple["Policy", ...], ...]
On = dict[tuple["PolicyType", str], list["Policy"]]


def effective_changes(
    base: Organization, head: Organization, pairs: Sequence[Pair], scopes: Scopes
) -> Iterator[EffectiveChange]:
    """For each type what takes effect otherwise than before, and in which accounts; new ones had nothing before."""
    before, after = _attached(base), _attached(head)
    for kind in sorted({kind for kind, _ in (*before, *after)}):
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        known: dict[tuple[tuple[int, ...], ...], tuple[str, ...]] = {}
        for old, new in pairs:
            if old is None or new is None or new.key not in scopes.homes:
                continue
            lines = _levels(before, kind, old, new.key), _levels(after, kind, new, new.key)
            key = tuple(tuple(id(policy) for level in line for policy in level) for line in lines)
            if key not in known:
                known[key] = tuple(differing(*(_facts(line) for line in lines)))
            if known[key]:
                found[known[key]].append(new.key)
        for facts, keys in found.items():
            yield EffectiveChange(name_of(kind), facts, scopes.scope(keys))


def _attached(organization: Organization) -> On:
    on: On = defaultdict(list)
    for policy in organization.policies:
        for node in policy.targets if policy.kind.declarative else ():
            on[policy.kind, node].append(policy)
    return on


def _levels(on: Mapping[tuple[PolicyType, str], list[Policy]], kind: PolicyType, account: Account, key: str) -> Levels:
    """The policies of a type on each level above an account, and on it under the key that both sides know it by."""
    *above, _ = lineage(account)
    return tuple(tuple(on.get((kind, node), ())) for node in (*above, f"account:{key}"))


def _facts(levels: Levels) -> list[str]:
    settings, _ = merge([[(policy.name, policy.document) for policy in level] for level in levels if level])
    return list(entries(nested(settings, lambda value: value)))
