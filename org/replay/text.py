"""What a replay found, for a terminal: by outcome, then account, principal and action."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from org.replay import words
from org.replay.replaying import Outcome
from org.report.text import Paint, safe

if TYPE_CHECKING:
    from org.replay.replaying import Group, Replayed
    from org.replay.side import Side
    from org.replay.words import Place

COLOURS = {Outcome.NEWLY_DENIED: "31", Outcome.DENIED: "31", Outcome.DEPENDS: "33", Outcome.NEWLY_ALLOWED: "32"}
SHOWN = 200
"""Groups of one outcome that are shown; `--format json` has all."""


def replayed(found: Replayed, side: Side, place: Place, colour: bool = False) -> str:
    """The groups and one line of totals."""
    paint = Paint(colour)
    lines: list[str] = []
    for outcome in Outcome:
        groups = found.of(outcome)
        if groups:
            lines += [paint(words.TITLES[outcome].upper(), f"1;{COLOURS[outcome]}"), *_groups(groups, side, place), ""]
    return "\n".join([*lines, words.totals(found)]) + "\n"


def _groups(groups: tuple[Group, ...], side: Side, place: Place) -> Iterator[str]:
    shown = groups[:SHOWN]
    ordered = sorted(shown, key=lambda one: (words.account(one, side), one.principal, -one.count, one.action))
    for account, of_account in groupby(ordered, key=lambda one: words.account(one, side)):
        yield f"  {safe(account)}"
        for principal, of_principal in groupby(of_account, key=words.principal):
            yield f"    {safe(principal)}"
            for group in of_principal:
                yield f"      {safe(group.action)}  {words.how_often(group)}"
                yield from (f"        {safe(line)}" for line in words.at_fault(group, place))
                yield f"        first: event {safe(group.event) or '(without an id)'} on {safe(group.resources[0])}"
    if len(groups) > SHOWN:
        yield f"  and {len(groups) - SHOWN:,} more groups; `--format json` has all of them"
