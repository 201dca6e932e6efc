"""Which accounts something holds for, summed up by organizational unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.model.organization import ROOT, Account, parent_path
from org.model.review import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Scopes:
    """Makes scopes of an organization's accounts; the management account, which no SCP binds, is none of them."""

    homes: dict[str, str]
    sizes: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> Scopes:
        """Those for the accounts of one side."""
        homes = {account.key: account.ou or ROOT for account in accounts if not account.management}
        return cls(homes, counted(homes.values()))

    def scope(self, keys: Iterable[str]) -> Scope:
        """The scope of some accounts: whole units where all of their accounts are in it, the highest first."""
        chosen = sorted(set(keys))
        here = counted(self.homes[key] for key in chosen)
        units: list[tuple[str, int, bool]] = []
        for path in sorted(here, key=lambda path: (path.count("/") if path else -1, path)):
            whole = here[path] == self.sizes[path]
            if whole and not any(done for above, _, done in units if done and path_within(path, above)):
                units.append((path, here[path], True))
        left = Counter(
            self.homes[key]
            for key in chosen
            if not any(path_within(self.homes[key], above) for above, _, done in units if done)
        )
        units += [(path, number, False) for path, number in sorted(left.items())]
        return Scope(tuple(chosen), tuple(units), len(self.homes))


def counted(paths: Iterable[str]) -> Counter[str]:
    """How many accounts are in each unit, those of the units below it among them."""
    totals: Counter[str] = Counter()
    for path, number in Counter(paths).items():
        for above in lineage(path):
            totals[above] += number
    return totals


def lineage(path: str) -> Iterator[str]:
    """The path and everything above it, the root last."""
    while path != ROOT:
        yield path
        path = parent_path(path)
    yield ROOT


def path_within(path: str, above: str) -> bool:
    """True for a path that is the other one or below it."""
    return above in (ROOT, path) or path.startswith(f"{above}/")
