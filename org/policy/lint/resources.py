"""Which action can act on which resource, by the ARN formats that AWS documents."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from org.access.actions import service
from org.policy.lint.meaning import Arn, meant
from org.policy.lint.patterns import overlap, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.actions import Action, ResourceType
    from org.policy.lint.document import Document, Statement, Word

WITHOUT_SLASH = frozenset({("s3", "bucket"), ("s3express", "bucket")})
"""Types whose name has no `/`: behind a bucket's name that sign begins the key of an object."""
ARN_KEYS = frozenset({"aws:principalarn", "aws:sourcearn"})


def typed(statement: Statement) -> tuple[Arn, ...]:
    """The resources of a statement as ARNs; nothing where one of them is `*`, unfinished, or of no known type."""
    arns = []
    for word in statement.resources:
        arn = None if word.unfinished else Arn.parse(word.text)
        if arn is None or not types(arn):
            return ()
        arns.append(arn)
    return tuple(arns)


def arns(document: Document) -> Iterator[tuple[Word, Arn]]:
    """Every ARN of a document with its parts: resources, principals, and what conditions compare ARNs with."""
    for statement in document.statements:
        words = [*statement.resources, *statement.not_resources]
        words += [principal.word for principal in (*statement.principals, *statement.not_principals)]
        words += [
            word
            for condition in statement.conditions
            if condition.base.startswith("arn") or condition.name in ARN_KEYS
            for word in condition.values
        ]
        for word in words:
            arn = None if word.unfinished else Arn.parse(word.text)
            if arn:
                yield word, arn


def types_of(action: Action) -> tuple[ResourceType, ...]:
    """The resource types that an action acts on."""
    home = service(action.service)
    return tuple(home.resources[name] for name in action.resources if name in home.resources) if home else ()


def resource_arns(action: Action) -> list[str]:
    """The ARN formats of an action's resource types, as AWS writes them."""
    return [kind.arn for kind in types_of(action)]


def fits(pattern: str, arn: Arn) -> bool:
    """True where an action that the pattern stands for can act on a resource that the ARN, a pattern, stands for."""
    prefix = pattern.partition(":")[0].lower()
    names = acted_on(pattern)
    return names is None or not fitting(prefix, arn).isdisjoint(names)


@cache
def acted_on(pattern: str) -> frozenset[str] | None:
    """The names of the resource types that the actions of a pattern act on; None where one is not documented."""
    home = service(pattern.partition(":")[0])
    names = frozenset(name for action in meant(pattern) for name in action.resources)
    return names if home and all(name in home.resources for name in names) else None


def types(arn: Arn) -> tuple[ResourceType, ...]:
    """The resource types of the ARN's service that it can stand for; none where the service is not known."""
    home = service(arn.service)
    return tuple(home.resources[name] for name in sorted(fitting(home.prefix, arn))) if home else ()


@cache
def fitting(prefix: str, arn: Arn) -> frozenset[str]:
    """The names of the resource types of one service that an ARN, a pattern, can stand for.

    Region and account are not compared.
    """
    text, kind = plain(arn.resource), type_word(arn.resource)
    literal = bool(kind) and not {"*", "?", "$"} & set(kind)
    return frozenset(
        name
        for name, documented in formats(prefix).items()
        if documented is None
        or (
            not (literal and _other_type(kind, documented.resource))
            and overlap(arn.service, plain(documented.service))
            and overlap(text, plain(documented.resource), not_in_other="/" if (prefix, name) in WITHOUT_SLASH else "")
        )
    )


@cache
def formats(prefix: str) -> dict[str, Arn | None]:
    """The ARN format of each resource type of a service."""
    home = service(prefix)
    return {name: Arn.parse(kind.arn) for name, kind in home.resources.items()} if home else {}


def _other_type(kind: str, documented: str) -> bool:
    """True where a documented resource begins with the name of another type: a cheap answer before the full one."""
    word = type_word(documented)
    return bool(word) and "$" not in word and word != kind


def type_word(resource: str) -> str:
    """What stands before the first `/` or `:` of an ARN's last part: the name of the type, where it has one."""
    ends = [at for at in (resource.find("/"), resource.find(":")) if at > 0]
    return resource[: min(ends)] if ends else ""


@cache
def type_words(prefix: str) -> frozenset[str]:
    """The names that types of a service have in ARNs, such as `user` and `role`."""
    home = service(prefix)
    documented = [Arn.parse(kind.arn) for kind in home.resources.values()] if home else []
    found = {type_word(arn.resource) for arn in documented if arn}
    return frozenset(word for word in found if word and "$" not in word)
