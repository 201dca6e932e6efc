"""There are no more units and accounts than AWS allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.declared import MOST_ACCOUNTS, MOST_UNITS
from org.load.rule import Rule

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG059",
    "too many organizational units or accounts",
    "An organization has at most 2,000 organizational units and, on request, 50,000 accounts: "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding at the first unit, and one at the first account, that is one too many."""
    units, accounts = declared.units, declared.accounts
    if len(units) > MOST_UNITS:
        message = f"more than {MOST_UNITS:,} organizational units"
        yield RULE.finding(message, units[MOST_UNITS].span, help="merge units, or ask AWS for more")
    if len(accounts) > MOST_ACCOUNTS:
        message = f"more than {MOST_ACCOUNTS:,} accounts"
        yield RULE.finding(message, accounts[MOST_ACCOUNTS].entry.span(), help="split them over several organizations")
