"""No two accounts have the same address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.load.twins import twins

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG032",
    "two accounts have the same e-mail address",
    (
        "An address belongs to one account in all of AWS, in whatever case it is written. AWS would refuse "
        "the second account only when it is created, long after the review."
    ),
    wrong=(
        "accounts:\n"
        "  - {key: payments, email: pay@acme.example, ou: Workloads}\n"
        "  - {key: billing, email: Pay@acme.example, ou: Workloads}\n"
    ),
    right=(
        "accounts:\n"
        "  - {key: payments, email: pay@acme.example, ou: Workloads}\n"
        "  - {key: billing, email: bill@acme.example, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account whose address is taken; accounts with the same key have had theirs."""
    for account, first, span, seen in twins(declared, lambda account: account.email.casefold(), "email"):
        own = account.entry.get("email")
        if own or f"{quoted(account.key)}" not in first:
            help = "give one of them another address" if own else "write its own `email`; the pattern gives this one"
            yield RULE.finding(f"the address {quoted(account.email)} is taken by {first}", span, help=help, seen=seen)
