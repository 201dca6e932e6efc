"""Scenarios and requests read from files: `org.access.scenario` with the place of every mistake."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org.access.scenario import KEYS, Scenario, Unfit
from org.errors import BadInput
from org.model.finding import Finding, Severity, Span
from org.policy.lint.json_reader import NotJson, read
from org.policy.words import finding, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.document import Document
    from org.access.policies import Policies
    from org.model.request import Request
    from org.policy.parse import Path, Tree

LONGEST = 4 * 1024 * 1024
"""A scenario with every quota of AWS used up has some 700 kB."""
LONGEST_LINE = 1024 * 1024
PLACED = 512 * 1024
"""Up to this length the reader that knows places is asked for the place of a mistake: it is a hundred times slower."""
FORMAT = "docs/decide.md describes the format"


def read_scenario(content: bytes, file: str) -> Scenario:
    """The scenario of a file's content; raises `BadInput`, with the place, where it is none."""
    if len(content) > LONGEST:
        raise BadInput([_unreadable(f"more than {LONGEST:,} bytes", Span(file), "is this a scenario?")])
    text = _decoded(content, file)
    given = _parsed(text, file, "scenario")
    try:
        return Scenario(given)
    except Unfit as unfit:
        raise _misfit(unfit, text, file, "scenario") from unfit


def read_request(line: bytes, number: int, file: str, scenario: Scenario) -> tuple[Policies, tuple[Request, ...]]:
    """The policies and the requests of one line of a file; raises `BadInput`, with the place, where it is none."""
    try:
        if len(line) > LONGEST_LINE:
            message = f"a line of more than {LONGEST_LINE:,} bytes"
            raise BadInput([_unreadable(message, Span(file), "is this a request?")])
        text = _decoded(line, file)
        given = _parsed(text, file, "request")
        try:
            return scenario.ask(given)
        except Unfit as unfit:
            raise _misfit(unfit, text, file, "request") from unfit
    except BadInput as error:
        raise BadInput([_moved(one, number - 1) for one in error.findings], error.sources) from error


def broken_statements(scenario: Scenario, content: bytes, file: str) -> tuple[Finding, ...]:
    """A warning for each statement of a scenario whose meaning is not known, where it stands."""
    broken = [
        (path, statement)
        for path, document in placed(scenario.policies)
        for statement in document.statements
        if statement.broken
    ]
    if not broken:
        return ()
    tree = _tree(_decoded(content, file), file, "scenario")
    found = []
    for path, statement in broken:
        span = Span(file) if tree is None else tree.span(_statement_path(tree, path, statement.number))
        message = f"nobody knows what this statement means: {statement.broken}"
        help_ = "requests that it may be about are answered `unknown`"
        found.append(finding("ORG122", message, span, help=help_, severity=Severity.WARNING))
    return tuple(found)


def placed(policies: Policies) -> Iterator[tuple[Path, Document]]:
    """Every document of a scenario with the way to it from the top of the file."""
    for key, documents in (("identity_policies", policies.identity), ("session_policies", policies.session)):
        yield from (((key, number), document) for number, document in enumerate(documents))
    for key, single in (("permissions_boundary", policies.boundary), ("resource_policy", policies.resource)):
        yield from (((key,), document) for document in ((single,) if single else ()))
    for key, levels in (("scps", policies.scps), ("rcps", policies.rcps)):
        for level, documents in enumerate(levels or ()):
            yield from (((key, level, number), document) for number, document in enumerate(documents))


def _statement_path(tree: Tree, path: Path, number: int) -> Path:
    """The way to a statement, whether its document has a name of its own, and its statements are a list, or not."""
    for way in ((*path, "document"), path):
        for last in ((*way, "Statement", number), (*way, "Statement")):
            if last in tree.spans:
                return last
    return path


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"byte {error.start} is not UTF-8"
        raise BadInput(
            [_unreadable(message, Span(file, line, column, line, column + 1), "write it in UTF-8")]
        ) from error


class _Unclear(ValueError):
    """A key is there twice, or a number is none."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unclear
    return found


def _no_constant(_word: str) -> Any:
    raise _Unclear


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant)


def _parsed(text: str, file: str, noun: str) -> Any:
    """The data of a text. The quick reader says what is good, the one that knows places what is not."""
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        if len(text) > PLACED:
            line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
            span = Span(file, line, column, line, column + 1)
            help_ = "look for what is written twice, too deep, or no JSON"
            raise BadInput([_unreadable(f"not JSON: {str(error) or 'unclear'}", span, help_)]) from error
    try:
        tree, twice = read(text, file, noun)
    except NotJson as error:
        raise BadInput([_unreadable(f"not JSON: {error.message}", error.span, error.advice)], {file: text}) from error
    if twice:
        found = [
            _unreadable(f"key {shown(key)} is there twice", span, "leave one of them", seen=first)
            for key, span, first in twice
        ]
        raise BadInput(found, {file: text})
    return tree.value


def _misfit(unfit: Unfit, text: str, file: str, noun: str) -> BadInput:
    """What is wrong with the shape, at the key or value that it is about."""
    tree = _tree(text, file, noun)
    unknown = unfit.message.startswith("unknown key")
    help_ = suggestion(str(unfit.path[-1]), KEYS) if unknown and len(unfit.path) == 1 else FORMAT
    about = "" if unknown or not unfit.path else f"`{'.'.join(map(str, unfit.path))}`: "
    span = Span(file) if tree is None else tree.key(unfit.path) if unknown else tree.span(unfit.path)
    return BadInput([finding("ORG121", about + unfit.message, span, help=help_)], {file: text})


def _tree(text: str, file: str, noun: str) -> Tree | None:
    """The places of a text that could be read; None where it is longer or deeper than the reader of places goes."""
    if len(text) > PLACED:
        return None
    try:
        return read(text, file, noun)[0]
    except NotJson:
        return None


def _unreadable(message: str, span: Span, advice: str, seen: Span | None = None) -> Finding:
    return finding("ORG120", message, span, help=advice, seen=seen)


def _moved(found: Finding, lines: int) -> Finding:
    """The finding that many lines further down."""

    def down(span: Span | None) -> Span | None:
        return span and replace(span, line=span.line + lines, end_line=span.end_line + lines)

    return replace(found, span=down(found.span), seen=down(found.seen))
