"""The search for values of all slots of a request that make some clauses true together (DPLL).

Slots do not depend on each other here, so a set of literals can be met exactly where those of each slot can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.access.prove.automata import GivenUp
from org.access.prove.keys import Range, value_of
from org.access.prove.variables import ground, variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.access.prove.keys import Found, Literal
    from org.model.request import Value

Number = int
"""A literal by its number; the number of its opposite differs in the last bit."""
Choice = tuple[tuple[Number, ...], ...]
"""Sets of literals of which one must be true as a whole."""
Ranges = Callable[[str], Range]
"""The values that each slot may have."""
Fixed = tuple[tuple[str, str | None], ...]
"""Keys of policy variables with the only value that they can have."""
MOST_STEPS = 20_000


class Literals:
    """Numbers for literals, the same for the same literal."""

    def __init__(self) -> None:
        self.numbers: dict[Literal, Number] = {}
        self.literals: list[Literal] = []

    def number(self, literal: Literal) -> Number:
        """The number of a literal."""
        known = self.numbers.get(literal)
        if known is None:
            atom, sign = literal
            known = len(self.literals) + (not sign)
            self.numbers[atom, True], self.numbers[atom, False] = known & ~1, known | 1
            self.literals += [(atom, True), (atom, False)]
        return known

    def slot(self, number: Number) -> str:
        """The slot that a literal is about."""
        return self.literals[number][0].slot


@dataclass(slots=True)
class Node:
    """Some literals of one slot that can be met together; `found` is None where nobody knows whether they can.

    `literals` are those of `numbers` with values in the place of the variables that can have one value only.
    """

    slot: str
    allowed: Range
    numbers: frozenset[Number]
    literals: frozenset[Literal]
    found: Found | None
    after: dict[Number, Node | None] = field(default_factory=dict)


Nodes = dict[str, Node]
"""The literals so far, by slot."""


class Search:
    """What is common to searches over the same literals."""

    def __init__(self, literals: Literals) -> None:
        self.literals = literals
        self.known: dict[tuple[str, Range, Fixed, frozenset[Number]], Node | None] = {}
        self.steps = 0

    def node(self, slot: str, ranges: Ranges, numbers: frozenset[Number] = frozenset()) -> Node | None:
        """The slot with some literals; None where they cannot be met together."""
        found = [self.literals.literals[number] for number in numbers]
        fixed = _fixed(found, ranges)
        key = (slot, ranges(slot), fixed, numbers)
        if key not in self.known:
            self.known[key] = _node(key, found)
        return self.known[key]

    def after(self, node: Node, number: Number, ranges: Ranges) -> Node | None:
        """The node with one more literal; None where they cannot be met together."""
        if number in node.numbers:
            return node
        if number not in node.after:
            node.after[number] = self.node(node.slot, ranges, node.numbers | {number})
        return node.after[number]


def _node(key: tuple[str, Range, Fixed, frozenset[Number]], found: Sequence[Literal]) -> Node | None:
    slot, allowed, fixed, numbers = key
    wanted = [ground(literal, dict(fixed)) for literal in found] if fixed else found
    if any(one is False for one in wanted):
        return None
    literals = frozenset(one for one in wanted if not isinstance(one, bool))
    try:
        value = value_of(literals, allowed)
    except GivenUp:
        return Node(slot, allowed, numbers, literals, None)
    return None if value is None else Node(slot, allowed, numbers, literals, value)


def _fixed(found: Sequence[Literal], ranges: Ranges) -> Fixed:
    """The keys of variables in the literals that can have one value only, and that value."""
    keys = sorted({key for literal in found for key in variables(literal)})
    return tuple((key, _text(allowed.fixed[0])) for key in keys if (allowed := ranges(key)).fixed is not None)


def _text(value: Value | None) -> str | None:
    return value if isinstance(value, str) else None


@dataclass(slots=True)
class State:
    """A search at some point: the literals so far, and which values slots may have that have none yet."""

    search: Search
    nodes: Nodes
    ranges: Ranges

    def node(self, slot: str) -> Node | None:
        """The node of a slot."""
        return self.nodes.get(slot) or self.search.node(slot, self.ranges)

    def can_be(self, number: Number) -> bool:
        """True where the literal can be true with those so far."""
        node = self.node(self.search.literals.slot(number))
        return node is not None and self.search.after(node, number, self.ranges) is not None

    def must_be(self, number: Number) -> bool:
        """True where the literals so far leave the literal no choice but to be true."""
        return not self.can_be(number ^ 1)

    def with_all(self, numbers: Iterable[Number]) -> State | None:
        """The state with more literals; None where they cannot be met together."""
        nodes = dict(self.nodes)
        by_slot: dict[str, set[Number]] = {}
        for number in numbers:
            by_slot.setdefault(self.search.literals.slot(number), set()).add(number)
        for slot, more in by_slot.items():
            node = nodes.get(slot)
            known = node.numbers if node is not None else frozenset()
            after = node if more <= known else self.search.node(slot, self.ranges, known | more)
            if after is None:
                return None
            nodes[slot] = after
        return State(self.search, nodes, self.ranges)

    def left(self, choice: Choice) -> Choice | None:
        """The sets of a choice that are still possible; None where one of them is already true."""
        left = []
        for numbers in choice:
            if not all(map(self.can_be, numbers)):
                continue
            if all(map(self.must_be, numbers)):
                return None
            left.append(numbers)
        return tuple(left)


def settled(state: State, choices: Sequence[Choice]) -> tuple[State, list[Choice]] | None:
    """The state with all that follows, and the choices that are still open; None where they cannot all be met."""
    while True:
        left = [sets for choice in choices if (sets := state.left(choice)) is not None]
        if not all(left):
            return None
        follows = [number for sets in left if len(sets) == 1 for number in sets[0]]
        choices = [sets for sets in left if len(sets) > 1]
        if not follows:
            return state, choices
        further = state.with_all(follows)
        if further is None:
            return None
        state = further


def models(state: State, choices: Sequence[Choice]) -> Iterator[State]:
    """States that leave every choice a set that is true, whatever values their slots have within their literals.

    There is none exactly where the choices cannot all be met. Raises `GivenUp` after too many steps.
    """
    state.search.steps += 1
    if state.search.steps > MOST_STEPS:
        raise GivenUp(f"no decision after {MOST_STEPS:,} steps")
    reached = settled(state, choices)
    if reached is None:
        return
    state, choices = reached
    if not choices:
        yield state
        return
    for further in _branches(state, min(choices, key=len)):
        yield from models(further, choices)


def _branches(state: State, choice: Choice) -> Iterator[State]:
    """The ways to make one set of a choice true; those after a single literal are without it."""
    without: State | None = state
    for numbers in choice:
        further = without.with_all(numbers) if without is not None else None
        if further is not None:
            yield further
        if len(numbers) == 1:
            without = without.with_all([numbers[0] ^ 1]) if without is not None else None
