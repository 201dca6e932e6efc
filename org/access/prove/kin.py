"""The actions for which what was found for one of them holds too, so that not thousands need to be looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from org.access.prove import universe, worlds
from org.access.prove.automata import GivenUp
from org.access.prove.encode import RESOURCE
from org.access.prove.keys import value_of
from org.access.prove.reach import free_for_root, same_resources, with_resource
from org.access.prove.settle import A_RESOURCE
from org.access.prove.solve import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.access.prove.groups import Asked
    from org.access.prove.keys import Literal, Range
    from org.access.prove.settle import Asking, Settled
    from org.access.prove.worlds import World
    from org.model.request import Layer


@dataclass
class Kin:
    """The members of one part, of all of which the state says the same, and what is asked of each beside it."""

    asking: Asking
    layer: Layer
    asked: Asked
    state: State
    members: universe.Set
    able: dict[tuple[frozenset[Literal], bool], universe.Set] = field(default_factory=dict)

    def fit(self) -> universe.Set:
        """The members that know the keys, and have a resource, that every request of the part has."""
        among = self.members
        for slot, node in self.state.nodes.items():
            if slot == RESOURCE:
                among = with_resource(node.literals, among, self.asking.setting, self.worlds)
            elif not _is_general(slot) and not _can_be_absent(node.literals):
                among &= _knowing(slot)
        return among

    @property
    def worlds(self) -> list[World]:
        """The worlds that the part is looked for in."""
        return list(worlds.worlds(self.asking.setting, self.layer, ()))

    def of_witness(self, found: Settled, place: int, among: universe.Set) -> universe.Set:
        """The actions for which a request like the witness shows the same; without one, those that are like it."""
        among &= self._as_doubtful(place)
        if found.state is None or found.witness is None or found.world is None:
            return self._alike(place, among)
        for slot in found.witness.request.context:
            if not _is_general(slot):
                among &= _knowing(slot)
        if found.world.kind == worlds.ROOT:
            among &= ~free_for_root()
        node = found.state.nodes.get(RESOURCE)
        if node is not None:
            among = with_resource(node.literals, among, self.asking.setting, [found.world])
        return self.asked.met(_of_any_resource(found.state), among)

    def of_loose_witness(self, found: Settled, place: int, among: universe.Set) -> universe.Set:
        """The same for actions that can have no coherent request."""
        among &= self._as_doubtful(place)
        return self.asked.alike(place, among) if found.state is None else self.asked.met(found.state, among)

    def _as_doubtful(self, place: int) -> universe.Set:
        """The actions that the same statements are about of those whose meaning is not known."""
        among = universe.universe().everything
        for covered in self.asking.doubtful:
            among &= covered if covered >> place & 1 else ~covered
        return among

    def _alike(self, place: int, among: universe.Set) -> universe.Set:
        """The actions of which the same is asked, and that can meet the same of it as this one."""
        among = self.asked.alike(place, among)
        asked = {number for choice in self.asked.of(place) for numbers in choice for number in numbers}
        literals = [self.asking.literals.literals[number] for number in sorted(asked)]
        for slot in {atom.slot for atom, _ in literals} | set(self.state.nodes):
            if slot != RESOURCE and not _is_general(slot):
                among = _on_the_side_of(place, _knowing(slot), among)
        for literal in (one for one in literals if one[0].slot == RESOURCE):
            among = self._as_able(place, literal, among)
        return among

    def _as_able(self, place: int, literal: Literal, among: universe.Set) -> universe.Set:
        """The actions whose resources leave the same of a literal: that it can be true, that it can be false."""
        node = self.state.nodes.get(RESOURCE)
        known = node.literals if node is not None else frozenset()
        for world in {one.here: one for one in self.worlds}.values():
            both = True
            for one in (literal, (literal[0], not literal[1])):
                able = self._able(known | {one}, world)
                both &= bool(able >> place & 1)
                among = _on_the_side_of(place, able, among)
            if both:
                among &= same_resources(place)
        return among

    def _able(self, literals: frozenset[Literal], world: World) -> universe.Set:
        key = (literals, world.here)
        if key not in self.able:
            self.able[key] = with_resource(literals, self.members, self.asking.setting, [world])
        return self.able[key]


def _on_the_side_of(place: int, found: universe.Set, among: universe.Set) -> universe.Set:
    return among & (found if found >> place & 1 else ~found)


def _is_general(slot: str) -> bool:
    return worlds.is_general(worlds.documented(slot)[0])


def _knowing(slot: str) -> universe.Set:
    return universe.knowing(worlds.documented(slot)[0])


def _can_be_absent(wanted: frozenset[Literal]) -> bool:
    try:
        return value_of(wanted, worlds.ABSENT) is not None
    except GivenUp:
        return True


def _of_any_resource(state: State) -> State:
    """The state without what the resources of its own action are like, where nothing was asked of them."""
    return State(state.search, state.nodes, partial(_range, state.ranges))


def _range(ranges: Callable[[str], Range], slot: str) -> Range:
    return A_RESOURCE if slot == RESOURCE else ranges(slot)
