"""The security baseline: one file a component, found by being there.

A component carries everything about one setting: its schema, how to read and write it, the IAM actions it needs and
the controls it serves. The schema of accounts.yaml, the pipeline's roles, the docs and the Ansible tasks derive from
`find()`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State


@dataclass(frozen=True, slots=True)
class Component:
    """One baseline setting of an account.

    `settings` maps each setting to its JSON Schema, with `default` and `description`. `read` gives the state as it is,
    or None where it was never set. `write` makes `change.after` true; without it a component only reports.
    `managed_above` names the organization policy that decides the setting, or None; it is asked only where wanted and
    found differ. `reads` and `writes` are the IAM actions the two need. `after` names components that must come first.
    """

    name: str
    title: str
    description: str
    settings: Mapping[str, Mapping[str, Any]]
    reads: tuple[str, ...]
    read: Callable[[Cloud], State | None]
    writes: tuple[str, ...] = ()
    write: Callable[[Cloud, Change], None] | None = None
    managed_above: Callable[[Cloud], str | None] | None = None
    controls: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Every IAM action of the component."""
        return (*self.reads, *self.writes)

    def wanted(self, settings: Mapping[str, Any]) -> State:
        """The wanted state: the declared settings over the defaults."""
        return {name: settings.get(name, schema["default"]) for name, schema in self.settings.items()}


@cache
def find() -> Mapping[str, Component]:
    """Every component by name, in the order in which they must run."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    by_name = {module.component.name: module.component for module in modules}
    ordered: dict[str, Component] = {}

    def place(name: str) -> None:
        for earlier in by_name[name].after:
            place(earlier)
        ordered.setdefault(name, by_name[name])

    for name in sorted(by_name):
        place(name)
    return ordered
