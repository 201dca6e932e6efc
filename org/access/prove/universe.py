"""All actions that AWS documents as places in a row, so that a set of them is one whole number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from org.access import actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.access.actions import Action

Set = int
"""A set of known actions: bit n is the action at place n."""


@dataclass(frozen=True)
class Universe:
    """The known actions in order, their places by lower-case name, and where each service begins and ends."""

    actions: tuple[Action, ...]
    places: Mapping[str, int]
    services: Mapping[str, tuple[int, int]]

    @property
    def everything(self) -> Set:
        """All known actions."""
        return (1 << len(self.actions)) - 1


@cache
def universe() -> Universe:
    """The universe, read once."""
    found: list[Action] = []
    services = {}
    for prefix in sorted(actions.services()):
        service = actions.service(prefix)
        start = len(found)
        found += service.actions.values() if service else ()
        services[prefix] = (start, len(found))
    return Universe(tuple(found), {str(action).lower(): place for place, action in enumerate(found)}, services)


def span(start: int, end: int) -> Set:
    """The places from `start` up to, not including, `end`."""
    return (1 << end) - (1 << start)


def of_services(prefixes: Iterable[str]) -> Set:
    """All known actions of some services."""
    known = universe().services
    return union(span(*known[prefix]) for prefix in prefixes if prefix in known)


def named(found: Iterable[str]) -> Set:
    """The known ones of some actions, by lower-case name."""
    known = universe().places
    return union(1 << known[name] for name in found if name in known)


def union(sets: Iterable[Set]) -> Set:
    """What is in at least one of the sets."""
    found = 0
    for one in sets:
        found |= one
    return found


@lru_cache(maxsize=1 << 14)
def matching(patterns: tuple[str, ...], negated: bool) -> Set:
    """The known actions that one of the lower-case patterns stands for; with `negated` those that none does."""
    found = union(map(_matching, patterns))
    return universe().everything & ~found if negated else found


@lru_cache(maxsize=1 << 14)
def _matching(pattern: str) -> Set:
    known = universe()
    place = known.places.get(pattern)
    if place is not None:
        return 1 << place
    prefix, colon, name = pattern.partition(":")
    if colon and not set("*?") & set(prefix):
        if prefix not in known.services:
            return 0
        return span(*known.services[prefix]) if name == "*" else _like(pattern, known.services[prefix])
    return known.everything if pattern == "*" else _like(pattern, (0, len(known.actions)))


def _like(pattern: str, within: tuple[int, int]) -> Set:
    if not set("*?") & set(pattern):
        return 0
    fits = actions.glob(pattern).fullmatch
    found = 0
    for place in range(*within):
        if fits(_names()[place]):
            found |= 1 << place
    return found


@cache
def _names() -> tuple[str, ...]:
    return tuple(universe().places)


def places(found: Set) -> tuple[int, ...]:
    """The places in a set, in order."""
    digits = bin(found)[:1:-1]
    listed, at = [], digits.find("1")
    while at >= 0:
        listed.append(at)
        at = digits.find("1", at + 1)
    return tuple(listed)


def first(found: Set) -> int:
    """The first place in a set that is not empty."""
    return (found & -found).bit_length() - 1


@lru_cache(maxsize=256)
def names(found: Set) -> tuple[str, ...]:
    """The actions of a set by name, such as `s3:GetObject`, sorted."""
    known = universe().actions
    return tuple(sorted(str(known[place]) for place in places(found)))


@lru_cache(maxsize=1024)
def knowing(key: str) -> Set:
    """The known actions that know a documented key, `${}` standing for the key of a tag."""
    return union(1 << place for place, action in enumerate(universe().actions) if key in action.keys)
