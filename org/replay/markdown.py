"""What a replay found, for a comment: the worst first, details folded, names of strangers made harmless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.replay import words
from org.replay.replaying import Outcome
from org.report.plan_markdown import LIMIT, OPEN_ROWS, escaped

if TYPE_CHECKING:
    from org.replay.replaying import Group, Replayed
    from org.replay.side import Side
    from org.replay.words import Place

HEAD = "| account | principal | action | calls | why |\n| --- | --- | --- | --- | --- |"


def replayed(found: Replayed, side: Side, place: Place) -> str:
    """One table for each outcome, as many rows as fit into a comment."""
    parts = [f"### org replay: {escaped(words.totals(found))}"]
    room = LIMIT - len(parts[0].encode()) - 200 * len(Outcome)
    for outcome in Outcome:
        groups = found.of(outcome)
        if not groups:
            continue
        rows = []
        for group in groups:
            row = _row(group, side, place)
            if len(row.encode()) + 1 > room:
                break
            room -= len(row.encode()) + 1
            rows.append(row)
        parts += _table(outcome, rows, len(groups))
    return "\n\n".join(parts) + "\n"


def _table(outcome: Outcome, rows: list[str], number: int) -> Iterator[str]:
    title = words.TITLES[outcome]
    table = "\n".join([HEAD, *rows])
    if len(rows) < number:
        table += f"\n\nShowing {len(rows)} of {number:,}; `--format json` has all of them."
    if number > OPEN_ROWS:
        yield f"<details><summary>{title}: {number:,} rows</summary>\n\n{table}\n\n</details>"
    else:
        yield f"**{title}**"
        yield table


def _row(group: Group, side: Side, place: Place) -> str:
    why = "<br>".join(escaped(line) for line in words.at_fault(group, place))
    sample = f"{words.how_often(group)}<br>first: event {escaped(group.event)} on {escaped(group.resources[0])}"
    cells = (words.account(group, side), words.principal(group), group.action)
    return f"| {' | '.join(map(escaped, cells))} | {sample} | {why} |"
