"""Units are nested at most five deep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG039",
    "units are nested too deeply",
    (
        "AWS allows five levels of organizational units under the root: "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
    ),
    wrong="organizational_units: {A: {units: {B: {units: {C: {units: {D: {units: {E: {units: {F: {}}}}}}}}}}}}\n",
    right="organizational_units: {A: {units: {B: {units: {C: {units: {D: {units: {E: {}}}}}}}}}}\n",
)
DEPTH = 5


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each unit that is one level too deep; those below it are not mentioned."""
    for unit in declared.units:
        if unit.path.count("/") == DEPTH:
            yield RULE.finding(
                f"{quoted(unit.path)} is {DEPTH + 1} levels deep; AWS allows {DEPTH}",
                unit.span,
                help="move it further up",
            )
