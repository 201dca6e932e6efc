"""The catalogue and what holds where, as Markdown for a page or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.controls.text import available, holds
from org.controls.words import corrects, detects, maps_to, prevents, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.controls import Row
    from org.controls.coverage import Unit


def catalogue(rows: Sequence[Row]) -> str:
    """The summary and one table of every control."""
    cells = (
        (
            row.control.id,
            row.control.recommendation,
            prevents(row, _code),
            detects(row, _code),
            corrects(row, _code),
            maps_to(row),
        )
        for row in rows
    )
    return (
        f"{summary(rows)}.\n\n{_table(('id', 'recommendation', 'prevents', 'detects', 'corrects', 'maps to'), cells)}"
    )


def coverage(units: Sequence[Unit], total: int) -> str:
    """A heading for each unit with a table of what holds there, and at the end what would serve the rest."""
    parts = []
    for unit in units:
        parts.append(f"## {unit.name}: {len(unit.whole)} of {total} recommendations hold")
        parts.append(f"Accounts: {', '.join(map(_code, unit.accounts)) or 'none'}.")
        if unit.held:
            parts.append(_table(("id", "holds by"), ((held.control, holds(held)) for held in unit.held)))
        if unit.available:
            parts.append(f"Not yet: {', '.join(unit.available)}.")
        if unit.nothing:
            parts.append(f"Nothing serves yet: {', '.join(unit.nothing)}.")
    lacking = available(units)
    if lacking:
        rows = ((control, ", ".join(map(_code, served))) for control, served in lacking.items())
        parts += ["## What would serve the rest", _table(("id", "by"), rows)]
    return "\n\n".join(parts)


def _code(name: str) -> str:
    return f"`{name}`"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *cells])
