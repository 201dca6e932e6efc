"""Lists of actions with wildcards, where those match the same actions today: `ec2:CreateTags`, ... as `ec2:Create*`.

Unlike every other step of packing this is not the same over all strings: an action that AWS adds tomorrow can match. So
it is done only where accounts.yaml asks for it, and each time anew from the bundled list of actions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from org.access.actions import service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.access.actions import Service
    from org.policy.statement import Statement

WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Between two words of an action's name: `Describe`, `DB`, `Instances`."""


def with_wildcards(statement: Statement) -> Statement:
    """The statement with its list of actions shortened if it denies them.

    In an Allow and in `NotAction` a wildcard would allow what AWS adds tomorrow.
    """
    actions = statement.get("Action")
    if statement.get("Effect") != "Deny" or not isinstance(actions, list):
        return statement
    short = list(shortened(tuple(actions)))
    return {**statement, "Action": short[0] if len(short) == 1 else short}


@cache
def shortened(actions: tuple[str, ...]) -> tuple[str, ...]:
    """The actions, with a wildcard in place of those that begin with the same words if it matches no other.

    INVARIANT: both lists match the same actions of today's data; where they did not, the list is given back as it was.
    An entry that is a wildcard already, or that the data does not know, stays as it is.
    """
    entries: dict[str, list[str]] = defaultdict(list)
    for entry in actions:
        entries[entry.partition(":")[0].lower()].append(entry)
    short: list[str] = []
    for prefix, listed in entries.items():
        known = service(prefix)
        short += _of_service(known, listed) if known else listed
    return tuple(sorted(short)) if expanded(short) == expanded(actions) else actions


def expanded(actions: Iterable[str]) -> frozenset[str]:
    """The actions of today's data that the entries match, in lower case; an entry without a match stands for itself."""
    found: set[str] = set()
    for entry in actions:
        prefix, _, pattern = entry.partition(":")
        known = service(prefix)
        matches = {str(action).lower() for action in known.matching(pattern)} if known else set()
        found |= matches or {entry.lower()}
    return frozenset(found)


def _of_service(known: Service, listed: list[str]) -> list[str]:
    """The entries of one service, shortened: the shortest beginning that fits first."""
    matched = {action.name.lower() for entry in listed for action in known.matching(entry.partition(":")[2])}
    left = {name: entry for entry in listed if (name := entry.partition(":")[2].lower()) in known.actions}
    others = [entry for entry in listed if entry.partition(":")[2].lower() not in known.actions]
    foreign = known.actions.keys() - matched
    beginnings = {beginning for name in left for beginning in _beginnings(known.actions[name].name)}
    wildcards = []
    for beginning in sorted(beginnings, key=lambda text: (len(text), text)):
        start = beginning.lower()
        covered = [name for name in left if name.startswith(start)]
        if len(covered) > 1 and not any(name.startswith(start) for name in foreign):
            wildcards.append(f"{known.prefix}:{beginning}*")
            left = {name: entry for name, entry in left.items() if name not in covered}
    return [*others, *left.values(), *wildcards]


def _beginnings(name: str) -> Iterator[str]:
    """Nothing, the first word, the first two, ... and the whole name."""
    yield ""
    for between in WORD.finditer(name):
        yield name[: between.start()]
    yield name
