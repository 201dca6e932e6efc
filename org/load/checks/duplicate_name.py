"""No two accounts have the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.load.twins import twins

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG031",
    "two accounts have the same name",
    (
        "AWS allows it, but people, bills and alarms show an account by its name, and two that differ only "
        "in case look alike."
    ),
    wrong=(
        "accounts:\n"
        "  - {key: pay-one, name: Payments, ou: Workloads}\n"
        "  - {key: pay-two, name: payments, ou: Workloads}\n"
    ),
    right=(
        "accounts:\n"
        "  - {key: pay-one, name: Payments one, ou: Workloads}\n"
        "  - {key: pay-two, name: Payments two, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account whose name is taken; one that has no name of its own is named by its key."""
    for account, first, span, seen in twins(declared, lambda account: account.name.casefold(), "name"):
        if account.entry.get("name"):
            yield RULE.finding(
                f"the name {quoted(account.name)} is taken by {first}",
                span,
                help="give one of them another name",
                seen=seen,
            )
