"""Text to plain data with the position of every key and value: a strict subset of YAML 1.2 on PyYAML's C parser.

Strict means: duplicate keys, tags, anchors, aliases, merge keys and second documents are findings. Anchors are refused
and not merely bounded, because settings that inherit down the tree do what people use anchors for, and because an alias
hides from a reviewer what an entry says. Only YAML 1.2 core scalars are read as something other than text, so `no`,
`on`, `2026-11-23` and `12:30:45` stay text; so do 12 digits in a row and anything that starts with a zero, because an
account id is text whatever its quoting.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from org.load import reading
from org.load.positions import Marks, Tree, ended, pack, unpack
from org.load.rule import quoted
from org.model.finding import Finding, Span

if TYPE_CHECKING:
    from yaml.events import Event

MERGE: Final = "<<"
"""The merge key of YAML 1.1; what stands under it, and under any key that cannot be one, is dropped."""
COMPLEX: Final = "? "
"""Stands, by identity, for a key that is a mapping or a list and has not ended."""
MAX_DEPTH: Final = 40
MAX_VALUES: Final = 450_000
"""10,000 accounts of 20 keys are 410,000 keys and values, and 50,000 accounts, AWS's maximum, of three keys 350,000."""

INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,20}|(?:0|[1-9][0-9]{0,20})(?:\.[0-9]{0,20})?)(?:[eE][-+]?[0-9]{1,2})?\Z")
ACCOUNT_ID = re.compile(r"[0-9]{12}\Z")
WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""YAML 1.2 core schema, https://yaml.org/spec/1.2.2/#103-core-schema; infinities, hexadecimals and octals stay text."""


class Broken:
    """A value that could not be read and has had its finding: nothing more is said about it."""


BROKEN: Final = Broken()


def plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in "0123456789-+.":
        return text
    if INTEGER.match(text) and not ACCOUNT_ID.match(text):
        return int(text)
    if ACCOUNT_ID.match(text) or not FLOAT.match(text) or text == ".":
        return text
    return float(text)


