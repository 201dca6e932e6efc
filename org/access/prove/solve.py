"""The search for values of all slots of a request that make some clauses true together (DPLL).

Slots do not depend on each other here, so a set of literals can be met exactly where those of each slot can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.access.prove.automata import GivenUp
from org.access.prove.keys import ANY_VALUE, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from org.access.prove.keys import Found, Literal, Range

Number = int
"""A literal by its number; the number of its opposite differs in the last bit."""
Choice = tuple[tuple[Number, ...], ...]
"""Sets of literals of which one must be true as a whole."""
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
    """Some literals of one slot that can be met together; `found` is None where nobody knows whether they can."""

    slot: str
    allowed: Range
    numbers: frozenset[Number]
    found: Found | None
    after: dict[Number, Node | None] = field(default_factory=dict)


Nodes = dict[str, Node]
"""The literals so far, by slot."""


class Search:
    """What is common to searches over the same literals; `allowed` says which values a slot may have at all."""

    def __init__(self, literals: Literals) -> None:
        self.literals = literals
        self.known: dict[tuple[str, Range, frozenset[Number]], Node | None] = {}
        self.steps = 0

    def root(self, slot: str, allowed: Range) -> Node | None:
        """The slot without any literal; None where it can have no value."""
        return self._node(slot, allowed, frozenset())

    def _node(self, slot: str, allowed: Range, numbers: frozenset[Number]) -> Node | None:
        key = (slot, allowed, numbers)
        if key not in self.known:
            try:
                found = value_of(frozenset(self.literals.literals[number] for number in numbers), allowed)
                self.known[key] = None if found is None else Node(slot, allowed, numbers, found)
            except GivenUp:
                self.known[key] = Node(slot, allowed, numbers, None)
        return self.known[key]

    def after(self, node: Node, number: Number) -> Node | None:
        """The node with one more literal; None where they cannot be met together."""
        if number in node.numbers:
            return node
        if number not in node.after:
            node.after[number] = self._node(node.slot, node.allowed, node.numbers | {number})
        return node.after[number]


@dataclass(slots=True)
class State:
    """A search at some point: the literals so far, and which values slots may have that have none yet."""

    search: Search
    nodes: Nodes
    ranges: Callable[[str], Range] = field(default=lambda _slot: ANY_VALUE)

    def node(self, slot: str) -> Node | None:
        """The node of a slot."""
        return self.nodes.get(slot) or self.search.root(slot, self.ranges(slot))

    def can_be(self, number: Number) -> bool:
        """True where the literal can be true with those so far."""
        node = self.node(self.search.literals.slot(number))
        return node is not None and self.search.after(node, number) is not None

    def must_be(self, number: Number) -> bool:
        """True where the literals so far leave the literal no choice but to be true."""
        return not self.can_be(number ^ 1)

    def with_all(self, numbers: Iterable[Number]) -> State | None:
        """The state with more literals; None where they cannot be met together."""
        nodes = dict(self.nodes)
        for number in numbers:
            slot = self.search.literals.slot(number)
            node = nodes.get(slot) or self.search.root(slot, self.ranges(slot))
            after = node and self.search.after(node, number)
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
