"""Accounts do not share a mailbox where the organization does not mean them to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.load.twins import twins
from org.model.finding import Severity

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG033",
    "two accounts share one mailbox",
    (
        "Most mail systems deliver `team+x@` and `team@` to the same mailbox, so whoever reads it can reset "
        "the root password of both accounts. This is looked at only where `email_pattern` shows that the "
        "organization gives each account its own mailbox."
    ),
    wrong=(
        "organization:\n"
        '  email_pattern: "{key}@aws.acme.example"\n'
        "accounts:\n"
        "  - {key: payments, ou: Workloads}\n"
        "  - {key: billing, email: payments+billing@aws.acme.example, ou: Workloads}\n"
    ),
    right=(
        "organization:\n"
        '  email_pattern: "{key}@aws.acme.example"\n'
        "accounts:\n"
        "  - {key: payments, ou: Workloads}\n"
        "  - {key: billing, ou: Workloads}\n"
    ),
    severity=Severity.WARNING,
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account whose mailbox another one has, unless both have the very same address."""
    pattern = declared.organization.get("email_pattern", "")
    if not pattern or "+" in pattern:
        return
    for account, first, span, seen in twins(declared, lambda account: mailbox(account.email), "email"):
        if "+" in account.email:
            yield RULE.finding(
                f"{quoted(account.email)} reaches the same mailbox as {first}",
                span,
                help="give it a mailbox of its own",
                seen=seen,
            )


def mailbox(address: str) -> str:
    """The address without what follows a plus sign, in lower case."""
    local, _, domain = address.casefold().partition("@")
    return f"{local.partition('+')[0]}@{domain}" if local else ""
