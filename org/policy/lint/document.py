"""A policy document as the rules see it: statements made of words, each with its place in a file.

What does not have the shape of a policy is left out here, and told by the rules about shape, which look at the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from org.model.finding import Span
from org.policy.lint.suggest import Suggester

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.organization import Organization
    from org.policy.parse import Path, Tree


class Kind(StrEnum):
    """The kinds of policy documents; each has a grammar and mistakes of its own."""

    SCP = "scp"
    RCP = "rcp"
    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"


NAMES = {
    Kind.SCP: "an SCP",
    Kind.RCP: "an RCP",
    Kind.IDENTITY: "an identity policy",
    Kind.RESOURCE: "a resource policy",
    Kind.TRUST: "a trust policy",
}
"""The kinds as they stand in a sentence."""
ORGANIZATION_KINDS = frozenset({Kind.SCP, Kind.RCP})
CARRIES_PRINCIPAL = frozenset({Kind.RCP, Kind.RESOURCE, Kind.TRUST})

OPERATOR = re.compile(
    r"(?:(?P<quantifier>ForAllValues|ForAnyValue):)?"
    r"(?P<base>String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Arn(?:Not)?(?:Equals|Like)|Bool|BinaryEquals|(?:Not)?IpAddress"
    r"|(?:Numeric|Date)(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Null)(?P<if_exists>IfExists)?",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"<[A-Za-z][^<>]*>|\[[A-Z][^\[\]]*\]|\$\{[A-Za-z][A-Za-z0-9_]*\}|(?<!\$)\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Word:
    """One text of a policy and its place."""

    text: str
    span: Span

    @property
    def unfinished(self) -> bool:
        """True where somebody still has to fill something in: `<name>`, `[NAME]`, `${Name}`."""
        return PLACEHOLDER.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator. `base` is lower case without quantifier and IfExists; empty where it is unknown."""

    operator: Word
    base: str
    quantifier: str
    if_exists: bool
    key: Word
    values: tuple[Word, ...]

    @property
    def negated(self) -> bool:
        """True where the operator asks for a value that is *not* among those listed."""
        return "not" in self.base

    @property
    def name(self) -> str:
        """The key in lower case, in which AWS compares keys."""
        return self.key.text.lower()


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry of Principal or NotPrincipal; `kind` is AWS, Service, Federated ..., or empty for a bare text."""

    kind: str
    word: Word


@dataclass(frozen=True)
class Statement:
    """One statement of a document, by its number from 0."""

    number: int
    value: Mapping[str, Any]
    path: Path
    tree: Tree = field(repr=False)

    @cached_property
    def span(self) -> Span:
        """Where to point for the statement as a whole: its Sid, or its first line."""
        if isinstance(self.value.get("Sid"), str):
            return self.tree.span((*self.path, "Sid"))
        whole = self.tree.span(self.path)
        return Span(whole.file, whole.line, whole.column, whole.line, whole.column + 1)

    @cached_property
    def sid(self) -> str:
        """The Sid in backticks, or the number of the statement for people."""
        sid = self.value.get("Sid")
        return f"`{sid}`" if isinstance(sid, str) and sid else f"statement {self.number + 1}"

    @property
    def effect(self) -> str:
        """`Allow`, `Deny`, or nothing."""
        effect = self.value.get("Effect")
        return effect if isinstance(effect, str) else ""

    @property
    def allows(self) -> bool:
        """True for Allow."""
        return self.effect == "Allow"

    @property
    def denies(self) -> bool:
        """True for Deny."""
        return self.effect == "Deny"

    def at(self, name: str) -> Span:
        """Where an element's name stands, or the statement where it has no such element."""
        return self.tree.key((*self.path, name)) if name in self.value else self.span

    def words(self, name: str) -> tuple[Word, ...]:
        """The texts of an element that is a text or a list of texts."""
        return tuple(_words(self.tree, self.value.get(name), (*self.path, name)))

    @cached_property
    def actions(self) -> tuple[Word, ...]:
        """The entries of Action."""
        return self.words("Action")

    @cached_property
    def not_actions(self) -> tuple[Word, ...]:
        """The entries of NotAction."""
        return self.words("NotAction")

    @cached_property
    def resources(self) -> tuple[Word, ...]:
        """The entries of Resource."""
        return self.words("Resource")

    @cached_property
    def not_resources(self) -> tuple[Word, ...]:
        """The entries of NotResource."""
        return self.words("NotResource")

    @cached_property
    def principals(self) -> tuple[Principal, ...]:
        """The entries of Principal."""
        return tuple(self._principals("Principal"))

    @cached_property
    def not_principals(self) -> tuple[Principal, ...]:
        """The entries of NotPrincipal."""
        return tuple(self._principals("NotPrincipal"))

    def _principals(self, name: str) -> Iterator[Principal]:
        value, path = self.value.get(name), (*self.path, name)
        if isinstance(value, dict):
            for kind, listed in value.items():
                yield from (Principal(kind, word) for word in _words(self.tree, listed, (*path, kind)))
        else:
            yield from (Principal("", word) for word in _words(self.tree, value, path))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every key under every operator."""
        return tuple(self._conditions())

    def _conditions(self) -> Iterator[Condition]:
        block, path = self.value.get("Condition"), (*self.path, "Condition")
        for operator, keys in block.items() if isinstance(block, dict) else ():
            found = OPERATOR.fullmatch(operator)
            parts = found.groupdict() if found else {}
            word = Word(operator, self.tree.key((*path, operator)))
            for key, value in keys.items() if isinstance(keys, dict) else ():
                here = (*path, operator, key)
                yield Condition(
                    operator=word,
                    base=(parts.get("base") or "").lower(),
                    quantifier=(parts.get("quantifier") or "").lower(),
                    if_exists=bool(parts.get("if_exists")),
                    key=Word(key, self.tree.key(here)),
                    values=tuple(_words(self.tree, value, here)),
                )

    def tests(self, *keys: str) -> Iterator[Condition]:
        """The conditions on any of those keys, named in lower case."""
        return (condition for condition in self.conditions if condition.name in keys)


def _words(tree: Tree, value: Any, path: Path) -> Iterator[Word]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if not isinstance(item, dict | list):
                yield from _words(tree, item, (*path, index))
    elif isinstance(value, bool):
        yield Word(str(value).lower(), tree.span(path))
    elif isinstance(value, str | int | float):
        yield Word(str(value), tree.span(path))


@dataclass(frozen=True, eq=False)
class Around:
    """What is known beside the document: everything linted with it, and the organization where there is one.

    `reads` and `writes` are the IAM actions that the plan role and the apply role need in a member account.
    """

    documents: tuple[Document, ...] = ()
    organization: Organization | None = None
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Document:
    """One policy document under lint. `size` is its length in characters as AWS would be sent it."""

    kind: Kind
    tree: Tree
    statements: tuple[Statement, ...]
    size: int
    around: Around = field(default_factory=Around, repr=False)
    suggester: Suggester = field(default_factory=Suggester, repr=False)


def statements(tree: Tree) -> tuple[Statement, ...]:
    """The statements of a document's tree; a single statement may stand without a list around it."""
    found = tree.value.get("Statement") if isinstance(tree.value, dict) else None
    if isinstance(found, dict):
        return (Statement(0, found, ("Statement",), tree),)
    listed = found if isinstance(found, list) else []
    return tuple(
        Statement(number, statement, ("Statement", number), tree)
        for number, statement in enumerate(listed)
        if isinstance(statement, dict)
    )
