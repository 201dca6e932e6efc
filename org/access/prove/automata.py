"""The intersection of patterns: a shortest text that fits each of some lists of patterns and none of another list.

Each list is one automaton whose state is a whole number: bit n says that the text so far leads to place n. A step is a
few operations on it, whatever the number of patterns. The search walks the states of all automata side by side.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from org.access.prove.patterns import Tokens

COLON = ":"
OTHERS = (*b"xyzqjkw0123456789-_", *range(0x21, 0x7F), *range(0x391, 0x3000))
"""Characters to write where any will do, those that read well first."""
MOST_STATES = 20_000
"""A search that has seen so many states is given up; real policies need some hundreds."""


class GivenUp(Exception):
    """The search took too long: nobody knows whether there is such a text."""


@dataclass(slots=True)
class Machine:
    """The automaton of a list of patterns: it accepts a text that fits at least one of them."""

    start: int = 0
    accept: int = 0
    skipped: int = 0
    """Places of a `*`, which may stand for nothing."""
    stays: int = 0
    stays_at_colon: int = 0
    anything: int = 0
    """Places of a `?`."""
    anything_but_colon: int = 0
    moves: dict[str, int] = field(default_factory=dict)
    """The places that a character leads on from, for each character that is in a pattern."""

    def after(self, state: int, char: str) -> int:
        """The state after one more character."""
        wild = self.anything if char == COLON else self.anything | self.anything_but_colon
        moved = (state & (self.moves.get(char, 0) | wild)) << 1
        return self.closed(moved | (state & (self.stays_at_colon if char == COLON else self.stays)))

    def closed(self, state: int) -> int:
        """The state with the places behind each `*`, several in a row too."""
        skipped = state & self.skipped
        while skipped:
            state |= skipped << 1
            skipped = (skipped << 1) & self.skipped
        return state

    def fits(self, text: str) -> bool:
        """True where the text fits one of the patterns."""
        state = self.start
        for char in text:
            state = self.after(state, char)
        return bool(state & self.accept)


def machine(patterns: Iterable[Tokens]) -> Machine:
    """The automaton of the patterns; of no patterns, one that accepts nothing."""
    made = Machine()
    place = 0
    for found in patterns:
        made.start |= 1 << place
        for token in found:
            bit = 1 << place
            if token.many:
                made.skipped |= bit
                made.stays |= bit
                made.stays_at_colon |= bit if token.colon else 0
            elif not token.chars:
                made.anything |= bit if token.colon else 0
                made.anything_but_colon |= 0 if token.colon else bit
            else:
                for char in token.chars:
                    made.moves[char] = made.moves.get(char, 0) | bit
            place += 1
        made.accept |= 1 << place
        place += 1
    made.start = made.closed(made.start)
    return made


def common_text(
    wanted: Sequence[Machine], unwanted: Machine, allowed: Callable[[str], bool] | None = None
) -> str | None:
    """A shortest text that each of `wanted` accepts and `unwanted` does not; None where there is none.

    `allowed` says which characters it may have. Raises `GivenUp`.
    """
    alphabet = _alphabet(wanted, unwanted, allowed)
    first = (*(one.start for one in wanted), unwanted.start)
    came: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        state = waiting.popleft()
        *good, bad = state
        if not bad & unwanted.accept and all(one & of.accept for one, of in zip(good, wanted, strict=True)):
            return _spelled(came, state)
        if len(came) > MOST_STATES:
            raise GivenUp(f"no decision about {len(wanted)} lists of patterns after {MOST_STATES:,} states")
        for char in alphabet:
            after = _step(wanted, unwanted, state, char)
            if after is not None and after not in came:
                came[after] = (state, char)
                waiting.append(after)
    return None


def _alphabet(wanted: Sequence[Machine], unwanted: Machine, allowed: Callable[[str], bool] | None) -> list[str]:
    """The characters of all patterns, and one that is in none of them and stands for all of those."""
    known = set(COLON).union(unwanted.moves, *(one.moves for one in wanted))
    others = (char for char in map(chr, OTHERS) if char not in known and (allowed is None or allowed(char)))
    return [char for char in [*islice(others, 1), *sorted(known)] if allowed is None or allowed(char)]


def _step(wanted: Sequence[Machine], unwanted: Machine, state: tuple[int, ...], char: str) -> tuple[int, ...] | None:
    """The states after a character; None where one of the wanted can no longer accept."""
    after = []
    for one, of in zip(state, wanted, strict=False):
        reached = of.after(one, char)
        if not reached:
            return None
        after.append(reached)
    return (*after, unwanted.after(state[-1], char))


def _spelled(came: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None], state: tuple[int, ...]) -> str:
    text = []
    step = came[state]
    while step is not None:
        state, char = step
        text.append(char)
        step = came[state]
    return "".join(reversed(text))
