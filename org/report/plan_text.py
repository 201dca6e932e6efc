"""A plan for a terminal or a log: one line a change, details below, totals last. Nothing is ever cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.report.plan_words import Line, lines, printable, totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.change import Plan

_COLOURS = {"+": "32", "~": "33", ">": "36", "-": "31", "!": "1;31"}


def plan(planned: Plan, *, colour: bool = False) -> str:
    """The plan as text; `colour` adds terminal colours."""
    return "\n".join(_lines(planned, colour=colour)) + "\n"


def _lines(planned: Plan, *, colour: bool) -> Iterator[str]:
    for line in lines(planned):
        yield _painted(line.symbol, _one(line), colour=colour)
        for detail in line.details:
            yield _painted(detail[0], f"      {detail}", colour=colour)
    if planned.changes:
        yield ""
    for name, because in planned.guards:
        yield _painted("!", f"! guard {name}: {printable(because)} (allow it with --allow {name})", colour=colour)
    yield f"Plan: {totals(planned)}." + (f" (plan {planned.plan_id[:12]})" if planned.changes else "")


def _one(line: Line) -> str:
    where = f" {line.where}" if line.where else ""
    source = f"  [{line.source}]" if line.source else ""
    return f"  {line.symbol} {line.what}{where}{source}"


def _painted(symbol: str, text: str, *, colour: bool) -> str:
    code = _COLOURS.get(symbol)
    return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text
