"""Names of units are what AWS takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG040",
    "the name of an organizational unit",
    (
        "A name has 1 to 128 characters, no `/`, which stands between the names of a path, and no white "
        "space around it. A path is written as nested `units`."
    ),
    wrong="organizational_units: {Workloads/Prod: {}}\n",
    right="organizational_units: {Workloads: {units: {Prod: {}}}}\n",
)
LONGEST = 128
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html"""


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each unit whose name AWS would refuse, or that could not be told apart in a path."""
    for unit in declared.units:
        name, span = unit.name, unit.span
        if "/" in name:
            yield RULE.finding(
                f"the name {quoted(name)} has a `/` in it",
                span,
                help="nest it: the part after the `/` goes under `units:`",
            )
        elif not name.strip() or len(name) > LONGEST:
            yield RULE.finding(
                f"the name {quoted(name)} has {len(name)} characters", span, help=f"AWS takes 1 to {LONGEST}"
            )
        elif name != name.strip():
            yield RULE.finding(f"the name {quoted(name)} has white space around it", span, help="remove it")
