"""What the words of a statement mean: the actions a pattern stands for, the parts of an ARN, who is exempted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from org.access.actions import Action, glob, service, services
from org.policy.lint.patterns import covers, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.policy.lint.document import Condition, Statement, Word

ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
NEGATED_ARN = frozenset({"arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals", "stringnotequalsignorecase"})
EXEMPTING_KEYS = frozenset({"aws:principalarn"})


@dataclass(frozen=True, slots=True)
class Arn:
    """The six parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn | None:
        """The parts of a text; None where it is no ARN with six parts."""
        parts = re.split(r":(?![^{]*\})", text, maxsplit=5)
        return cls(*parts[1:]) if len(parts) == 6 and parts[0] == "arn" else None


@cache
def meant(pattern: str) -> tuple[Action, ...]:
    """The actions that a pattern such as `s3:Get*` stands for; none where its service is unknown or a wildcard."""
    prefix, colon, name = pattern.partition(":")
    found = service(prefix) if colon else None
    return tuple(found.matching(name)) if found else ()


def well_formed(word: Word) -> bool:
    """True for `*` and `service:Action`, with wildcards or without."""
    return ACTION.fullmatch(word.text) is not None


def known_service(pattern: str) -> bool:
    """True where the part before the colon is the prefix of a service."""
    return pattern.partition(":")[0].lower() in services()


def any_covers(words: Iterable[Word], text: str) -> bool:
    """True where one of those patterns covers the text; case does not count, as for actions."""
    return any(covers(word.text.lower(), text.lower()) for word in words)


def bears_on(statement: Statement, action: str) -> bool:
    """True where the statement is about that action, given in full."""
    if statement.not_actions:
        return not any_covers(statement.not_actions, action)
    return any_covers(statement.actions, action)


def broad(statement: Statement) -> bool:
    """True where the statement is about all actions, or about all but some."""
    return bool(statement.not_actions) or any(word.text == "*" for word in statement.actions)


def everywhere(statement: Statement) -> bool:
    """True where the statement is about every resource."""
    return any(word.text == "*" for word in statement.resources)


def exemptions(statement: Statement) -> Iterator[Condition]:
    """The conditions that keep a statement away from principals by their ARN."""
    for condition in statement.tests(*EXEMPTING_KEYS):
        if condition.base in NEGATED_ARN and condition.quantifier != "foranyvalue":
            yield condition


def exempt(statement: Statement, arn: str) -> bool:
    """True where a condition keeps the statement away from the principal with that ARN."""
    return any(
        glob(plain(word.text)).fullmatch(arn) is not None
        for condition in exemptions(statement)
        for word in condition.values
    )
