"""The home Region is one of the Regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG051",
    "the home Region is not one of the Regions",
    (
        "`home_region` holds what exists only once, for instance the organization's trail. The baseline is "
        "written to `regions` only, so it must be one of them."
    ),
    wrong=("organization:\n  home_region: us-east-1\n"),
    right=("organization:\n  home_region: us-east-1\n  regions: [eu-west-1, us-east-1]\n"),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding where the home Region is not among the Regions."""
    home = declared.organization.get("home_region")
    regions = [region for region, _ in declared.organization.items("regions")]
    if home and regions and home not in regions:
        help = declared.suggester.help(home, regions, "add it to `regions`")
        span = declared.organization.span("home_region")
        yield RULE.finding(f"{quoted(home)} is not one of `regions`", span, help=help)