@contextmanager
def collector_off() -> Iterator[None]:
    """The garbage collector rests: a load makes a million objects and no cycles, and collecting costs half its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def parse(text: str, file: str, others: int = 0) -> Tree:
    """The data of a text and every finding about its form; stops at the first one that makes the rest unreadable.

    `others` is the number of keys and values in the files read before, which count towards the most there may be.
    """
    from yaml import MarkedYAMLError

    builder = Builder(file)
    builder.values = others
    try:
        builder.run(text)
    except MarkedYAMLError as error:
        builder.findings.append(syntax_error(error, file))
        builder.root = BROKEN
    return Tree(file, builder.root, builder.root_marks, tuple(builder.findings), builder.values)


class Builder:
    """Builds plain data from the parser's events with its own stack, so that depth costs no recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.root: Any = BROKEN
        self.root_marks: int | Marks = 0
        self.stack: list[tuple[Any, Marks, str | None, int]] = []
        self.container: Any = None
        self.marks: Marks | None = None
        self.key: str | None = None
        self.key_at = 0
        self.documents = 0
        self.values = 0
        self.names: dict[str, str] = {}

    def run(self, text: str) -> None:
        """Everything in the text has been added to the data, or a finding says why not."""
        import yaml
        from yaml.cyaml import CParser  # type: ignore[attr-defined]

        event_of = CParser(text).get_event
        scalar = yaml.ScalarEvent
        others = {
            yaml.MappingStartEvent: lambda event: self.open({}, event),
            yaml.SequenceStartEvent: lambda event: self.open([], event),
            yaml.MappingEndEvent: self.close,
            yaml.SequenceEndEvent: self.close,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.document,
        }
        while (event := event_of()) is not None:
            kind = type(event)
            if kind is scalar:
                self.scalar(event)
            elif kind in others and not others[kind](event):
                return
            if self.values > MAX_VALUES or len(self.findings) > reading.MOST_FINDINGS:
                self.stop(event)
                return
        if not self.documents:
            self.findings.append(reading.EMPTY.finding("the file is empty", Span(self.file), help=reading.FIRST_LINES))

    def scalar(self, event: Any) -> None:
        """A scalar has taken its place as a key or as a value."""
        self.values += 1
        text = event.value
        at = pack(event.start_mark, event.end_mark)
        value: Any = plain(text) if event.style == "" else text
        if event.tag is not None or event.anchor is not None:
            self.refuse(event, at)
        if event.style == '"' and not text.isprintable() and reading.FORBIDDEN_CHARACTERS.search(text):
            self.findings.append(reading.forbidden(text, unpack(self.file, at)))
            value = BROKEN
        if self.key is None and type(self.container) is dict:
            self.take_key(self.names.setdefault(text, text), at)
        else:
            self.add(value, at)

    def take_key(self, text: str, at: int) -> None:
        """The next value belongs to this key."""
        self.key, self.key_at = text, at
        if text == MERGE:
            self.findings.append(
                reading.ANCHOR.finding("merge keys are not read", unpack(self.file, at), help=reading.INHERIT)
            )

    def add(self, value: Any, at: int | Marks) -> None:
        """A value has taken its place in what is open: a mapping, a list, or the file itself."""
        container, marks = self.container, self.marks
        if marks is None:
            self.root, self.root_marks = value, at
        elif type(container) is dict:
            key, self.key = self.key, None
            if key is None or key == MERGE:
                return
            if key in container:
                self.duplicate(key, marks)
                return
            container[key] = value
            marks.keys[key] = self.key_at
            marks.items[key] = at
        else:
            marks.items.append(at)
            container.append(value)

    def duplicate(self, key: str, marks: Marks) -> None:
        """The second use of a key is a finding, and the first one stays."""
        here, first = unpack(self.file, self.key_at), unpack(self.file, marks.keys[key])
        message = f"the key {quoted(key)} is used twice; first on line {first.line}"
        self.findings.append(reading.DUPLICATE.finding(message, here, help="keep one of the two", seen=first))

    def open(self, container: Any, event: Any) -> bool:
        """A mapping or a list is open; False where the file is too deep or too large to go on."""
        at = pack(event.start_mark, event.end_mark)
        if event.tag is not None or event.anchor is not None:
            self.refuse(event, at)
        if self.key is None and type(self.container) is dict:
            span = unpack(self.file, at)
            self.findings.append(reading.COMPLEX_KEY.finding("a key must be text", span, help="write it in quotes"))
            self.key, self.key_at = COMPLEX, at
        self.values += 1
        self.stack.append((self.container, self.marks, self.key, self.key_at))  # type: ignore[arg-type]
        self.container, self.marks, self.key = container, Marks(at, items=type(container)()), None
        if len(self.stack) > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep"
            self.findings.append(reading.TOO_DEEP.finding(message, unpack(self.file, at)))
            self.root = BROKEN
            return False
        return True

    def close(self, event: Any) -> bool:
        """The mapping or list that is open has ended; always True, because reading goes on."""
        container, marks = self.container, self.marks
        assert marks is not None
        marks.at = ended(marks.at, event.end_mark)
        self.container, self.marks, self.key, self.key_at = self.stack.pop()
        if self.key is COMPLEX:
            self.key = MERGE
        else:
            self.add(container, marks)
        return True

    def stop(self, event: Any) -> None:
        """The file has too many values or too many mistakes, and nothing of it is kept."""
        span = unpack(self.file, pack(event.start_mark, event.end_mark))
        message = f"more than {MAX_VALUES:,} keys and values, counted over all files"
        large = reading.TOO_LARGE.finding(message, span, help=reading.INHERIT)
        self.findings.append(large if self.values > MAX_VALUES else reading.too_many(span))
        self.root = BROKEN

    def alias(self, event: Any) -> bool:
        """An alias is a finding, and its value is unknown."""
        self.values += 1
        at = pack(event.start_mark, event.end_mark)
        message = f"aliases are not read: {quoted('*' + event.anchor)}"
        self.findings.append(reading.ANCHOR.finding(message, unpack(self.file, at), help=reading.INHERIT))
        if self.key is None and type(self.container) is dict:
            self.key, self.key_at = MERGE, at
        else:
            self.add(BROKEN, at)
        return True

    def document(self, event: Any) -> bool:
        """True for the first document; a second one is a finding, and nothing of it is read."""
        self.documents += 1
        if self.documents == 1:
            return True
        span = unpack(self.file, pack(event.start_mark, event.end_mark))
        self.findings.append(
            reading.DOCUMENTS.finding(
                "a second document starts here", span, help="one file holds one document: remove the `---`"
            )
        )
        return False

    def refuse(self, event: Event, at: int) -> None:
        """A tag or an anchor is a finding; the value under it is read as if it were not there."""
        span = unpack(self.file, at)
        if event.anchor is not None:  # type: ignore[attr-defined]
            message = f"anchors are not read: {quoted('&' + event.anchor)}"  # type: ignore[attr-defined]
            self.findings.append(reading.ANCHOR.finding(message, span, help=reading.INHERIT))
        if event.tag is not None:  # type: ignore[attr-defined]
            message = f"tags are not read: {quoted(event.tag)}"  # type: ignore[attr-defined]
            self.findings.append(
                reading.TAG.finding(message, span, help="remove the tag; nothing in this file is ever run")
            )


def syntax_error(error: Any, file: str) -> Finding:
    """A YAML error in plain words, at its line and column."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "not YAML"
    span = Span(file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else Span(file)
    seen = None
    if error.context_mark is not None and error.context_mark.line != mark.line:
        seen = unpack(file, pack(error.context_mark, error.context_mark))
    for words, plainly, help in reading.SYNTAX:
        if words in problem:
            return reading.SYNTAX_ERROR.finding(plainly, span, help=help, seen=seen)
    return reading.SYNTAX_ERROR.finding(f"not valid YAML: {problem}", span, seen=seen)
