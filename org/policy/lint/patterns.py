"""Wildcard patterns beside each other: whether one covers another, and whether two can match the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from org.access.actions import glob

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
    """True where some text matches both patterns. The wildcards of `other` match no character of `not_in_other`."""
    if len(one) > LONGEST or len(other) > LONGEST:
        return True
    states = {0}
    for sign in (*one, None):
        states = _closed(other, states, sign, not_in_other)
        if not states:
            return False
    return len(other) in states


def _closed(other: str, states: Iterable[int], sign: str | None, barred: str) -> set[int]:
    """The positions in `other` after one more sign of `one`; None stands for its end."""
    reached = set(_past_stars(other, states))
    if sign is None:
        return reached
    if sign == "*":
        return set(range(min(reached), len(other) + 1)) if reached else set()
    after: set[int] = set()
    for at in reached:
        if at == len(other):
            continue
        mark = other[at]
        if mark == "*" and sign not in barred:
            after.add(at)
        elif mark in ("?", sign) or sign == "?":
            after.add(at + 1)
    return set(_past_stars(other, after))


def _past_stars(other: str, states: Iterable[int]) -> Iterable[int]:
    for state in states:
        at = state
        yield at
        while at < len(other) and other[at] == "*":
            at += 1
            yield at


def plain(text: str) -> str:
    """The text with `*` in place of every `${variable}`."""
    return VARIABLE.sub("*", text)
