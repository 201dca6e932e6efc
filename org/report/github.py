"""Findings as workflow commands, which GitHub shows as annotations in the changed files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from org.model.finding import Severity

if TYPE_CHECKING:
    from org.model.finding import Finding

SHOWN: Final = 10
"""GitHub shows 10 annotations of each kind for a step and drops the others without a word."""
COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def findings(found: Sequence[Finding]) -> str:
    """The 10 worst findings, a line each, and a line that says how many more there are."""
    worst = sorted(found, key=lambda finding: (list(COMMANDS).index(finding.severity), finding.order))
    lines = [command(finding) for finding in worst[:SHOWN]]
    if len(worst) > SHOWN:
        lines.append(f"{len(worst) - SHOWN} more findings: run `org check` to see them")
    return "\n".join(lines)


def command(finding: Finding) -> str:
    """One finding as a workflow command: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands."""
    span = finding.span
    places = {"title": finding.rule}
    if span:
        places = {"file": span.file, "line": str(span.line), "col": str(span.column), "endLine": str(span.end_line)}
        places |= {"endColumn": str(span.end_column - 1), "title": finding.rule}
    written = ",".join(f"{key}={escaped_property(value)}" for key, value in places.items())
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return f"::{COMMANDS[finding.severity]} {written}::{escaped(message)}"


def escaped(text: str) -> str:
    """The text as the value of a command: no line of it can be taken for a command."""
    kept = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in kept)


def escaped_property(text: str) -> str:
    """The text as a property of a command."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
