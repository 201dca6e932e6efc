"""A protected account stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG047",
    "a protected account is to be closed",
    (
        "`protected: true` says that an account must not be closed by a slip. To close it after all, remove "
        "`protected` first: two changes, two reviews."
    ),
    wrong=("accounts:\n  - {key: payments, ou: Workloads, protected: true, state: closed, close_reason: retired}\n"),
    right=("accounts:\n  - {key: payments, ou: Workloads, state: closed, close_reason: retired}\n"),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each protected account that is not to stay active."""
    for account in declared.members:
        state = account.entry.get("state", "active")
        if account.entry.get("protected") and state != "active":
            help = "remove `protected: true` in a change of its own, before this one"
            yield RULE.finding(
                f"the account {quoted(account.key)} is protected and cannot be {state}",
                account.entry.span("state"),
                help=help,
            )
