"""What can make a difference at all: Denies that are gone, and levels that allow more than before.

A request that `old` denies and `new` allows is denied in `old` by a Deny that `new` does not have, or by a level in
which no Allow fits it, though one fits it in every level of `new`. Each of these is a problem to be solved by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.access.prove import universe
from org.access.prove.sides import LAYERS
from org.model.request import Layer, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.prove.encode import Encoded
    from org.access.prove.sides import Side
    from org.access.prove.solve import Choice, Literals, Number


@dataclass(frozen=True, slots=True)
class Problem:
    """Requests to which some statements all apply, and that none of `unmet` fits.

    The statements are a Deny of `old`, or an Allow of `new` where `unmet` are the Allows of a level of `old`; in a
    question, also what it asks about.
    """

    layer: Layer
    statements: tuple[Encoded, ...]
    reasons: tuple[Reason, ...]
    unmet: tuple[Encoded, ...] = ()

    @property
    def actions(self) -> universe.Set:
        """The known actions that the statements are about."""
        found = universe.universe().everything
        for one in self.statements:
            found &= universe.matching(one.actions, one.not_actions)
        return found

    def numbers(self, literals: Literals) -> tuple[Number, ...]:
        """The literals of the statements."""
        return tuple(dict.fromkeys(number for one in self.statements for number in numbered(one, literals)))


def problems(old: Side, new: Side) -> Iterator[Problem]:
    """Every problem between two sides."""
    for layer in LAYERS:
        kept = {one.meaning for one in new.denies[layer]}
        for deny in old.denies[layer]:
            if deny.meaning not in kept:
                reasons = dict.fromkeys((deny.reason, *_successors(deny, new.denies[layer])))
                yield Problem(layer, (deny,), tuple(reasons))
    for number, level in enumerate(old.levels):
        meanings = {one.meaning for one in level}
        narrower = any({one.meaning for one in other} <= meanings for other in new.levels)
        if not narrower and not any(map(allows_everything, level)):
            yield from _unmet(number, level, new)


def _unmet(number: int, level: tuple[Encoded, ...], new: Side) -> Iterator[Problem]:
    """A request that fits no Allow of this level must fit one that is new, in whichever level of `new` is nearest."""
    meanings = {one.meaning for one in level}
    if not new.levels:
        yield Problem(Layer.SCP, (), (Reason(Layer.SCP, level=number),), level)
        return
    nearest = max(
        range(len(new.levels)),
        key=lambda at: (sum(one.meaning in meanings for one in new.levels[at]), at == number),
    )
    for allow in new.levels[nearest]:
        if allow.meaning not in meanings:
            yield Problem(Layer.SCP, (allow,), (allow.reason, Reason(Layer.SCP, level=number)), level)


def _successors(deny: Encoded, candidates: tuple[Encoded, ...]) -> tuple[Reason, ...]:
    """The statement that stands where the Deny stood, where it only changed: the same policy and Sid or number."""
    mine = deny.reason
    return tuple(
        other.reason
        for other in candidates
        if other.reason.policy == mine.policy
        and (other.reason.sid == mine.sid if mine.sid else other.reason.statement == mine.statement)
    )


def allows_everything(statement: Encoded) -> bool:
    """True for a statement without resources and conditions about every action."""
    return not statement.literals and not statement.not_actions and "*" in statement.actions


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that must not apply: for the known actions that it is about, one set of the choice must be true.

    It is `changed` where only one of the two sides has such a statement.
    """

    statement: Encoded
    actions: universe.Set
    choice: Choice
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """An Allow of a level of `new`: the known actions that it is about, and what must be true for it to apply."""

    statement: Encoded
    actions: universe.Set
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Rules:
    """What `new` asks of a request that it allows: no Deny applies, and in each level some way is open."""

    denies: dict[Layer, tuple[Rule, ...]]
    levels: tuple[tuple[Way, ...], ...] = field(default=())


def rules(new: Side, literals: Literals, old: Side | None = None) -> Rules:
    """The rules of a side, in comparison with another if there is one; levels that allow everything ask for nothing."""
    kept = {layer: {one.meaning for one in (old or new).denies[layer]} for layer in LAYERS}
    levels = [level for level in new.levels if not any(map(allows_everything, level))]
    return Rules(
        {
            layer: tuple(rule(one, literals, changed=one.meaning not in kept[layer]) for one in new.denies[layer])
            for layer in LAYERS
        },
        tuple(tuple(_way(one, literals) for one in level) for level in levels),
    )


def rule(statement: Encoded, literals: Literals, *, changed: bool = False) -> Rule:
    """The rule that a statement must not apply."""
    numbers = numbered(statement, literals)
    actions = universe.matching(statement.actions, statement.not_actions)
    return Rule(statement, actions, tuple((number ^ 1,) for number in numbers), changed)


def _way(statement: Encoded, literals: Literals) -> Way:
    return Way(statement, universe.matching(statement.actions, statement.not_actions), numbered(statement, literals))


def numbered(statement: Encoded, literals: Literals) -> tuple[Number, ...]:
    """The numbers of a statement's literals, in an order that every run has."""
    return tuple(sorted(map(literals.number, sorted(statement.literals, key=repr))))
