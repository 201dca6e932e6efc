"""No two accounts have the same key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.load.twins import twins

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG030",
    "two accounts have the same key",
    (
        "The key is the name that this file has for an account: other entries refer to it, and Ansible uses "
        "it as the host's name."
    ),
    wrong=(
        "accounts:\n"
        "  - {key: payments, name: one, ou: Workloads}\n"
        "  - {key: payments, name: two, email: b@acme.example, ou: Workloads}\n"
    ),
    right=(
        "accounts:\n  - {key: payments, name: one, ou: Workloads}\n  - {key: payments-two, name: two, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account whose key is taken."""
    for account, _, span, seen in twins(declared, lambda account: account.key, "key"):
        yield RULE.finding(
            f"two accounts have the key {quoted(account.key)}", span, help="give one of them another key", seen=seen
        )
