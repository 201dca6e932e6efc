"""Answers kept for the next time, so many and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from org.model.request import Value

Key = TypeVar("Key")
Kept = TypeVar("Kept")
LONGEST = 256
"""Longer texts are not kept: the memory of an engine must not be for a caller to fill."""
MOST = 32
"""Nor are keys with more values."""


class Memo(dict[Key, Kept]):
    """A dictionary that is emptied when it is full.

    INVARIANT: several threads may use it at once. They may lose what another has just kept, never see half of it.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def keep(self, key: Key, value: Kept) -> Kept:
        """The value, kept."""
        if len(self) >= self.limit:
            self.clear()
        self[key] = value
        return value


def is_short(value: Value | None) -> bool:
    """True where a value may be kept."""
    if value is None or isinstance(value, str):
        return value is None or len(value) <= LONGEST
    return len(value) <= MOST and all(len(one) <= LONGEST for one in value)
