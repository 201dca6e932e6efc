"""Findings as JSON: `{"version": 1, "findings": [...]}`, complete, one finding an object."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Finding

VERSION = 1


def findings(found: Sequence[Finding]) -> str:
    """The findings as a JSON text; every character that is not ASCII is escaped, so nothing reaches a terminal raw."""
    written = [plain(finding, fingerprint) for finding, fingerprint in zip(found, fingerprints(found), strict=True)]
    return json.dumps({"version": VERSION, "findings": written}, indent=2)


def fingerprints(found: Sequence[Finding]) -> Iterator[str]:
    """A fingerprint for each finding, in order; those that say the same of one file are counted, so that none is lost.

    Code-quality reports drop a finding whose fingerprint they have seen.
    """
    seen: Counter[str] = Counter()
    for finding in found:
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        yield finding.fingerprint if count == 1 else f"{finding.fingerprint}-{count}"


def plain(finding: Finding, fingerprint: str) -> dict[str, Any]:
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
        "fingerprint": fingerprint,
    }
