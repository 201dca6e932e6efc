"""An account that is closed says why, and only such a one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG050",
    "closing an account without a reason",
    (
        "Closing an account ends everything in it after 90 days. The reason is what the reviewers decide on, "
        "so it is required, and it stands in the file afterwards: "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html"
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads, state: closed}\n"),
    right=(
        "accounts:\n  - {key: payments, ou: Workloads, state: closed, close_reason: the product was retired in May}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each closed account without a reason, and for each reason without a closing."""
    for account in declared.members:
        closed = account.entry.get("state") == "closed"
        reason = account.entry.get("close_reason")
        if closed and not account.entry.written("close_reason"):
            help = "add `close_reason:` for the people who review it"
            yield RULE.finding(
                f"the account {quoted(account.key)} is to be closed without a reason",
                account.entry.span("state"),
                help=help,
            )
        elif reason and not closed:
            help = "add `state: closed`, or remove the reason"
            yield RULE.finding(
                f"the account {quoted(account.key)} has a `close_reason` but is not closed",
                account.entry.key_span("close_reason"),
                help=help,
            )
