"""Addresses are in the domains that are allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG043",
    "an e-mail address in another domain",
    (
        "`organization.email_domains` lists the domains whose mail the organization reads. Whoever owns the "
        "domain of a root user's address can take the account."
    ),
    wrong=(
        "organization:\n"
        "  email_domains: [acme.example]\n"
        "accounts:\n"
        "  - {key: payments, email: payments@acne.example, ou: Workloads}\n"
    ),
    right=(
        "organization:\n"
        "  email_domains: [acme.example]\n"
        "accounts:\n"
        "  - {key: payments, email: payments@acme.example, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each address in a domain that is not listed; no list allows all."""
    allowed = {domain.casefold() for domain, _ in declared.organization.items("email_domains")}
    for account in declared.accounts if allowed else ():
        domain = account.email.rpartition("@")[2].casefold()
        if "@" in account.email and domain not in allowed:
            help = declared.suggester.help(
                domain, sorted(allowed), "add the domain to `organization.email_domains`, if you own it"
            )
            span = account.entry.span("email" if account.entry.get("email") else "key")
            yield RULE.finding(f"the domain {quoted(domain)} is not one that is allowed", span, help=help)
