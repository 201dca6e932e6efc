"""The text of a template as a tree in which every node knows its place; or one finding that says why it cannot be read.

Only what a template needs is accepted: one document, no aliases, no tags, no duplicate keys, a bounded size and depth.
The parser hands out events and the tree is built without recursion, because composing nested text crashes the process
(libyaml 0.2.5 under PyYAML 6.0.3 at 100,000 brackets).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from org.model.finding import Span
from org.policy.words import finding

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Keys and indices from the top of a document down to a node."""

LONGEST = 256 * 1024
DEEPEST = 40
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Twelve digits are an account id and a leading zero counts: both stay text. The rest is the core schema of YAML 1.2.
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,10})")
NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class Broken(Exception):
    """The text is not a template at all; `finding` says why and where."""

    def __init__(self, message: str, span: Span, explanation: str = "") -> None:
        self.finding = finding("ORG100", message, span, help=explanation)
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Tree:
    """Plain data, and the span of every node by its path; `keys` has the spans of mapping keys."""

    value: Any
    spans: Mapping[Path, Span]
    keys: Mapping[Path, Span]

    def span(self, path: Path) -> Span:
        """Where the node at `path` is, or the nearest node above it."""
        while path not in self.spans:
            path = path[:-1]
        return self.spans[path]

    def key(self, path: Path) -> Span:
        """Where the key of the node at `path` is, or the node itself where it has none."""
        return self.keys.get(path) or self.span(path)


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not come yet."""

    value: dict[str, Any] | list[Any]
    path: Path
    start: Any
    key: str | None = None

    def slot(self) -> str | int:
        """The key or index that the next value takes; None is never a key here."""
        return len(self.value) if isinstance(self.value, list) else str(self.key)

    def add(self, value: Any) -> None:
        """Put the next value in its slot."""
        if isinstance(self.value, list):
            self.value.append(value)
        else:
            self.value[str(self.key)] = value
            self.key = None


@dataclass(slots=True)
class _Builder:
    """The tree so far; `take` adds one event of the parser."""

    file: str
    open: list[_Open] = field(default_factory=list)
    spans: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    documents: int = 0
    value: Any = None

    def span(self, start: Any, end: Any) -> Span:
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def take(self, event: yaml.Event) -> None:
        span = self.span(event.start_mark, event.end_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise Broken("a second document in one file", span, "write each template in a file of its own")
        elif isinstance(event, yaml.AliasEvent):
            raise Broken(f"alias `*{event.anchor}` in a template", span, "write the value out")
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close(event)
        elif isinstance(event, yaml.NodeEvent):
            self.node(event, span)

    def node(self, event: yaml.NodeEvent, span: Span) -> None:
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise Broken(f"tag `{tag}` in a template", span, "templates hold plain YAML only: remove the tag")
        above = self.open[-1] if self.open else None
        if above is not None and isinstance(above.value, dict) and above.key is None:
            self.start_key(above, event, span)
        elif isinstance(event, yaml.ScalarEvent):
            self.put(above, scalar(event), span)
        else:
            self.start(above, event, span)

    def start_key(self, above: _Open, event: yaml.NodeEvent, span: Span) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise Broken("a key that is not text", span, "write the key as plain text")
        path = (*above.path, event.value)
        if path in self.keys:
            raise Broken(f"key `{event.value}` is there twice", span, f"the first is at {self.keys[path]}")
        self.keys[path] = span
        above.key = event.value

    def start(self, above: _Open | None, event: yaml.NodeEvent, span: Span) -> None:
        if len(self.open) >= DEEPEST:
            raise Broken(
                f"nested more than {DEEPEST} levels deep", span, "templates are flat: look for a stray bracket"
            )
        path = (*above.path, above.slot()) if above else ()
        fresh: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.put(above, fresh, span)
        self.open.append(_Open(fresh, path, event.start_mark))

    def put(self, above: _Open | None, value: Any, span: Span) -> None:
        if above is None:
            self.value = value
            self.spans[()] = span
        else:
            self.spans[*above.path, above.slot()] = span
            above.add(value)

    def close(self, event: yaml.Event) -> None:
        closed = self.open.pop()
        self.spans[closed.path] = self.span(closed.start, event.end_mark)


def scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    """The value of a scalar: quoted text is always text, plain text is what YAML 1.2's core schema says."""
    text: str = event.value
    if event.style or event.tag == "!":
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


def parse(content: bytes, file: str) -> Tree:
    """The tree of a file's content. Raises `Broken` where it is not one plain YAML document in UTF-8."""
    if len(content) > LONGEST:
        raise Broken(f"more than {LONGEST:,} bytes, which is all a template may have", Span(file))
    builder = _Builder(file)
    try:
        for event in yaml.parse(content.decode(), Loader=LOADER):
            builder.take(event)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Broken(f"byte {error.start} is not UTF-8", Span(file, line, 1, line, 1)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = builder.span(mark, mark) if mark else Span(file)
        hint = "text that holds `: ` or ` #` needs quotes"
        raise Broken(f"not YAML: {error.problem or error.context}", place, hint) from error
    except yaml.YAMLError as error:
        raise Broken(f"not YAML: {str(error).splitlines()[0]}", Span(file)) from error
    return Tree(builder.value, builder.spans or {(): Span(file)}, builder.keys)
