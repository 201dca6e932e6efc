"""Wildcard patterns beside each other: whether one covers another, and whether two can match the same text."""

from __future__ import annotations

import re
from functools import cache

from org.access.actions import glob

STARS = re.compile(r"\*+")
VARIABLE = re.compile(r"\$\{[^}]*\}")
LONGEST = 2_048
"""No ARN of AWS is longer; beyond it nothing is compared."""


@cache
def covers(wide: str, narrow: str) -> bool:
    """True where everything that `narrow` matches is matched by `wide` too; never true by mistake."""
    if wide in ("*", narrow):
        return True
    if "?" in wide and "*" in narrow:
        return False
    return max(len(wide), len(narrow)) <= LONGEST and glob(wide).fullmatch(narrow) is not None


@cache
def overlap(one: str, other: str, *, not_in_other: str = "") -> bool:
    """True where some text matches both patterns. The wildcards of `other` match no character of `not_in_other`.

    Reads `one` sign by sign and keeps as the bits of a number all places in `other` that can be reached.
    """
    if len(one) > LONGEST or len(other) > LONGEST:
        return True
    places = _Places(other, not_in_other)
    reached = places.past_stars(1)
    for sign in STARS.sub("*", one):
        reached = places.past_stars(places.after(reached, sign))
    return bool(reached >> len(places.signs))


class _Places:
    """The places in a pattern, as bits: which of them stand before a star, a question mark, or each other sign."""

    def __init__(self, pattern: str, barred: str) -> None:
        self.signs = STARS.sub("*", pattern)
        self.barred = barred
        self.before: dict[str, int] = {}
        for at, sign in enumerate(self.signs):
            self.before[sign] = self.before.get(sign, 0) | 1 << at
        self.stars, self.single = self.before.pop("*", 0), self.before.pop("?", 0)
        self.all = (1 << len(self.signs) + 1) - 1

    def past_stars(self, reached: int) -> int:
        """The places, and those right behind a star that they stand before."""
        return reached | (reached & self.stars) << 1

    def after(self, reached: int, sign: str) -> int:
        """The places reached after one more sign of the other pattern."""
        if sign == "*":
            return self.all & ~((reached & -reached) - 1) if reached else 0
        held = 0 if sign in self.barred else reached & self.stars
        if sign == "?":
            return held | (reached & ~self.stars & self.all >> 1) << 1
        return held | (reached & (self.before.get(sign, 0) | self.single)) << 1


def plain(text: str) -> str:
    """The text with `*` in place of every `${variable}`."""
    return VARIABLE.sub("*", text)
