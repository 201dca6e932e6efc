"""The text of a JSON file as a tree in which every node knows its place, or findings that say what is wrong and where.

Python's own reader knows no places, lets the last of two equal keys win, and ends in a RecursionError on deep nesting.
This one is a loop over tokens. https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from org.model.finding import Span
from org.policy.parse import DEEPEST, Tree
from org.policy.words import shown

if TYPE_CHECKING:
    from org.policy.parse import Path

SPACE = re.compile(r"[ \t\r\n]*")
TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+"')
WORD = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])|(?:true|false|null)(?!\w)")
BREAK = re.compile(r"\r\n|\r|\n")
JUNK = re.compile(r"[\w.$-]+|.", re.DOTALL)
SURROGATE = re.compile("[\ud800-\udfff]")
PAIRS = {"{": "}", "[": "]"}
FRAGMENT = "outside of an object"
KEY_WANTED = "a key in double quotes"


class _Wrong(Exception):
    """What is wrong with the text, at which offset, and what to write instead."""

    def __init__(self, message: str, start: int, end: int, advice: str) -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.advice = message, start, end, advice


@dataclass(slots=True)
class _Open:
    """An object or array whose end has not come yet."""

    value: dict[str, Any] | list[Any]
    path: Path
    start: int
    key: str | None = None

    @property
    def sign(self) -> str:
        return "{" if isinstance(self.value, dict) else "["


Twice = tuple[str, Span, Span]
"""A key that its object already had, its place, and the place of the first."""


def read(text: str, file: str, noun: str = "policy") -> tuple[Tree, list[Twice]]:
    """The tree of a JSON text and the keys that are there twice, of which the last one counts.

    `noun` is what messages call the text. Raises `NotJson`, with the span of the mistake, at the first thing that is no
    JSON.
    """
    reader = _Reader(text, file, noun)
    try:
        return reader.read(), reader.twice
    except _Wrong as wrong:
        first = NotJson(wrong.message, reader.span(wrong.start, wrong.end), wrong.advice)
        first.next = _next(text, file) if wrong.message.endswith(FRAGMENT) else None
        raise first from wrong


def _next(text: str, file: str) -> NotJson | None:
    """What is wrong with a fragment beside the braces that it lacks; None where that is all."""
    reader = _Reader(f"{{{text}\n}}", file)
    try:
        reader.read()
    except _Wrong as wrong:
        span = reader.span(wrong.start, wrong.end)
        first, last = span.line == 1, span.end_line == 1
        moved = replace(span, column=span.column - first, end_column=span.end_column - last)
        return NotJson(wrong.message, moved, wrong.advice)
    return None


class NotJson(Exception):
    """The text is not JSON: what is wrong, where, and what to write instead.

    `next` is one more mistake, where the first is only that the braces are missing.
    """

    def __init__(self, message: str, span: Span, advice: str) -> None:
        super().__init__(message)
        self.message, self.span, self.advice = message, span, advice
        self.next: NotJson | None = None


@dataclass
class _Reader:
    """Reads one text from its beginning to its end."""

    text: str
    file: str
    noun: str = "policy"
    at: int = 0
    open: list[_Open] = field(default_factory=list)
    spans: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    twice: list[Twice] = field(default_factory=list)
    root: Any = None

    @cached_property
    def lines(self) -> list[int]:
        """The offset at which each line begins."""
        return [0, *(found.end() for found in BREAK.finditer(self.text))]

    def span(self, start: int, end: int) -> Span:
        """The place of a stretch of the text."""
        first, last = bisect_right(self.lines, start) - 1, bisect_right(self.lines, end) - 1
        return Span(self.file, first + 1, start - self.lines[first] + 1, last + 1, end - self.lines[last] + 1)

    def read(self) -> Tree:
        """The tree. Raises `_Wrong` at the first thing that is not JSON."""
        self.value(f"a {self.noun}")
        while self.open:
            self.member(self.open[-1])
        if self.peek():
            self.trailing()
        return Tree(self.root, self.spans, self.keys)

    def peek(self) -> str:
        """The next character that is not white space, or nothing at the end."""
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def member(self, above: _Open) -> None:
        """Read what comes next inside an object or array: its end, or one more value."""
        sign = self.peek()
        if sign == PAIRS[above.sign]:
            self.close(above)
            return
        if above.value:
            self.comma(above, sign)
        if above.sign == "{":
            self.key(above)
        self.value("a value")

    def comma(self, above: _Open, sign: str) -> None:
        if sign != ",":
            end = PAIRS[above.sign]
            raise self.wrong(f"`,` or `{end}`", f"put a `,` between two {'members' if end == '}' else 'elements'}")
        comma = self.at
        self.at += 1
        if self.peek() in ("}", "]"):
            raise _Wrong("a `,` with nothing after it", comma, comma + 1, "remove the comma: JSON has none at the end")

    def key(self, above: _Open) -> None:
        self.peek()
        start = self.at
        found = TEXT.match(self.text, start)
        if not found:
            raise self.wrong(KEY_WANTED, "a key of an object stands in double quotes")
        name = self.unescaped(found.group(), start)
        self.at = found.end()
        path, span = (*above.path, name), self.span(start, self.at)
        if path in self.keys:
            self.twice.append((name, span, self.keys[path]))
        self.keys[path] = span
        above.key = name
        if self.peek() != ":":
            raise self.wrong("`:` after the key", f"write `{shown(name)[1:-1]}: ...` with the key in double quotes")
        self.at += 1

    def value(self, wanted: str) -> None:
        """Read one scalar, or the beginning of an object or array."""
        sign, start = self.peek(), self.at
        if sign in PAIRS:
            self.at += 1
            fresh: dict[str, Any] | list[Any] = {} if sign == "{" else []
            path = self.put(fresh, start)
            if len(self.open) >= DEEPEST:
                message = f"nested more than {DEEPEST} levels deep"
                raise _Wrong(message, start, start + 1, "nothing here is so deep: look for a stray bracket")
            self.open.append(_Open(fresh, path, start))
            return
        text = TEXT.match(self.text, start)
        word = None if text else WORD.match(self.text, start)
        if text:
            self.at = text.end()
            self.put(self.unescaped(text.group(), start), start)
        elif word and len(word.group()) <= 64:
            self.at = word.end()
            self.put(json.loads(word.group()), start)
        else:
            raise self.wrong(wanted, "values are texts in double quotes, numbers, true, false, objects and arrays")

    def put(self, value: Any, start: int) -> Path:
        path: Path = ()
        if not self.open:
            self.root = value
        else:
            above = self.open[-1]
            if isinstance(above.value, dict):
                path = (*above.path, str(above.key))
                above.value[str(above.key)] = value
            else:
                path = (*above.path, len(above.value))
                above.value.append(value)
        self.spans[path] = self.span(start, self.at)
        return path

    def close(self, closed: _Open) -> None:
        self.at += 1
        self.open.pop()
        self.spans[closed.path] = self.span(closed.start, self.at)

    def unescaped(self, token: str, start: int) -> str:
        """The text of a string token."""
        try:
            value: str = json.loads(token)
        except ValueError as error:
            raise _Wrong(
                "an escape that JSON does not have", start, start + len(token), "write `\\\\` for one `\\`"
            ) from error
        if SURROGATE.search(value):
            raise _Wrong("half of a surrogate pair", start, start + len(token), "write the character itself")
        return value

    def trailing(self) -> None:
        start = self.at
        if self.noun == "policy" and isinstance(self.root, str) and self.text[start] == ":":
            first = self.spans[()]
            message = f"key {shown(self.root)} {FRAGMENT}"
            advice = 'wrap it: `{"Version": "2012-10-17", "Statement": [{...}]}`'
            raise _Wrong(message, self.lines[first.line - 1] + first.column - 1, start, advice)
        advice = f"one {self.noun} stands alone: remove the rest"
        raise _Wrong(f"text after the end of the {self.noun}", start, start + 1, advice)

    def wrong(self, wanted: str, advice: str) -> _Wrong:
        """What to raise where something else than `wanted` stands."""
        sign, start = self.peek(), self.at
        if not sign:
            return self.unfinished()
        for found, message, better in (
            ("'", "single quotes", "JSON has double quotes only"),
            ("/", "a comment", "JSON has no comments: remove it"),
            ("#", "a comment", "JSON has no comments: remove it"),
            ("\u201c", "a typographic quote", 'write `"`'),
            ("\u201d", "a typographic quote", 'write `"`'),
        ):
            if sign == found:
                return _Wrong(f"{message} where {wanted} must be", start, start + 1, better)
        if sign == '"' and not TEXT.match(self.text, start):
            end = BREAK.search(self.text, start)
            stop = end.start() if end else len(self.text)
            return _Wrong("text without a closing quote on its line", start, stop, 'close it with `"`')
        junk = JUNK.match(self.text, start)
        found_text = junk.group() if junk else sign
        return _Wrong(f"{shown(found_text)} where {wanted} must be", start, start + len(found_text), advice)

    def unfinished(self) -> _Wrong:
        """What to raise where the text ends too early."""
        place = "line" if self.noun == "request" else "file"
        if not self.open:
            return _Wrong(f"the {place} is empty", 0, 0, f"a {self.noun} is a JSON object")
        last = self.open[-1]
        end = PAIRS[last.sign]
        message = f"the {place} ends inside the `{last.sign}` that is never closed"
        return _Wrong(message, last.start, last.start + 1, f"add the missing `{end}`")
