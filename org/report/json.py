"""Findings as JSON: `{"version": 1, "findings": [...]}`, complete, one finding an object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Finding

VERSION = 1


def findings(found: Sequence[Finding]) -> str:
    """The findings as a JSON text; every character that is not ASCII is escaped, so nothing reaches a terminal raw."""
    return json.dumps({"version": VERSION, "findings": [plain(finding) for finding in found]}, indent=2)


def plain(finding: Finding) -> dict[str, Any]:
    """One finding as plain data; a finding that is about no file has null for its place in one."""
    span = finding.span
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "help": finding.help,
        "fingerprint": finding.fingerprint,
    }
