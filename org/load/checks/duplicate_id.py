"""No two entries have the same account id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.load.twins import twins

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG034",
    "two entries have the same account id",
    ("The id is the account's identity: two entries for one account would overwrite each other on every run."),
    wrong=(
        "accounts:\n"
        '  - {key: payments, id: "123456789012", ou: Workloads}\n'
        '  - {key: billing, id: "123456789012", ou: Workloads}\n'
    ),
    right=(
        "accounts:\n"
        '  - {key: payments, id: "123456789012", ou: Workloads}\n'
        '  - {key: billing, id: "210987654321", ou: Workloads}\n'
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each entry whose id is taken."""
    for account, first, span, seen in twins(declared, lambda account: account.entry.get("id", ""), "id"):
        yield RULE.finding(
            f"the id {quoted(account.entry.get('id'))} is taken by {first}",
            span,
            help="remove the wrong one of the two",
            seen=seen,
        )
