"""What is wrong with log files, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.load.rule import quoted
from org.model.finding import Span
from org.replay.rules import BAD_LOG

if TYPE_CHECKING:
    from org.model.finding import Finding
    from org.replay.runs import Totals


def damages(numbers: Totals) -> list[Finding]:
    """One finding for each file and kind of damage."""
    findings = []
    for one in numbers.damages:
        times = f", {one.times:,} times in this file" if one.times > 1 else ""
        what = f"{quoted(one.file)} {one.what}{times}"
        findings.append(BAD_LOG.finding(what, Span(one.file, one.line, one.column, one.line, one.column + 1)))
    return findings
