"""What Access Analyzer says about a document, where it was asked: `org check --policies FILE --judge aws`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.model.finding import Severity, Span
from org.model.policy import minified
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from org.model.finding import Finding
    from org.policy.lint.document import Document
    from org.policy.parse import Path

RULE = Rule(
    "ORG290",
    "a finding of Access Analyzer",
    "With `--judge aws` each document is also given to AWS's own validator, ValidatePolicy of IAM Access Analyzer. Its "
    "findings stand beside ours, with AWS's code and words. AWS's ERROR is an error, SECURITY_WARNING and WARNING are "
    "warnings, and SUGGESTION is a note. All its checks: "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
    wrong="",
    right="",
    severity=Severity.WARNING,
)
SEVERITIES = {
    "ERROR": Severity.ERROR,
    "SECURITY_WARNING": Severity.WARNING,
    "WARNING": Severity.WARNING,
    "SUGGESTION": Severity.NOTE,
}
"""Our severities by AWS's findingType; one that is new to us is a warning."""


def text_of(document: Document, source: str) -> str:
    """What AWS is sent: the file's own text where that is the document in JSON, else the document without spaces."""
    try:
        is_document = json.loads(source) == document.tree.value
    except ValueError:
        is_document = False
    return source if is_document else minified(document.tree.value)


def told(document: Document, said: Mapping[str, Any], *, as_written: bool) -> Finding:
    """The finding for one ValidatePolicyFinding of AWS; `as_written` where AWS was sent the file's own text.

    Only then are AWS's lines and columns those of the file; otherwise its path leads to the place, or the document's
    start where the path cannot be followed.
    """
    words = " ".join(said["findingDetails"].split()).rstrip(".")
    return RULE.finding(
        f"`{said['issueCode']}` in AWS's words: {words}",
        _place(document, said["locations"], as_written=as_written),
        said["learnMoreLink"],
        severity=SEVERITIES.get(said["findingType"], Severity.WARNING),
    )


def _place(document: Document, locations: Sequence[Mapping[str, Any]], *, as_written: bool) -> Span:
    if not locations:
        return _start(document.tree.span(()))
    if not as_written:
        return _node(document, locations[0]["path"])
    start, end = locations[0]["span"]["start"], locations[0]["span"]["end"]
    file = document.tree.span(()).file
    span = Span(file, start["line"], start["column"] + 1, end["line"], end["column"] + 1)  # AWS's columns are from 0
    return span if span.line == span.end_line else _start(span)


def _node(document: Document, steps: Sequence[Mapping[str, Any]]) -> Span:
    """Where the node at AWS's path stands in the file."""
    path: Path = tuple(
        step.get("index", step.get("value", step.get("key", ""))) for step in steps if step.keys() != {"substring"}
    )
    named = bool(steps) and "key" in steps[-1]
    span = document.tree.key(path) if named else document.tree.span(path)
    return span if span.line == span.end_line else _start(span)


def _start(span: Span) -> Span:
    """The first character of what goes on for many lines."""
    return Span(span.file, span.line, span.column, span.line, span.column + 1)
