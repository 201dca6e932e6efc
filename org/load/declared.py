"""What accounts.yaml declares, entry by entry, with the place of each: what the semantic checks look at.

Everything here fits the schema: values of the wrong type have had their finding and are gone, so a check can trust a
type, but must expect any key to be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from org.load.positions import Marks, find, key_span, value_span
from org.load.rule import quoted
from org.load.suggest import Suggester
from org.model.organization import ROOT, parent_path

if TYPE_CHECKING:
    from org.load import Vocabulary
    from org.model.finding import Span


ROOT_ITSELF: Final = "/"
"""What `ou` says for an account that is in the root and in no unit."""
MOST_UNITS: Final = 2_000
MOST_ACCOUNTS: Final = 50_000
"""https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of the file, and where it is."""

    file: str
    data: Mapping[str, Any]
    marks: int | Marks

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key; the default where it is missing or empty."""
        value = self.data.get(key)
        return default if value is None else value

    def span(self, *steps: Any) -> Span:
        """The place of a value below this entry."""
        return value_span(self.file, self.marks, steps)

    def written(self, *steps: Any) -> bool:
        """True where the file has a value here, be it one that does not fit."""
        marks: Any = self.marks
        for step in steps:
            if not isinstance(marks, Marks) or step not in marks.keys:
                return False
            marks = marks.items[step]
        return True

    def key_span(self, *steps: Any) -> Span:
        """The place of a key below this entry."""
        return key_span(self.file, self.marks, steps)

    def items(self, *steps: Any) -> Iterator[tuple[Any, Span]]:
        """The items of a list below this entry, each with its place."""
        value: Any = self.data
        for step in steps:
            value = value.get(step) or {}
        for index, item in enumerate(value or ()):
            if item is not None:
                yield item, self.span(*steps, index)

    def below(self, *steps: Any) -> Entry:
        """The entry of a mapping below this one; an empty one where there is none."""
        data: Any = self.data
        for step in steps:
            data = data.get(step) or {}
        return Entry(self.file, data, find(self.marks, steps)[1])


@dataclass(frozen=True, slots=True)
class Unit:
    """An organizational unit's entry; `span` is the place of its name."""

    path: str
    name: str
    entry: Entry
    span: Span


@dataclass(frozen=True, slots=True)
class Account:
    """An account's entry. `email` is empty where neither the entry nor the pattern gives one."""

    key: str
    name: str
    email: str
    ou: str
    entry: Entry
    management: bool = False


@dataclass(frozen=True)
class Declared:
    """All entries of all files. Parents stand before their units, the management account before the others."""

    top: Entry
    units: tuple[Unit, ...]
    accounts: tuple[Account, ...]
    vocabulary: Vocabulary
    suggester: Suggester = field(default_factory=Suggester)

    @cached_property
    def organization(self) -> Entry:
        """What is under `organization`."""
        return self.top.below("organization")

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of all units, without the root."""
        return frozenset(unit.path for unit in self.units)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all accounts."""
        return frozenset(account.key for account in self.accounts if account.key)

    @cached_property
    def members(self) -> tuple[Account, ...]:
        """All accounts but the management account."""
        return tuple(account for account in self.accounts if not account.management)

    @cached_property
    def tags(self) -> Mapping[str, Mapping[str, str | None]]:
        """The tags that hold at each unit path, inherited ones too; the root's own under `ROOT`."""
        found: dict[str, Mapping[str, str | None]] = {ROOT: dict(self.top.get("tags", {}))}
        for unit in self.units:
            found[unit.path] = {**found.get(parent_path(unit.path), {}), **unit.entry.get("tags", {})}
        return found

    def tags_of(self, account: Account) -> Mapping[str, str | None]:
        """The tags of an account, inherited ones too; None stands for a tag that must not be there."""
        return {**self.tags.get(account.ou, {}), **account.entry.get("tags", {})}

    def nodes(self) -> Iterator[tuple[str, Entry]]:
        """Everything that policies, tags and settings are declared at, with its name: the root, units, accounts."""
        yield "the root", self.top
        for unit in self.units:
            yield f"the unit {quoted(unit.path)}", unit.entry
        for account in self.accounts:
            yield f"the account {quoted(account.key)}", account.entry

    def uses(self) -> Iterator[tuple[str, Span, bool]]:
        """Every use of a policy: the template's name, its place, and whether it has parameters."""
        for _, entry in self.nodes():
            for item, span in entry.items("policies"):
                if isinstance(item, str):
                    yield item, span, False
                elif isinstance(item.get("use"), str):
                    yield item["use"], span, "with" in item

    def administrators(self) -> Iterator[tuple[str, str, Span]]:
        """Every delegation: the service, the account's key, and the key's place."""
        entry = self.organization
        for service, keys in entry.get("delegated_administrators", {}).items():
            if isinstance(keys, str):
                yield service, keys, entry.span("delegated_administrators", service)
            else:
                for key, span in entry.items("delegated_administrators", service):
                    yield service, key, span


def units_of(top: Entry) -> tuple[Unit, ...]:
    """The units of a file, parents first, in the order of the file; one more than AWS allows at most."""
    found: list[Unit] = []
    waiting = [(ROOT, top.below("organizational_units"))]
    while waiting:
        path, entry = waiting.pop()
        inner = []
        for name in entry.data:
            unit = Unit(f"{path}/{name}" if path else name, name, entry.below(name), entry.key_span(name))
            found.append(unit)
            if len(found) > MOST_UNITS:
                return tuple(found)
            inner.append((unit.path, unit.entry.below("units")))
        waiting.extend(reversed(inner))
    return tuple(found)


def accounts_of(entry: Entry, pattern: str) -> Iterator[Account]:
    """The accounts of a file."""
    marks = find(entry.marks, ["accounts"])[1]
    for index, data in enumerate(entry.get("accounts", ())):
        if data and isinstance(marks, Marks):
            yield account_of(Entry(entry.file, data, marks.items[index]), pattern)


def account_of(entry: Entry, pattern: str) -> Account:
    """One account; what it does not say for itself is derived from its key."""
    data = entry.data
    key = data.get("key", "")
    email = data.get("email") or (pattern.replace("{key}", key) if pattern and key else "")
    ou = data.get("ou", "")
    return Account(key, data.get("name") or key, email, ROOT if ou == ROOT_ITSELF else ou, entry)


def management_of(top: Entry) -> Account:
    """The management account."""
    entry = top.below("organization", "management")
    return Account(
        entry.get("key", "management"), entry.get("name", ""), entry.get("email", ""), ROOT, entry, management=True
    )
