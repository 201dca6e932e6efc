"""Where the keys and values of a file are, in little memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from org.model.finding import Finding, Span

BITS: Final = 24
"""Room for a line or a column: a file of 8 MiB has fewer than 2**24 of either."""
MASK: Final = (1 << BITS) - 1


@dataclass(slots=True)
class Marks:
    """Where a mapping or a list and its parts are. A position is four numbers packed into one, see `pack`.

    `items` has the position, or the Marks, of each value: a dict for a mapping, a list for a list. `keys` has the
    position of each key of a mapping.
    """

    at: int
    keys: dict[str, int] = field(default_factory=dict)
    items: Any = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's data, its positions and what is wrong with it; `data` is BROKEN where nothing could be read.

    `values` is the number of keys and values in this file and in those read before it.
    """

    file: str
    data: Any
    marks: int | Marks
    findings: tuple[Finding, ...]
    values: int = 0


def pack(start: Any, end: Any) -> int:
    """One number for a stretch of text; `start` and `end` are PyYAML's marks."""
    packed: int = ((start.line << BITS | start.column) << 2 * BITS) | (end.line << BITS | end.column)
    return packed


def unpack(file: str, at: int) -> Span:
    """The stretch of text as a Span, counting from 1."""
    line, column, end_line, end_column = (at >> shift * BITS & MASK for shift in (3, 2, 1, 0))
    return Span(file, line + 1, column + 1, end_line + 1, end_column + 1)


def ended(at: int, end: Any) -> int:
    """The position with another end."""
    packed: int = at >> 2 * BITS << 2 * BITS | end.line << BITS | end.column
    return packed


def find(marks: int | Marks, steps: Sequence[Any]) -> tuple[Marks | None, int | Marks]:
    """The container of the value at these steps, and the value's own position; stops where the way does."""
    parent: Marks | None = None
    here = marks
    for step in steps:
        if not isinstance(here, Marks):
            break
        try:
            parent, here = here, here.items[step]
        except (KeyError, IndexError, TypeError):
            break
    return parent, here


def value_span(file: str, marks: int | Marks, steps: Sequence[Any]) -> Span:
    """The stretch of a value; of its key where the value is empty or takes several lines."""
    parent, here = find(marks, steps)
    at = here.at if isinstance(here, Marks) else here
    span = unpack(file, at)
    if span.line == span.end_line and span.column != span.end_column:
        return span
    if parent is not None and steps and steps[-1] in parent.keys:
        return unpack(file, parent.keys[steps[-1]])
    if isinstance(here, Marks) and here.keys:
        return unpack(file, next(iter(here.keys.values())))
    return Span(file, span.line, span.column, span.line, span.column + 1)


def key_span(file: str, marks: int | Marks, steps: Sequence[Any]) -> Span:
    """The stretch of the key that the last step names."""
    parent, _ = find(marks, steps)
    if parent is not None and steps[-1] in parent.keys:
        return unpack(file, parent.keys[steps[-1]])
    return value_span(file, marks, steps)
