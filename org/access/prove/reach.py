"""Which known actions the policies of a layer bind, and which of them have a resource that fits some tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from org.access import actions
from org.access.exemptions import BEYOND_RCPS, BEYOND_SCPS, BEYOND_SCPS_FOR_ROOT
from org.access.match import arn_pattern
from org.access.prove import universe, worlds
from org.access.prove.automata import GivenUp
from org.access.prove.keys import value_of
from org.access.spec import NEEDS_NO_PERMISSION
from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.access.prove.difference import Setting
    from org.access.prove.keys import Literal
    from org.access.prove.worlds import World

SERVICE = 2
"""The part of an ARN that names the service."""


@cache
def within_reach(layer: Layer) -> universe.Set:
    """The known actions that the policies of a layer bind."""
    if layer is Layer.RCP:
        return universe.of_services(actions.rcp_services()) & ~universe.named(BEYOND_RCPS)
    free = universe.named(NEEDS_NO_PERMISSION) | universe.of_services(BEYOND_SCPS)
    return universe.universe().everything & ~free


@cache
def free_for_root() -> universe.Set:
    """The known actions that SCPs do not bind for the root user."""
    return universe.named(BEYOND_SCPS_FOR_ROOT)


@dataclass(frozen=True, slots=True)
class Alike:
    """The actions that act on the same types of resources: one of them, and the services that these ARNs name."""

    example: int
    parts: frozenset[str]
    actions: universe.Set


@dataclass(frozen=True, slots=True)
class Index:
    """All actions by what they act on, those that act on resources of a service, and those that act on none."""

    all: tuple[Alike, ...]
    of_part: Mapping[str, tuple[Alike, ...]]
    none: Alike


@cache
def index() -> Index:
    """The index, made once."""
    known = universe.universe().actions
    kinds: dict[tuple[str, ...], list[int]] = {}
    for place, action in enumerate(known):
        kinds.setdefault(worlds.arns(action), []).append(place)
    made = {arns: _alike(arns, places) for arns, places in kinds.items()}
    of_part: dict[str, list[Alike]] = {}
    for one in made.values():
        for part in one.parts:
            of_part.setdefault(part, []).append(one)
    some = tuple(one for arns, one in made.items() if arns)
    return Index(some, {part: tuple(found) for part, found in of_part.items()}, made[()])


def _alike(arns: tuple[str, ...], places: list[int]) -> Alike:
    parts = frozenset(arn.split(":")[SERVICE] for arn in arns)
    return Alike(places[0], parts, universe.union(1 << place for place in places))


def same_resources(place: int) -> universe.Set:
    """The actions that act on the same types of resources as this one."""
    return next(one.actions for one in (index().none, *index().all) if one.actions >> place & 1)


def with_resource(
    literals: frozenset[Literal], within: universe.Set, setting: Setting, among: Iterable[World]
) -> universe.Set:
    """The actions that can have a resource, in one of the worlds, that meets the literals."""
    here = tuple({world.here: world for world in among}.values())
    named, barred = _named(literals), _barred(literals)
    found, doubtful = 0, index().all
    if named is not None:
        doubtful = tuple({id(one): one for part in named for one in index().of_part.get(part, ())}.values())
    elif barred is not None:
        doubtful = tuple(one for part in barred for one in index().of_part.get(part, ()) if one.parts <= barred)
        found = within & ~universe.union(one.actions for one in (index().none, *doubtful))
    for one in (index().none, *doubtful):
        if one.actions & within and any(_has(literals, one.example, setting, world) for world in here):
            found |= one.actions
    return found & within


def _named(literals: frozenset[Literal]) -> set[str] | None:
    """The services that the ARN of a resource must be of, as its third part says; None where it may be of any."""
    found: set[str] | None = None
    for atom, sign in literals:
        predicate = atom.predicate
        if predicate is None or predicate.none or not sign or predicate.family != "resource":
            continue
        parts = {arn_pattern(one)[SERVICE] for one in predicate.patterns}
        if not any(set("*?") & set(part) for part in parts):
            found = parts if found is None else found & parts
    return found


def _barred(literals: frozenset[Literal]) -> set[str] | None:
    """The services that a resource may have to be kept from; None where more is asked of it than to be kept away."""
    found: set[str] = set()
    for atom, sign in literals:
        predicate = atom.predicate
        if predicate is None or sign is not predicate.none or predicate.family != "resource":
            return None
        found.update(arn_pattern(one)[SERVICE] for one in predicate.patterns)
    return None if any(set("*?") & set(part) for part in found) else found


def _has(literals: frozenset[Literal], place: int, setting: Setting, world: World) -> bool:
    allowed = worlds.resource_range(setting, world, universe.universe().actions[place])
    try:
        return value_of(literals, allowed) is not None
    except GivenUp:
        return True
