"""The control catalogue: what is recommended, by whom, and what of this program prevents, notices and mends it.

A row names no template and no component: they name the rows that they serve, so nothing is said twice.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from org.controls import catalogue
from org.controls.control import Control, Correction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.baseline import Component
    from org.policy import Library
    from org.policy.roles import Roles

FAMILIES = ("S3", "ORG", "ENC", "SEC", "NET", "HA", "OBS", "DR", "COST", "CI", "PERF")
"""The families of controls, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """A control, and the names of what serves it.

    `templates` prevent its breach and `roles` are least-privilege roles for it. `components` notice a breach; `writers`
    are those of them that also mend it.
    """

    control: Control
    templates: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()

    @property
    def prevents(self) -> tuple[str, ...]:
        """What of this program prevents a breach; empty where nothing does yet, or nothing can."""
        return self.templates

    @property
    def detects(self) -> tuple[str, ...]:
        """What of this program notices a breach; empty where nothing does yet."""
        return (*self.components, *self.control.detected_by)

    @property
    def corrects(self) -> tuple[str, ...]:
        """What of this program mends a breach; empty where nothing does yet, or a person has to."""
        return (*self.writers, *self.control.corrected_by)

    @property
    def built(self) -> tuple[str, ...]:
        """Everything of this program that serves the control, each once."""
        return tuple(dict.fromkeys((*self.prevents, *self.detects, *self.corrects)))


@cache
def controls() -> Mapping[str, Control]:
    """Every control by its id, family by family."""
    names = [module.name for module in pkgutil.iter_modules(catalogue.__path__)]
    modules = [importlib.import_module(f"{catalogue.__name__}.{name}") for name in names]
    found = [control for module in modules for control in module.controls]
    return {control.id: control for control in sorted(found, key=_order)}


def _order(control: Control) -> tuple[int, str]:
    return FAMILIES.index(control.id.rpartition("-")[0]), control.id


def rows(library: Library, roles: Roles, components: Mapping[str, Component]) -> tuple[Row, ...]:
    """Every control with what serves it among these templates, roles and components."""
    return tuple(
        Row(
            control,
            templates=tuple(name for name, one in sorted(library.templates.items()) if control.id in one.controls),
            roles=tuple(name for name, one in sorted(roles.templates.items()) if control.id in one.template.controls),
            components=tuple(name for name, one in components.items() if control.id in one.controls),
            writers=tuple(name for name, one in components.items() if control.id in one.controls and one.write),
        )
        for control in controls().values()
    )


__all__ = ["Control", "Correction", "Row", "controls", "rows"]
