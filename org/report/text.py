"""Findings for people: the line of the file, carets under what is meant, and one line of help."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from org.model.finding import Severity

if TYPE_CHECKING:
    from org.model.finding import Finding, Span

SHOWN: Final = 50
WIDEST: Final = 240
"""A longer line of the file is shown around what is meant."""
BREAKS: Final = re.compile(r"\r\n|\r|\n")
COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
GUTTER: Final = "34"


def findings(found: Sequence[Finding], sources: Mapping[str, str], colour: bool = False) -> str:
    """The first 50 findings as a text of several lines each, errors and warnings in the order of the file."""
    shown = {span.file for finding in found[:SHOWN] for span in (finding.span, finding.seen) if span}
    lines = {name: BREAKS.split(text) for name, text in sources.items() if name in shown}
    blocks = [block(finding, lines, Paint(colour)) for finding in found[:SHOWN]]
    if len(found) > SHOWN:
        blocks.append(f"and {len(found) - SHOWN} more; `--format json` has all of them")
    return "\n\n".join(blocks)


def summary(found: Sequence[Finding]) -> str:
    """The counts in words: `2 errors and 1 warning`."""
    counts = [(severity.value, sum(one.severity is severity for one in found)) for severity in COLOURS]
    words = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts if count]
    return " and ".join(words) or "no findings"


class Paint:
    """Puts colour around text, or does not."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, code: str) -> str:
        """The text in the colour of the code."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def block(finding: Finding, lines: Mapping[str, Sequence[str]], paint: Paint) -> str:
    """One finding: the headline, the place, the line of the file with carets, the help, and where to read more."""
    code = COLOURS[finding.severity]
    headline = f"{paint(f'{finding.severity.value}[{finding.rule}]', f'1;{code}')}: {paint(safe(finding.message), '1')}"
    span = finding.span
    width = len(str(max(span.line if span else 0, finding.seen.line if finding.seen else 0)))
    bar = paint(f"{' ' * width} |", GUTTER)
    written = [headline]
    if span:
        written += [paint(f"{' ' * width}--> ", GUTTER) + safe(str(span)), *excerpt(span, lines, width, paint, code)]
    elif finding.place:
        written.append(f"{' ' * width}--> {safe(str(finding.place))}")
    if finding.seen:
        written.append(paint(f"{' ' * width}::: ", GUTTER) + safe(str(finding.seen)))
        written += excerpt(finding.seen, lines, width, paint, GUTTER)
    if len(written) > 2:
        written.append(bar)
    if finding.help:
        written.append(f"{' ' * width} {paint('= help:', '1')} {safe(finding.help)}")
    written.append(f"{' ' * width} {paint('= more:', '1')} org explain {finding.rule}")
    return "\n".join(written)


def excerpt(span: Span, lines: Mapping[str, Sequence[str]], width: int, paint: Paint, code: str) -> list[str]:
    """The line of the file that the span begins on, with carets under it; nothing where the file has no such line."""
    source = lines.get(span.file, ())
    if not 1 <= span.line <= len(source) or not any(source):
        return []
    line = source[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    start, stop = span.column - 1, max(end - 1, span.column)
    first = max(0, start - WIDEST // 3) if len(line) > WIDEST else 0
    shown = line[first : first + WIDEST]
    before, meant = cells(line[first:start]), max(1, cells(line[start : min(stop, first + WIDEST)]))
    bar = paint("|", GUTTER)
    return [
        f"{' ' * width} {bar}",
        f"{paint(str(span.line).rjust(width), GUTTER)} {bar} {visible(shown)}",
        f"{' ' * width} {bar} {' ' * before}{paint('^' * meant, code)}",
    ]


def visible(text: str) -> str:
    """The text as one cell or two for each character: tabs are spaces, and what is not printable is a sign for it."""
    return "".join(" " if c == "\t" else c if c.isprintable() else "\ufffd" for c in text)


def cells(text: str) -> int:
    """How wide a terminal shows the visible text."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def safe(text: str) -> str:
    """The text on one line and without anything that a terminal would act on."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
