"""What comes of one problem: groups of actions, each with a witness that stands for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.access.prove import groups, universe
from org.access.prove.difference import Certainty
from org.access.prove.future import coming
from org.access.prove.kin import Kin
from org.access.prove.problems import rule
from org.access.prove.reach import within_reach
from org.access.prove.settle import Asking, Query, Settled, settled
from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
        for draft in of_problem(asking, problem):
            set_of_known = isinstance(draft.actions, int)
            key = (
                draft.certainty,
                draft.numbers,
                draft.problem.reasons,
                set_of_known,
                draft.found.why,
                draft.found.incoherent,
            )
            other = known.get(key)
            if other is not None and isinstance(other.actions, int) and isinstance(draft.actions, int):
                known[key] = replace(other, actions=other.actions | draft.actions)
            else:
                known[key] = draft
    yield from known.values()


def of_problem(asking: Asking, problem: Problem) -> Iterator[Draft]:
    """What comes of the known actions part by part, and of those that AWS may add."""
    numbers = problem.numbers(asking.literals)
    start = asking.free(numbers)
    if start is None:
        return
    found = groups.asked(
        start,
        problem.actions & within_reach(problem.layer),
        [*asking.rules.denies[problem.layer], *(rule(one, asking.literals, changed=True) for one in problem.unmet)],
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
    kin = Kin(asking, problem.layer, asked, state, members)
    fit = kin.fit()
    found: dict[tuple[object, ...], Draft] = {}
    while members:
        place = universe.first(members)
        is_fit = bool(fit >> place & 1)
        one = settled(asking, Query(problem.layer, wanted, tuple(asked.of(place)), place), coherently=is_fit)
        if one.certainty is None:
            members &= ~asked.as_much(place, members)
            continue
        if one.hopeless:
            fit &= ~asked.as_much(place, members)
        if fit >> place & 1:
            same = kin.of_witness(one, place, members & fit)
        else:
            same = kin.of_loose_witness(one, place, members & ~fit)
        key = (one.certainty, one.why, one.incoherent)
        known = found.get(key) or Draft(one.certainty, 0, numbers, one, problem)
        assert isinstance(known.actions, int)
        found[key] = replace(known, actions=known.actions | same | 1 << place)
        members &= ~(same | 1 << place)
    yield from found.values()
