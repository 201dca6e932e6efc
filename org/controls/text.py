"""The catalogue and what holds where, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.controls.words import corrects, detects, maps_to, prevents, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.controls import Row
    from org.controls.coverage import Held, Unit

WIDE = 9
"""The column in which the text of a line begins."""


def catalogue(rows: Sequence[Row]) -> str:
    """Every control with a line for each of what prevents, notices and mends its breach, and a summary at the end."""
    return "\n\n".join([*("\n".join(_row(row)) for row in rows), summary(rows)])


def _row(row: Row) -> Iterator[str]:
    yield f"{row.control.id:<{WIDE}}{row.control.recommendation}"
    lines = (
        ("prevents", prevents(row)),
        ("detects", detects(row)),
        ("corrects", corrects(row)),
        ("roles", ", ".join(row.roles)),
        ("maps to", maps_to(row)),
    )
    for word, text in lines:
        if text:
            yield f"{'':<{WIDE}}{word:<9} {text}"


def coverage(units: Sequence[Unit], total: int) -> str:
    """For each unit what holds and by what, what does not, and at the end what would make it hold."""
    parts = ["\n".join(_unit(unit, total)) for unit in units]
    lacking = available(units)
    if lacking:
        lines = [f"  {control:<{WIDE}}{', '.join(served)}" for control, served in lacking.items()]
        parts.append("\n".join(["what would serve the recommendations that do not hold somewhere:", *lines]))
    return "\n\n".join(parts)


def available(units: Sequence[Unit]) -> dict[str, tuple[str, ...]]:
    """By control that does not hold somewhere, what of this program would serve it."""
    return dict(sorted({control: served for unit in units for control, served in unit.available.items()}.items()))


def _unit(unit: Unit, total: int) -> Iterator[str]:
    count = len(unit.accounts)
    yield f"{unit.name} ({count} account{'' if count == 1 else 's'}): {len(unit.whole)} of {total} recommendations hold"
    for held in unit.held:
        yield f"  {held.control:<{WIDE}}{holds(held)}"
    if unit.available:
        yield f"  {'not yet':<{WIDE}}{', '.join(unit.available)}"
    if unit.nothing:
        yield f"  {'no means':<{WIDE}}{', '.join(unit.nothing)}"


def holds(held: Held) -> str:
    """By what a recommendation holds, how far, and where it does not."""
    where = ", ".join(f"{key} ({why})" if why else key for key, why in held.missing.items())
    if not held.by:
        return f"does not hold in {where}"
    text = "; ".join(held.by)
    text = f"in part, by {text}: {held.part}" if held.part else text
    return f"{text}; but not in {where}" if where else text
