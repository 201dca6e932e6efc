"""What somebody probably meant, looked for only so long."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

LONGEST = 128
"""No name of a service, an action or a condition key without its tag is longer."""


class Suggester:
    """Finds near names for one document; stops after enough work, so that 1,000 mistakes take no longer than 20."""

    def __init__(self, budget: int = 40_000) -> None:
        self.budget = budget
        self.found: dict[tuple[str, int], str] = {}

    def near(self, name: str, known: Collection[str], cutoff: float = 0.75) -> str:
        """The known name, in lower case like all of them, that is nearest; nothing where none is near."""
        at = (name.lower(), id(known))
        if at not in self.found:
            if self.budget <= 0 or len(name) > LONGEST:
                return ""
            self.budget -= len(known)
            self.found[at] = next(iter(get_close_matches(name.lower(), known, 1, cutoff)), "")
        return self.found[at]
