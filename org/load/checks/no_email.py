"""Every account has an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG056",
    "an account without an e-mail address",
    (
        "AWS needs an address to create an account. It stands in the entry, or is made from "
        "`organization.email_pattern`, in which {quoted(key)} stands for the account's key."
    ),
    wrong=(
        "version: 1\n"
        "organization:\n"
        "  management: {name: acme, email: aws@acme.example}\n"
        "  home_region: eu-west-1\n"
        "  regions: [eu-west-1]\n"
        "organizational_units: {Workloads: {}}\n"
        "accounts:\n"
        "  - {key: payments, ou: Workloads}\n"
    ),
    right=(
        "version: 1\n"
        "organization:\n"
        "  management: {name: acme, email: aws@acme.example}\n"
        "  home_region: eu-west-1\n"
        "  regions: [eu-west-1]\n"
        "organizational_units: {Workloads: {}}\n"
        "accounts:\n"
        "  - {key: payments, email: payments@acme.example, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account without an address; not where the pattern itself had its finding."""
    if declared.organization.written("email_pattern"):
        return
    for account in declared.members:
        if account.key and not account.entry.written("email"):
            help = "add `email`, or `email_pattern` under `organization`"
            yield RULE.finding(
                f"the account {quoted(account.key)} has no address", account.entry.span("key"), help=help
            )
