"""What somebody probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from org.load.rule import quoted


class Suggester:
    """Finds near names; stops looking after enough work, so that 10,000 mistakes take no longer than a few."""

    def __init__(self, budget: int = 20_000) -> None:
        self.budget = budget
        self.known: dict[tuple[str, int], tuple[Collection[str], str | None]] = {}

    def near(self, name: str, names: Collection[str]) -> str | None:
        """The name that is nearest to `name`, or None where none is near."""
        at = (name, id(names))
        if at not in self.known:
            if self.budget <= 0 or len(name) > 128:
                return None
            self.budget -= len(names)
            self.known[at] = (names, nearest(name, names))
        return self.known[at][1]

    def help(self, name: str, names: Collection[str], otherwise: str) -> str:
        """A line of help: the near name, or else the other advice."""
        near = self.near(name, names)
        return f"did you mean {quoted(near)}?" if near else otherwise


def nearest(name: str, names: Collection[str]) -> str | None:
    """The nearest name, whatever its case and whether written with `-`, `_` or nothing between the words."""
    folded = {fold(one): one for one in names}
    exact = folded.get(fold(name))
    if exact:
        return exact
    close = get_close_matches(fold(name), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def fold(name: str) -> str:
    """The name without case and separators."""
    return name.casefold().replace("-", "").replace("_", "").replace(" ", "")
