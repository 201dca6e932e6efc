"""Services are delegated to accounts that can administer them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG057",
    "a delegated administrator that cannot be one",
    (
        "A service is delegated to a member account that stays open, and only a service with trusted access "
        "can be: "
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html"
    ),
    wrong=(
        "organization:\n"
        "  trusted_services: [guardduty.amazonaws.com]\n"
        "  delegated_administrators: {guardduty.amazonaws.com: management}\n"
    ),
    right=(
        "organization:\n"
        "  trusted_services: [guardduty.amazonaws.com]\n"
        "  delegated_administrators: {guardduty.amazonaws.com: security}\n"
        "accounts:\n"
        "  - {key: security, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each delegation that AWS would refuse, or that ends when its account is closed."""
    trusted = set(declared.organization.get("trusted_services", ()))
    leaving = {account.key for account in declared.members if account.entry.get("state", "active") != "active"}
    own = {account.key for account in declared.accounts if account.management}
    for service, key, span in declared.administrators():
        if key in own:
            yield RULE.finding(
                f"the management account cannot be the delegated administrator of {quoted(service)}",
                span,
                help="name a member account",
            )
        elif key in leaving:
            yield RULE.finding(
                f"the account {quoted(key)} is not to stay active",
                span,
                help="delegate the service to another account first",
            )
        if service not in trusted:
            help = "add it to `trusted_services`"
            place = declared.organization.key_span("delegated_administrators", service)
            yield RULE.finding(f"{quoted(service)} has no access to the organization", place, help=help)
