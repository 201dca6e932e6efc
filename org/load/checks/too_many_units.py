"""There are no more units than AWS allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG059",
    "too many organizational units",
    (
        "An organization has at most 2,000 organizational units: "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
    ),
)
MOST = 2_000


def check(declared: Declared) -> Iterator[Finding]:
    """A finding at the first unit that is one too many."""
    if len(declared.units) > MOST:
        yield RULE.finding(
            f"{len(declared.units):,} units; AWS allows {MOST:,}",
            declared.units[MOST].span,
            help="merge units, or ask AWS for more",
        )
