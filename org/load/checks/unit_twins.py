"""No two units under one parent have the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.model.organization import parent_path

if TYPE_CHECKING:
    from org.load.declared import Declared, Unit
    from org.model.finding import Finding

RULE = Rule(
    "ORG041",
    "two units with the same name",
    (
        "Two units side by side whose names differ only in case cannot be told apart in a path, and AWS "
        "refuses a second one of the same name."
    ),
    wrong="organizational_units: {Workloads: {}, workloads: {}}\n",
    right="organizational_units: {Workloads: {}, Sandbox: {}}\n",
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each unit whose name is taken by one beside it."""
    first: dict[str, Unit] = {}
    for unit in declared.units:
        other = first.setdefault(f"{parent_path(unit.path)}/{unit.name.casefold()}", unit)
        if other is not unit:
            yield RULE.finding(
                f"{quoted(unit.path)} differs from {quoted(other.path)} in nothing but case",
                unit.span,
                help="give one another name",
                seen=other.span,
            )
