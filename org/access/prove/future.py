"""Actions that AWS may add: names that a wildcard of a policy stands for, the action being one more thing to find."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING

from org.access import actions
from org.access.exemptions import BEYOND_RCPS, BEYOND_SCPS
from org.access.prove import universe
from org.access.prove.difference import Certainty
from org.access.prove.encode import ACTION
from org.access.prove.groups import MOST_WAYS
from org.access.prove.keys import Atom, Literal
from org.access.prove.problems import numbered
from org.access.prove.settle import Asking, Query, Settled, settled
from org.access.prove.simplify import predicate_of
from org.access.prove.texts import Predicate
from org.access.spec import NEEDS_NO_PERMISSION
from org.model.request import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.access.prove.encode import Encoded
    from org.access.prove.problems import Problem
    from org.access.prove.solve import Choice, Number

EVERY_ACTION = Predicate("like", ("*",))
NEW, MOST_NAMES = "newaction", 64
MOST_CHANGED = 2
"""The ways that so many changed statements leave are told apart, each combination by itself."""
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
    left, changed = [], []
    for is_changed, choice in _choices(asking, problem, patterns):
        sets = state.left(choice)
        if sets is not None:
            left.append(sets)
            changed += [sets] if is_changed and 1 < len(sets) <= MOST_WAYS else []
    if not all(left):
        return
    follows = tuple(number for sets in left if len(sets) == 1 for number in sets[0])
    several = tuple(one for one in left if len(one) > 1)
    for ways in product(*changed[:MOST_CHANGED]):
        told = (*numbers, *follows, *(number for way in ways for number in way))
        yield from _coming(asking, problem, patterns, (told, limits, several))


def _coming(
    asking: Asking,
    problem: Problem,
    patterns: tuple[str, ...],
    asked: tuple[tuple[Number, ...], Sequence[Number], tuple[Choice, ...]],
) -> Iterator[Coming]:
    """What becomes of those of which some literals are told, that are within limits, and of which there are choices."""
    told, limits, several = asked
    wanted = (*told, *limits)
    if asking.free(wanted) is None:
        return
    found = _by_name(asking, problem, patterns, told)
    if found.certainty is None:
        found = _unknown(asking, Query(problem.layer, wanted, several))
    if found.certainty is not None:
        excepted = [asking.literals.number(about(one)) for one in problem.statements if one.not_actions]
        yield Coming(_still(asking, patterns, wanted), (*told, *excepted), found)


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


def _choices(asking: Asking, problem: Problem, patterns: tuple[str, ...]) -> Iterator[tuple[bool, Choice]]:
    """What the rules ask, the action being open: a statement is not about it, or it does not apply.

    True with what comes of a statement that only one side has.
    """
    number = asking.literals.number
    rules = asking.rules
    against = [(rule.changed, rule.statement) for rule in rules.denies[problem.layer]]
    against += [(True, statement) for statement in problem.unmet]
    for changed, statement in against:
        if _may_meet(statement, patterns):
            no_match = number(about(statement)) ^ 1
            yield changed, (*((one ^ 1,) for one in numbered(statement, asking.literals)), (no_match,))
    for level in rules.levels if problem.layer is Layer.SCP else ():
        may = (way for way in level if _may_meet(way.statement, patterns))
        yield False, tuple((number(about(way.statement)), *way.numbers) for way in may)


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


def _by_name(asking: Asking, problem: Problem, patterns: tuple[str, ...], told: Sequence[Number]) -> Settled:
    """What becomes of actions with made-up names: one for each pattern, one for each that a rule makes room for."""
    tried: set[tuple[Choice, ...]] = set()
    named = [one for one in told if asking.literals.slot(one) == ACTION]
    numbers = [one for one in told if one not in named]
    limits = [asking.literals.literals[one] for one in named]
    for name in islice(_names(asking, problem, patterns), MOST_NAMES):
        if not all(_matches(predicate_of(one).patterns, name) is one[1] for one in limits):
            continue
        choices = _asked_of(asking, problem, name)
        if choices in tried or not all(choices):
            continue
        tried.add(choices)
        found = settled(asking, Query(problem.layer, tuple(numbers), choices, name=name))
        if found.certainty is not None:
            return found
    return Settled(None)


def _names(asking: Asking, problem: Problem, patterns: tuple[str, ...]) -> Iterator[str]:
    """Names of actions that nobody knows and the problem is about."""
    rules = asking.rules
    excepting = [rule.statement for rule in rules.denies[problem.layer] if rule.statement.not_actions]
    allowing = [way.statement for level in rules.levels for way in level]
    more = (one for statement in (*excepting, *allowing) for one in statement.actions)
    known = universe.universe().places
    bound = frozenset(actions.rcp_services()) if problem.layer is Layer.RCP else None
    for pattern in dict.fromkeys((*patterns, *more)):
        name = pattern.replace("*", NEW).replace("?", "x")
        name = name if ":" in name else f"{'s3' if bound else 'example'}:{name}"
        beyond = name.partition(":")[0] not in bound if bound else name.partition(":")[0] in BEYOND_SCPS
        meant = all(_is_about(one, name) for one in problem.statements)
        if name not in known and not beyond and meant and _matches(patterns, name):
            yield name


def _asked_of(asking: Asking, problem: Problem, name: str) -> tuple[Choice, ...]:
    """What the rules ask of a request for the action."""
    rules = asking.rules
    against = (*(rule.statement for rule in rules.denies[problem.layer]), *problem.unmet)
    found: list[Choice] = [
        tuple((number ^ 1,) for number in numbered(one, asking.literals)) for one in against if _is_about(one, name)
    ]
    levels = rules.levels if problem.layer is Layer.SCP else ()
    found += [tuple(way.numbers for way in level if _is_about(way.statement, name)) for level in levels]
    return tuple(found)


def _is_about(statement: Encoded, name: str) -> bool:
    return _matches(statement.actions, name) is not statement.not_actions


def _matches(patterns: Iterable[str], name: str) -> bool:
    return any(actions.glob(one).fullmatch(name) for one in patterns)


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
