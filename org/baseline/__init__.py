"""The security baseline: one file a component, found by being there.

A component carries everything about one setting: its schema, how to read and write it, the IAM actions it needs and
the controls it serves. The schema of accounts.yaml, the pipeline's roles, the docs and the Ansible tasks derive from
`find()`. A module whose name begins with `_` is no component.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.model.finding import Finding, Severity
from org.model.organization import Pipeline
from org.model.place import Place, partition

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State

HERE = ""
"""The name of the one thing of a place, where a component has no more than one there."""

Things = Mapping[str, "State | None"]
"""States by the name of the thing: an alias, a bucket, an ARN, or `HERE`. None is a thing that must not be there."""
Settings = Mapping[str, Any]


class Where(StrEnum):
    """Where a component acts."""

    ACCOUNT = "account"
    REGION = "region"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Scope:
    """One place as accounts.yaml has it: what a component may know without asking AWS.

    `settings` are final. `region` is the Region of the place, the home Region where the component is account-wide.
    `regions` are the governed Regions that are on in this account. `accounts` has the ids of all accounts that exist,
    by key. `tags` are the account's. `pipeline` has the names of its roles, `services` those that the organization
    trusts or gives an administrator, and `folders` are where templates are looked for.
    """

    place: Place = field(default_factory=lambda: Place(""))
    settings: Settings = field(default_factory=dict)
    home_region: str = "us-east-1"
    regions: tuple[str, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    organization_id: str = ""
    management: str = ""
    pipeline: Pipeline = field(default_factory=Pipeline)
    services: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    @property
    def account(self) -> str:
        """The 12-digit id of the account."""
        return self.place.account

    @property
    def region(self) -> str:
        """The Region of the place, the home Region of an account-wide one."""
        return self.place.region or self.home_region

    def elsewhere(self, region: str) -> Scope:
        """The same account in another Region."""
        return replace(self, place=Place(self.place.account, region, self.place.name))

    @property
    def partition(self) -> str:
        """The first part of this place's ARNs after `arn:`."""
        return partition(self.region)

    def finding(
        self, control: str, message: str, *, severity: Severity = Severity.WARNING, advice: str = ""
    ) -> Finding:
        """A finding about this place; its rule is the control that it is about, `SEC-10`."""
        return Finding(control, message, severity, place=self.place, help=advice)


def one(read: Callable[[Cloud], State | None]) -> Callable[[Cloud, Scope], Things]:
    """The read of a component that has one thing in a place; None is one that was never set."""

    def things(cloud: Cloud, _: Scope) -> Things:
        state = read(cloud)
        return {} if state is None else {HERE: state}

    return things


def as_set(scope: Scope, _: Things) -> Things:
    """What most components with one thing want: exactly their settings."""
    return {HERE: dict(scope.settings)}


def nothing_wrong(_scope: Scope, _found: Things) -> Iterable[Finding]:
    """What a component finds that never reports anything."""
    return ()


@dataclass(frozen=True, slots=True)
class Component:
    """One baseline setting.

    - `settings` maps each setting to its JSON Schema, with `default` and `description`.
    - `where` is where it acts: once in each account, in every governed Region of each account, or once for the
      organization, from the management account in the home Region. Only one of the organization may `cloud.reach` into
      other accounts.
    - `read` gives everything that is there, by name; `one(read)` makes it of a function that gives one state or None.
    - `wanted` gives what should be there, seeing what is. A state has only what is managed: what else `read` found of
      the thing is compared with nothing. Only what is named is touched. None takes a thing away.
    - `findings` gives what is wrong and no run puts right. One of severity ERROR makes the run fail.
    - `write` makes `change.after` true; without it a component only reports.
    - `managed_above` names the organization policy that decides the setting, or None; it is asked only where wanted and
      found differ.
    - `reads` and `writes` are the IAM actions that the component needs where it acts, `reads_elsewhere` and
      `writes_elsewhere` those in the accounts that it reaches into.
    - `as_root` are IAM actions that it does in sessions of members' root users: AWS's policies of such tasks allow
      them, so no role needs them, and the roles of the pipeline have sts:AssumeRoot for those tasks alone.
    - `linked_services` are services, say `config.amazonaws.com`, that get a service-linked role by a call of `write`:
      AWS asks the caller for iam:CreateServiceLinkedRole too, which is for no other service.
    - `after` names components that must come first. One that is `first` comes before all that are not, but for those:
      with it a run gets the permissions that the others need.
    """

    name: str
    title: str
    description: str
    settings: Mapping[str, Mapping[str, Any]]
    reads: tuple[str, ...]
    read: Callable[[Cloud, Scope], Things]
    where: Where = Where.ACCOUNT
    wanted: Callable[[Scope, Things], Things] = as_set
    findings: Callable[[Scope, Things], Iterable[Finding]] = nothing_wrong
    writes: tuple[str, ...] = ()
    write: Callable[[Cloud, Change], None] | None = None
    managed_above: Callable[[Cloud], str | None] | None = None
    controls: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    first: bool = False
    reads_elsewhere: tuple[str, ...] = ()
    writes_elsewhere: tuple[str, ...] = ()
    linked_services: tuple[str, ...] = ()
    as_root: tuple[str, ...] = ()

    @property
    def all_reads(self) -> tuple[str, ...]:
        """Every IAM action that it reads with, wherever that is."""
        return tuple(dict.fromkeys((*self.reads, *self.reads_elsewhere)))

    @property
    def all_writes(self) -> tuple[str, ...]:
        """Every IAM action that it writes with, wherever that is."""
        return tuple(dict.fromkeys((*self.writes, *self.writes_elsewhere)))

    @property
    def needs(self) -> tuple[str, ...]:
        """Every IAM action of the component."""
        return tuple(dict.fromkeys((*self.all_reads, *self.all_writes)))

    def defaults(self) -> dict[str, Any]:
        """The settings of an account that declares the component with `{}`."""
        return {name: schema["default"] for name, schema in self.settings.items()}


@cache
def find() -> Mapping[str, Component]:
    """Every component by name, in the order in which they must run."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    by_name = {module.component.name: module.component for module in modules}
    ordered: dict[str, Component] = {}

    def place(name: str) -> None:
        for earlier in by_name[name].after:
            place(earlier)
        ordered.setdefault(name, by_name[name])

    for name in sorted(by_name, key=lambda name: (not by_name[name].first, name)):
        place(name)
    return ordered


__all__ = ["HERE", "Component", "Scope", "Settings", "Severity", "Things", "Where", "find", "one"]
