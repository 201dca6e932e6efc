"""Policies compared statement by statement: by content and by Sid, never as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.model.review import PolicyChange, StatementChange

if TYPE_CHECKING:
    from org.model.policy import Policy, PolicyType

ALIKE = 0.3
"""Two statements without a common Sid are one that changed where they share at least this part of their entries."""


@dataclass(frozen=True, slots=True)
class Part:
    """One statement, or a whole document that has none: its Sid, the name to show, and its entries in order."""

    sid: str
    name: str
    entries: tuple[str, ...]


def policy_changes(base: Sequence[Policy], head: Sequence[Policy]) -> Iterator[PolicyChange]:
    """Every policy that comes, goes, changes its statements or its targets, in the order of type and name."""
    old, new = _by_name(base), _by_name(head)
    for kind, name in sorted({*old, *new}):
        before, after = old.get((kind, name)), new.get((kind, name))
        there = after or before
        assert there is not None
        was, now = (one.targets if one else frozenset() for one in (before, after))
        statements = tuple(statement_changes(*(one.document if one else {} for one in (before, after))))
        if not statements and was == now:
            continue
        change = "created" if before is None else "removed" if after is None else "changed"
        attached, detached = tuple(sorted(now - was)), tuple(sorted(was - now))
        yield PolicyChange(kind.value, name, change, statements, attached, detached, str(there.span or ""))


def _by_name(policies: Sequence[Policy]) -> dict[tuple[PolicyType, str], Policy]:
    return {(policy.kind, policy.name): policy for policy in policies}


def statement_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[StatementChange]:
    """What one document loses and gains; an order that differs, or a text in place of a list of one, is no change."""
    pairs, gone, come = paired(parts(before), parts(after))
    for one, other in pairs:
        if lines := _lines(one.entries, other.entries):
            yield StatementChange(other.name, "changed", lines)
    yield from (StatementChange(one.name, "removed", _lines(one.entries, ())) for one in gone)
    yield from (StatementChange(one.name, "added", _lines((), one.entries)) for one in come)


def paired(old: Sequence[Part], new: Sequence[Part]) -> tuple[list[tuple[Part, Part]], list[Part], list[Part]]:
    """The parts that are one and the same before and after, those that go, and those that come.

    The same content comes first, then the same Sid, then the most alike of what is left.
    """
    pairs: list[tuple[Part, Part]] = []
    gone, come = [*old], [*new]
    tests: tuple[Callable[[Part, Part], bool], ...] = (
        lambda one, other: set(one.entries) == set(other.entries),
        lambda one, other: one.sid == other.sid != "",
    )
    for test in tests:
        for one in [*gone]:
            match = next((other for other in come if test(one, other)), None)
            if match is not None:
                pairs.append((one, match))
                gone.remove(one)
                come.remove(match)
    scored = sorted(
        ((likeness(one, other), i, j) for i, one in enumerate(gone) for j, other in enumerate(come)),
        key=lambda entry: (-entry[0], *entry[1:]),
    )
    left, right = dict(enumerate(gone)), dict(enumerate(come))
    for score, i, j in scored:
        if score >= ALIKE and i in left and j in right:
            pairs.append((left.pop(i), right.pop(j)))
    return pairs, list(left.values()), list(right.values())


def likeness(one: Part, other: Part) -> float:
    """The part of their entries that two have in common."""
    left, right = set(one.entries), set(other.entries)
    return len(left & right) / (len(left | right) or 1)


def parts(document: Mapping[str, Any]) -> list[Part]:
    """The statements of a document; the whole of a declarative policy, which has none; nothing of an empty document."""
    if not document:
        return []
    if "Statement" not in document:
        return [Part("document", "document", tuple(entries(document)))]
    found = document["Statement"]
    return [_part(number, one) for number, one in enumerate(found if isinstance(found, list) else [found], 1)]


def _part(number: int, statement: Any) -> Part:
    sid = statement.get("Sid", "") if isinstance(statement, dict) else ""
    rest = (
        {key: value for key, value in statement.items() if key != "Sid"} if isinstance(statement, dict) else statement
    )
    return Part(str(sid), str(sid) or f"statement {number}", tuple(dict.fromkeys(entries(rest))))


def entries(value: Any, path: str = "") -> Iterator[str]:
    """Every entry of a statement with the way to it: `Condition StringEquals aws:RequestedRegion eu-west-1`."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from entries(part, f"{path}{key} ")
    elif isinstance(value, list):
        for part in value:
            yield from entries(part, path)
    else:
        yield path + (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _lines(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    old, new = set(before), set(after)
    return (*(f"- {one}" for one in before if one not in new), *(f"+ {one}" for one in after if one not in old))
