"""What comes of one problem: groups of actions, each with a witness that stands for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from org.access.prove import groups, universe, worlds
from org.access.prove.automata import GivenUp
from org.access.prove.difference import Certainty
from org.access.prove.encode import RESOURCE
from org.access.prove.future import coming
from org.access.prove.keys import value_of
from org.access.prove.problems import numbered, rule
from org.access.prove.reach import free_for_root, with_resource, within_reach
from org.access.prove.settle import A_RESOURCE, Asking, Query, Settled, settled
from org.access.prove.solve import State
from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from org.access.prove.keys import Literal, Range
    from org.access.prove.problems import Problem
    from org.access.prove.solve import Number


@dataclass(frozen=True, slots=True)
class Draft:
    """A difference before its words: the actions as a set or as patterns, and the literals that are common to it."""

    certainty: Certainty
    actions: universe.Set | tuple[str, ...]
    numbers: frozenset[Number]
    found: Settled
    problem: Problem


def drafts(asking: Asking, problems: Iterable[Problem]) -> Iterator[Draft]:
    """What comes of some problems, those joined that are about the same requests for the same reason."""
    known: dict[tuple[object, ...], Draft] = {}
    for problem in problems:
        for draft in _of(asking, problem):
            set_of_known = isinstance(draft.actions, int)
            key = (draft.certainty, draft.numbers, draft.problem.reasons, set_of_known, draft.found.why)
            other = known.get(key)
            if other is not None and isinstance(other.actions, int) and isinstance(draft.actions, int):
                known[key] = replace(other, actions=other.actions | draft.actions)
            else:
                known[key] = draft
    yield from known.values()


def _of(asking: Asking, problem: Problem) -> Iterator[Draft]:
    """What comes of the known actions part by part, and of those that AWS may add."""
    numbers = numbered(problem.statement, asking.literals) if problem.statement else ()
    start = asking.free(numbers)
    if start is None:
        return
    found = groups.asked(
        start,
        problem.actions & within_reach(problem.layer),
        [*asking.rules.denies[problem.layer], *(rule(one, asking.literals) for one in problem.unmet)],
        asking.rules.levels if problem.layer is Layer.SCP else (),
    )
    for members, follows in groups.parts(found):
        yield from _of_part(asking, problem, found, members, frozenset((*numbers, *follows)))
    for one in coming(asking, problem, numbers):
        certainty = Certainty.UNDECIDED if one.found.certainty is Certainty.UNDECIDED else Certainty.FUTURE
        yield Draft(certainty, one.patterns, frozenset(one.numbers), one.found, problem)


def _of_part(
    asking: Asking, problem: Problem, asked: groups.Asked, members: universe.Set, numbers: frozenset[Number]
) -> Iterator[Draft]:
    """What becomes of the actions of one part; each witness stands for all actions that it fits."""
    wanted = tuple(sorted(numbers))
    state = asking.free(wanted)
    if state is None:
        return
    fit = _fit(asking, problem, state, members)
    found: dict[tuple[Certainty, str], Draft] = {}
    while members:
        place = universe.first(members)
        is_fit = bool(fit >> place & 1)
        one = settled(asking, Query(problem.layer, wanted, tuple(asked.of(place)), place), coherently=is_fit)
        if one.certainty is None:
            members &= ~asked.as_much(place, members)
            continue
        if one.hopeless:
            fit &= ~asked.as_much(place, members)
        if is_fit and not one.hopeless:
            same = _same(asking, asked, one, place, members & fit)
        else:
            same = _same_loosely(asking, asked, one, place, members & ~fit)
        same |= 1 << place
        known = found.get((one.certainty, one.why)) or Draft(one.certainty, 0, numbers, one, problem)
        assert isinstance(known.actions, int)
        found[one.certainty, one.why] = replace(known, actions=known.actions | same)
        members &= ~same
    yield from found.values()


def _fit(asking: Asking, problem: Problem, state: State, members: universe.Set) -> universe.Set:
    """The actions that know the keys, and have a resource, that every request of the part has."""
    for slot, node in state.nodes.items():
        wanted = node.literals
        if slot == RESOURCE:
            among = worlds.worlds(asking.setting, problem.layer, ())
            members = with_resource(wanted, members, asking.setting, among)
        elif not _is_general(slot) and not _can_be_absent(wanted):
            members &= universe.knowing(worlds.documented(slot)[0])
    return members


def _is_general(slot: str) -> bool:
    return worlds.is_general(worlds.documented(slot)[0])


def _can_be_absent(wanted: frozenset[Literal]) -> bool:
    try:
        return value_of(wanted, worlds.ABSENT) is not None
    except GivenUp:
        return True


def _same(asking: Asking, asked: groups.Asked, found: Settled, place: int, among: universe.Set) -> universe.Set:
    """The other actions for which a request like the witness shows the same."""
    among &= _as_doubtful(asking, place)
    if found.state is None or found.witness is None or found.world is None:
        return asked.alike(place, among) & universe.twins(place)
    for slot in found.witness.request.context:
        if not _is_general(slot):
            among &= universe.knowing(worlds.documented(slot)[0])
    if found.world.kind == worlds.ROOT:
        among &= ~free_for_root()
    node = found.state.nodes.get(RESOURCE)
    if node is not None:
        among = with_resource(node.literals, among, asking.setting, [found.world])
    return asked.met(_of_any_resource(found.state), among)


def _same_loosely(asking: Asking, asked: groups.Asked, found: Settled, place: int, among: universe.Set) -> universe.Set:
    """The same for actions that can have no coherent request."""
    among &= _as_doubtful(asking, place)
    return asked.alike(place, among) if found.state is None else asked.met(found.state, among)


def _as_doubtful(asking: Asking, place: int) -> universe.Set:
    """The actions that the same statements are about of those whose meaning is not known."""
    among = universe.universe().everything
    for covered in asking.doubtful:
        among &= covered if covered >> place & 1 else ~covered
    return among


def _of_any_resource(state: State) -> State:
    """The state without what the resources of its own action are like, where nothing was asked of them."""
    return State(state.search, state.nodes, partial(_range, state.ranges))


def _range(ranges: Callable[[str], Range], slot: str) -> Range:
    return A_RESOURCE if slot == RESOURCE else ranges(slot)
