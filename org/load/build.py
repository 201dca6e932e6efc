"""Declared entries to an Organization: everything inherited, every value final."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from org.model.organization import (
    ROOT,
    Account,
    AccountState,
    Contact,
    Organization,
    OrganizationalUnit,
    Pipeline,
    account_reference,
    ou_reference,
    parent_path,
)
from org.model.policy import PolicyUse

if TYPE_CHECKING:
    from org.load import declared
    from org.load.declared import Declared, Entry

Settings = Mapping[str, Mapping[str, Any]]
Contacts = Mapping[str, Contact]


class Component(dict[str, Any]):
    """The settings of one component on the way down the tree; `on` is False below a `false`."""

    on = True


def organization(declaration: Declared) -> Organization:
    """The wanted organization; the declaration must have no errors."""
    entry = declaration.organization
    inherited = Inherited(declaration)
    return Organization(
        accounts=tuple(account(one, declaration, inherited) for one in declaration.accounts),
        units=tuple(unit(one, declaration) for one in declaration.units),
        policy_uses=tuple(uses(declaration)),
        trusted_services=frozenset(entry.get("trusted_services", ())),
        delegated_administrators={
            service: frozenset([keys] if isinstance(keys, str) else keys)
            for service, keys in entry.get("delegated_administrators", {}).items()
        },
        home_region=entry.get("home_region"),
        regions=tuple(entry.get("regions")),
        pipeline=Pipeline(**entry.data.get("pipeline", {})),
        file=declaration.top.file,
        policy_quotas={
            kind: {name: int(number) for name, number in numbers.items()}
            for kind, numbers in entry.get("policy_quotas", {}).items()
        },
        action_wildcards=entry.get("action_wildcards", False),
    )


def unit(one: declared.Unit, declaration: Declared) -> OrganizationalUnit:
    """A unit, with the tags it inherits."""
    return OrganizationalUnit(
        path=one.path,
        tags=declaration.tags[one.path],
        was=one.entry.get("was"),
        protected=one.entry.get("protected", False),
        span=one.span,
    )


def account(one: declared.Account, declaration: Declared, inherited: Inherited) -> Account:
    """An account, with everything it inherits; the management account is always protected."""
    data = one.entry.data
    return Account(
        key=one.key,
        name=one.name,
        email=one.email,
        ou=None if one.management else one.ou,
        id=data.get("id"),
        tags=declaration.tags_of(one),
        contacts=inherited.contacts_of(one),
        state=AccountState(data.get("state", "active").upper()),
        management=one.management,
        protected=one.management or data.get("protected", False),
        owner=data.get("owner", ""),
        settings=inherited.settings_of(one),
        span=one.entry.span("key") if "key" in data else one.entry.span(),
    )


def uses(declaration: Declared) -> Iterator[PolicyUse]:
    """Every use of a policy, from the root down."""
    yield from uses_at(declaration.top, ou_reference(ROOT))
    for one in declaration.units:
        yield from uses_at(one.entry, ou_reference(one.path))
    for member in declaration.members:
        if "policies" in member.entry.data:
            yield from uses_at(member.entry, account_reference(member.key))


def uses_at(entry: Entry, target: str) -> Iterator[PolicyUse]:
    """The uses at one node."""
    for item, span in entry.items("policies"):
        long: Mapping[str, Any] = {"use": item} if isinstance(item, str) else item
        yield PolicyUse(long["use"], target, long.get("with", {}), long.get("name"), span)


class Inherited:
    """Settings and contacts as they hold at each unit, worked out once; accounts that add nothing share them."""

    def __init__(self, declaration: Declared) -> None:
        shapes = declaration.vocabulary.components
        self.defaults = {name: defaults(shape) for name, shape in shapes.items()}
        self.settings: dict[str, dict[str, Component]] = {ROOT: merged({}, declaration.top)}
        self.contacts: dict[str, Contacts] = {ROOT: contacts({}, declaration.organization)}
        for one in declaration.units:
            above = parent_path(one.path)
            self.settings[one.path] = merged(self.settings[above], one.entry)
            self.contacts[one.path] = contacts(self.contacts[above], one.entry)
        self.final = {path: self.finished(settings) for path, settings in self.settings.items()}

    def settings_of(self, one: declared.Account) -> Settings:
        """The final settings of an account, by component."""
        if not one.entry.data.get("baseline"):
            return self.final[one.ou]
        return self.finished(merged(self.settings[one.ou], one.entry))

    def contacts_of(self, one: declared.Account) -> Contacts:
        """The alternate contacts of an account, by AWS's name of their kind."""
        return contacts(self.contacts[one.ou], one.entry) if one.entry.data.get("contacts") else self.contacts[one.ou]

    def finished(self, settings: Mapping[str, Component]) -> Settings:
        """The components that are switched on, with the defaults of settings that nobody gave."""
        return {name: {**self.defaults.get(name, {}), **one} for name, one in settings.items() if one.on}


def merged(above: Mapping[str, Component], entry: Entry) -> dict[str, Component]:
    """The settings of a node: those from above, each replaced by the node's own where it has one."""
    found = dict(above)
    for name, own in (entry.data.get("baseline") or {}).items():
        component = Component({**found.get(name, {}), **(own if isinstance(own, dict) else {})})
        component.on = own is not False
        found[name] = component
    return found


def defaults(shape: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that a component's schema gives."""
    return {key: one["default"] for key, one in shape.get("properties", {}).items() if "default" in one}


def contacts(above: Contacts, entry: Entry) -> Contacts:
    """The contacts of a node: those from above, each replaced as a whole by the node's own where it has one."""
    own = {kind.upper(): Contact(**contact) for kind, contact in (entry.data.get("contacts") or {}).items()}
    return {**above, **own}
