"""A plan for a pull-request comment: danger first, one line of totals, details folded, never over a comment's limit.

GitHub refuses a comment over 65,536 characters. Names and tags come from strangers, so nothing in them is markup.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.report.plan_words import lines, printable, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.model.change import Plan
    from org.report.plan_words import Line

LIMIT = 60_000
"""Characters and bytes of one comment, with room to spare below GitHub's 65,536."""
OPEN_ROWS = 10
"""Up to this many changes are shown open; more are folded."""
HEAD = "| | what | where | source |\n| --- | --- | --- | --- |"
_MARKUP = "\\`*_{}[]<>#|~@&:"
_CALLS = re.compile(r"(?<!\w)@(?=\w)|#(?=\d)|(?i:\bGH-)(?=\d)")
"""What GitHub looks for in the text that comes of Markdown, where an entity is a character like any other."""
NO_WIDTH = "\u200b"


def escaped(text: str) -> str:
    """The text with nothing left in it that Markdown, HTML, a link or a mention could act on."""
    apart = _CALLS.sub(lambda match: match[0] + NO_WIDTH, printable(text))
    plain = "".join(f"&#{ord(c)};" if c in _MARKUP or c == NO_WIDTH else c for c in apart)
    return re.sub(r"(?i)\bwww\.", lambda match: f"{match[0][:-1]}&#46;", plain)


def plan(planned: Plan) -> str:
    """The plan as Markdown."""
    parts = [f"### org plan: {totals(planned)}"]
    parts += [f"> [!CAUTION]\n> guard `{name}`: {escaped(because)}" for name, because in planned.guards]
    parts += [f"> [!WARNING]\n> {escaped(finding.message)}" for finding in planned.findings]
    commit = f" for commit `{planned.commit[:12]}`" if planned.commit else ""
    foot = f"Plan `{planned.plan_id[:12]}`{commit}"
    rows = list(lines(planned))
    if rows:
        table, shown = _table(rows, LIMIT - _size([*parts, foot]) - 400)
        parts.append(table)
        details = _details(rows[:shown], LIMIT - _size([*parts, foot]) - 400)
        parts += [details] if details else []
    return "\n\n".join([*parts, foot]) + "\n"


def _size(parts: Iterable[str]) -> int:
    return sum(len(part.encode()) + 2 for part in parts)


def _fitting(texts: Sequence[str], room: int) -> list[str]:
    """The first texts, as many as fit into the room in bytes."""
    fitting = []
    for text in texts:
        room -= len(text.encode()) + 1
        if room < 0:
            break
        fitting.append(text)
    return fitting


def _table(rows: Sequence[Line], room: int) -> tuple[str, int]:
    """The rows that fit, folded where they are many, and how many they are."""
    cells = [f"| {escaped(r.symbol)} | {escaped(r.what)} | {escaped(r.where)} | {escaped(r.source)} |" for r in rows]
    shown = _fitting(cells, room)
    table = "\n".join([HEAD, *shown])
    if len(shown) < len(rows):
        table += f"\n\nShowing {len(shown)} of {len(rows)} changes; the plan file has them all."
    if len(rows) > OPEN_ROWS:
        table = f"<details><summary>{len(rows)} changes</summary>\n\n{table}\n\n</details>"
    return table, len(shown)


def _details(rows: Sequence[Line], room: int) -> str:
    """What differs, folded, as a diff: a fence longer than any in the text keeps everything inside it text."""
    texts = ["\n".join([f"# {row.what}", *row.details]) for row in rows if row.details]
    shown = _fitting(texts, room)
    if not texts:
        return ""
    longest = max((len(run) for text in shown for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    left_out = f"\n\n{len(texts) - len(shown)} more are in the plan file." if len(shown) < len(texts) else ""
    body = "\n".join([f"{fence}diff", *shown, fence])
    return f"<details><summary>what differs</summary>\n\n{body}{left_out}\n\n</details>"
