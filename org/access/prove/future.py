"""Actions that AWS may add: names that a wildcard of a policy stands for, the action being one more thing to find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access import actions
from org.access.exemptions import BEYOND_RCPS, BEYOND_SCPS
from org.access.prove import universe
from org.access.prove.difference import Certainty
from org.access.prove.encode import ACTION
from org.access.prove.keys import Atom, Literal
from org.access.prove.settle import Asking, Query, Settled, settled
from org.access.prove.texts import Predicate
from org.access.spec import NEEDS_NO_PERMISSION
from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.access.prove.encode import Encoded
    from org.access.prove.problems import Problem
    from org.access.prove.solve import Choice, Number

EVERY_ACTION = Predicate("like", ("*",))
MOST_KNOWN = 8
"""So many known actions are set aside before it is taken that only known ones are left."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What becomes of actions that do not exist yet: the patterns that stand for them, and what follows for all."""

    patterns: tuple[str, ...]
    numbers: tuple[Number, ...]
    found: Settled


def about(statement: Encoded) -> Literal:
    """That the statement is about the action."""
    return Atom(ACTION, Predicate("like", statement.actions)), not statement.not_actions


def coming(asking: Asking, problem: Problem, numbers: Sequence[Number]) -> Iterator[Coming]:
    """What becomes of actions still unknown that the problem is about; nothing where it names known ones only."""
    patterns = _patterns(problem)
    if not patterns:
        return
    limits = [asking.literals.number(one) for one in _limits(problem, patterns)]
    state = asking.free([*numbers, *limits])
    if state is None:
        return
    choices = list(_choices(asking, problem, patterns))
    left = [sets for one in choices if (sets := state.left(one)) is not None]
    if not all(left):
        return
    follows = tuple(number for sets in left if len(sets) == 1 for number in sets[0])
    wanted = (*numbers, *limits, *follows)
    found = _unknown(asking, Query(problem.layer, wanted, tuple(one for one in left if len(one) > 1)))
    if found.certainty is not None:
        excepted = [asking.literals.number(about(one)) for one in problem.statements if one.not_actions]
        yield Coming(_still(asking, patterns, wanted), (*numbers, *excepted, *follows), found)


def _patterns(problem: Problem) -> tuple[str, ...]:
    """The patterns of the problem that may stand for something unknown; those of the statement that has fewest."""
    known = universe.universe().places
    lists = [
        tuple(one for one in each.actions if one not in known) for each in problem.statements if not each.not_actions
    ]
    return min(lists, key=len, default=("*",))


def _limits(problem: Problem, patterns: tuple[str, ...]) -> Iterator[Literal]:
    """What the action must be: of the problem, of one of the patterns, and bound by the layer."""
    yield Atom(ACTION, Predicate("like", patterns)), True
    yield from map(about, problem.statements)
    if problem.layer is Layer.RCP:
        yield Atom(ACTION, Predicate("like", tuple(f"{one}:*" for one in sorted(actions.rcp_services())))), True
        yield Atom(ACTION, Predicate("like", tuple(sorted(BEYOND_RCPS)))), False
    else:
        beyond = [*NEEDS_NO_PERMISSION, *(f"{one}:*" for one in BEYOND_SCPS)]
        yield Atom(ACTION, Predicate("like", tuple(sorted(beyond)))), False


def _choices(asking: Asking, problem: Problem, patterns: tuple[str, ...]) -> Iterator[Choice]:
    """What the rules ask, the action being open: a statement is not about it, or it does not apply."""
    number = asking.literals.number
    rules = asking.rules
    for statement in (*(rule.statement for rule in rules.denies[problem.layer]), *problem.unmet):
        if _may_meet(statement, patterns):
            asked = sorted(number(one) ^ 1 for one in statement.literals)
            yield ((number(about(statement)) ^ 1,), *((one,) for one in asked))
    for level in rules.levels if problem.layer is Layer.SCP else ():
        yield tuple((number(about(way.statement)), *way.numbers) for way in level if _may_meet(way.statement, patterns))


def _may_meet(statement: Encoded, patterns: Iterable[str]) -> bool:
    """False where the statement surely is about none of the unknown actions that the patterns stand for."""
    if statement.not_actions:
        return True
    known = universe.universe().places
    starts = {one.partition(":")[0] for one in patterns}
    wild = any(set("*?") & set(start) for start in starts)
    for one in statement.actions:
        start = one.partition(":")[0]
        if one not in known and (wild or start in starts or set("*?") & set(start)):
            return True
    return False


def _unknown(asking: Asking, query: Query) -> Settled:
    """What becomes of the query, the witness being for an action that is not known."""
    numbers = query.numbers
    found = Settled(None)
    for _ in range(MOST_KNOWN):
        found = settled(asking, Query(query.layer, numbers, query.choices))
        name = found.witness.request.action if found.witness else ""
        if name not in universe.universe().places:
            return found
        numbers = (*numbers, asking.literals.number((Atom(ACTION, Predicate("equals", (name,))), False)))
    return Settled(Certainty.UNDECIDED, why="only known actions were found among those that wildcards stand for")


def _still(asking: Asking, patterns: tuple[str, ...], wanted: tuple[Number, ...]) -> tuple[str, ...]:
    """The patterns that stand for something that is left."""
    literals = ((one, asking.literals.number((Atom(ACTION, Predicate("like", (one,))), True))) for one in patterns)
    return tuple(one for one, number in literals if asking.free([*wanted, number]) is not None)
