"""Recommendations that accounts.yaml itself meets, without a policy and without a component."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from org.model.organization import Account, Organization

CONTACTS = {"BILLING", "OPERATIONS", "SECURITY"}


def _placed(_: Organization, account: Account) -> str:
    return f"placed in `{account.ou}`" if account.ou else ""


def _delegated(organization: Organization, _: Account) -> str:
    services = sorted(organization.delegated_administrators)
    return f"delegated: {', '.join(services)}" if services else ""


def _contacts(_: Organization, account: Account) -> str:
    return "all three contacts" if set(account.contacts) >= CONTACTS else ""


DECLARED: Mapping[str, Callable[[Organization, Account], str]] = {
    "ORG-01": _placed,
    "ORG-03": _delegated,
    "ORG-13": _contacts,
}
"""By control, what of the declaration meets it for an account; an empty text where nothing does."""
