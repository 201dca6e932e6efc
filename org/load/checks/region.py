"""Every Region is one that AWS has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.regions import REGIONS
from org.load.rule import Rule, quoted
from org.model.finding import Severity

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG052",
    "an unknown Region",
    (
        "The list of Regions in this release does not have it. A Region that is newer than the release is "
        "fine; a misspelt one would stop every call."
    ),
    wrong=("organization:\n  regions: [eu-west-1, eu-west-11]\n"),
    right=("organization:\n  regions: [eu-west-1, eu-west-2]\n"),
    severity=Severity.WARNING,
)


def check(declared: Declared) -> Iterator[Finding]:
    """A warning for each Region that is not known."""
    for region, span in declared.organization.items("regions"):
        if region not in REGIONS:
            help = declared.suggester.help(region, REGIONS, "check the name; a Region newer than this release is fine")
            yield RULE.finding(f"unknown Region {quoted(region)}", span, help=help)
