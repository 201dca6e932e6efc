"""A plan for a pull-request comment: danger first, one line of totals, details folded, never over a comment's limit.

GitHub refuses a comment over 65,536 characters; names and tags come from strangers, so nothing in them is markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.report.plan_words import Line, lines, printable, totals

if TYPE_CHECKING:
    from org.model.change import Plan

LIMIT = 60_000
"""Characters and bytes of one comment, with room to spare below GitHub's 65,536."""
OPEN_ROWS = 10
"""Up to this many changes are shown open; more are folded."""
_MARKUP = "\\`*_{}[]<>()#+-.!|~@&:"


def escaped(text: str) -> str:
    """The text with nothing left in it that Markdown, HTML or a mention could act on."""
    return "".join(f"&#{ord(c)};" if c in _MARKUP else c for c in printable(text))


def plan(planned: Plan) -> str:
    """The plan as Markdown."""
    parts = [f"### org plan: {totals(planned)}\n"]
    parts += [f"> [!CAUTION]\n> guard `{name}`: {escaped(because)}\n" for name, because in planned.guards]
    for finding in planned.findings:
        parts.append(f"> [!WARNING]\n> {escaped(finding.message)}\n")
    foot = (
        f"\nPlan `{planned.plan_id[:12]}`" + (f" for commit `{planned.commit[:12]}`" if planned.commit else "") + "\n"
    )
    room = LIMIT - len(foot.encode()) - sum(len(part.encode()) + 1 for part in parts) - 400
    if planned.changes:
        parts.append(_table(list(lines(planned)), room))
    return "\n".join(parts) + foot


def _table(rows: list[Line], room: int) -> str:
    """The rows that fit, folded where they are many, with a line that says how many are not shown."""
    shown, used = [], 0
    for row in rows:
        text = _row(row)
        used += len(text.encode()) + 1
        if used > room:
            break
        shown.append(text)
    head = "| | what | where | source |\n| --- | --- | --- | --- |"
    table = "\n".join([head, *shown])
    if len(shown) < len(rows):
        table += f"\n\nShowing {len(shown)} of {len(rows)} changes; the plan file has them all."
    if len(rows) <= OPEN_ROWS:
        return table
    return f"<details><summary>{len(rows)} changes</summary>\n\n{table}\n\n</details>"


def _row(line: Line) -> str:
    details = "".join(f"<br>{escaped(detail)}" for detail in line.details)
    return (
        f"| {escaped(line.symbol)} | {escaped(line.what)}{details} | {escaped(line.where)} | {escaped(line.source)} |"
    )
