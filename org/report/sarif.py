"""Findings as SARIF 2.1.0, which code scanning on GitHub, GitLab and Azure DevOps reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from org.model.finding import Severity
from org.report.json import fingerprints

if TYPE_CHECKING:
    from org.model.finding import Finding, Span

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def findings(found: Sequence[Finding], titles: Mapping[str, str]) -> str:
    """A SARIF log with one run; `titles` has the title of each rule by its id."""
    used = sorted({finding.rule for finding in found})
    rules = [{"id": rule, "shortDescription": {"text": titles.get(rule, rule)}} for rule in used]
    driver = {"name": "org", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            result(finding, used.index(finding.rule), fingerprint)
            for finding, fingerprint in zip(found, fingerprints(found), strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    """One finding as a result."""
    text = f"{finding.message}; {finding.help}" if finding.help else finding.message
    written: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": text},
        "partialFingerprints": {"org/v1": fingerprint},
    }
    if finding.span:
        written["locations"] = [location(finding.span)]
    if finding.seen:
        written["relatedLocations"] = [location(finding.seen)]
    return written


def location(span: Span) -> dict[str, Any]:
    """A stretch of a file; an absolute path is a file URI, as SARIF asks for."""
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    uri = quote(span.file) if not span.file.startswith("/") else f"file://{quote(span.file)}"
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
