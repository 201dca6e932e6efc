"""ValidatePolicy of Access Analyzer: the few of its checks whose verdict is certain from the text alone.

A document that none of them concerns gets no finding here, whatever AWS would say of it. Codes, types and words are
those of the IAM User Guide page access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from org.policy.lint.json_reader import NotJson, read
from org.sandbox.strict.paging import position, token
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers

if TYPE_CHECKING:
    from org.model.finding import Span
    from org.policy.parse import Path, Tree

PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
BREAK = re.compile(r"\r\n|\r|\n")
LARGEST = 100


@answers("accessanalyzer", Audience.ANYBODY)
def validate_policy(request: Request) -> dict[str, Any]:
    """The findings about a document, in pages (API page ValidatePolicy)."""
    text, wanted = request.parameters["policyDocument"], request.parameters
    listing = zlib.crc32(text.encode())
    try:
        offset, number = position(wanted.get("nextToken"), listing)
    except Refusal as refusal:
        raise Refusal("ValidationException", "Invalid nextToken.") from refusal
    size = max(1, min(wanted.get("maxResults", LARGEST), LARGEST))
    found = list(findings(text))
    answer: dict[str, Any] = {"findings": found[offset : offset + size]}
    if len(found) > offset + size:
        answer["nextToken"] = token(listing, offset + size, number + 1)
    return answer


def findings(text: str) -> Iterator[dict[str, Any]]:
    """JSON_SYNTAX_ERROR, MISSING_VERSION and EMPTY_SID_VALUE, where the text has them.

    The page does not say where MISSING_VERSION is located: here it is the whole document.
    """
    try:
        tree, _ = read(text, "")
    except NotJson as error:
        at = located(text, (), error.span)
        start = at["span"]["start"]
        words = f"Fix the JSON syntax error at index {start['offset']} line {start['line']} column {start['column']}."
        yield finding("ERROR", "JSON_SYNTAX_ERROR", "error-json-syntax-error", words, at)
        return
    if not isinstance(tree.value, dict):
        return
    if "Version" not in tree.value:
        words = "We recommend that you specify the Version element to help you with debugging permission issues."
        at = located(text, (), tree.span(()))
        yield finding("WARNING", "MISSING_VERSION", "general-warning-missing-version", words, at)
    for path in sids(tree):
        words = "Add a value to the empty string in the Sid element."
        at = located(text, path, tree.span(path))
        yield finding("SUGGESTION", "EMPTY_SID_VALUE", "suggestion-empty-sid-value", words, at)


def sids(tree: Tree) -> Iterator[Path]:
    """The path of every Sid that is an empty text."""
    listed = tree.value.get("Statement")
    statements: list[tuple[Path, Any]] = [(("Statement",), listed)]
    if isinstance(listed, list):
        statements = [(("Statement", number), statement) for number, statement in enumerate(listed)]
    for path, statement in statements:
        if isinstance(statement, dict) and statement.get("Sid") == "":
            yield (*path, "Sid")


def finding(kind: str, code: str, anchor: str, words: str, at: dict[str, Any]) -> dict[str, Any]:
    """One finding as AWS writes it (API page ValidatePolicyFinding)."""
    return {
        "findingDetails": words,
        "findingType": kind,
        "issueCode": code,
        "learnMoreLink": f"{PAGE}#access-analyzer-reference-policy-checks-{anchor}",
        "locations": [at],
    }


def located(text: str, path: Path, span: Span) -> dict[str, Any]:
    """A place as AWS writes it: lines from 1, columns and offsets from 0 (API pages Location and Position)."""
    lines = [0, *(found.end() for found in BREAK.finditer(text))]

    def at(line: int, column: int) -> dict[str, int]:
        return {"line": line, "column": column - 1, "offset": lines[line - 1] + column - 1}

    return {
        "path": [{"index": step} if isinstance(step, int) else {"value": step} for step in path],
        "span": {"start": at(span.line, span.column), "end": at(span.end_line, span.end_column)},
    }
