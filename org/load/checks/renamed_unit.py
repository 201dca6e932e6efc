"""A unit that was renamed is not there under its old name too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.model.organization import parent_path

if TYPE_CHECKING:
    from org.load.declared import Declared, Unit
    from org.model.finding import Finding

RULE = Rule(
    "ORG049",
    "`was` names a unit that is still there",
    (
        "`was` says under which path a unit was before, so that it is renamed and not made anew. AWS renames "
        "a unit in place, so the old path must be gone from the file, be in the same parent, and belong to "
        "one unit only. A name that one unit gives up and another takes needs a run for each of the two."
    ),
    wrong="organizational_units: {Products: {was: Workloads}, Workloads: {units: {Prod: {}}}}\n",
    right="organizational_units: {Products: {was: Workloads, units: {Prod: {}}}}\n",
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each `was` that cannot be followed."""
    taken: dict[str, Unit] = {}
    before = {unit.path: unit.entry.get("was") for unit in declared.units}
    for unit in declared.units:
        was = unit.entry.get("was")
        if not was:
            continue
        span = unit.entry.span("was")
        other = taken.setdefault(was, unit)
        parent = parent_path(unit.path)
        if parent_path(was) not in (parent, before.get(parent)):
            message = f"{quoted(was)} has another parent, and AWS cannot move a unit"
            yield RULE.finding(message, span, help="make a new unit, move the accounts, and remove the old one")
        elif was in declared.paths:
            yield RULE.finding(f"the unit {quoted(was)} is still declared", span, help=advice(unit, before[was]))
        elif other is not unit:
            message = f"{quoted(was)} is also what {quoted(other.path)} was"
            yield RULE.finding(message, span, help="only one unit can take its place", seen=other.entry.span("was"))


def advice(unit: Unit, earlier: str | None) -> str:
    """What to do where the old path is declared: `earlier` is what that unit was, None where it was not renamed."""
    path, was = quoted(unit.path), quoted(unit.entry.get("was"))
    if not earlier:
        return "remove `was`, or the old unit"
    if earlier == unit.path:
        return (
            f"to swap names, rename in three runs: {path} to a name that is free, {was} to {path}, the first to {was}"
        )
    return f"rename in two runs: first {was} to {path}, then {quoted(earlier)} to {was}"
