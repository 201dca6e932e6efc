"""Names of accounts are what AWS takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG044",
    "the name of an account",
    (
        "A name has 1 to 50 printable ASCII characters: "
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html"
    ),
    wrong=("accounts:\n  - {key: payments, name: Zürich, ou: Workloads}\n"),
    right=("accounts:\n  - {key: payments, name: Zurich, ou: Workloads}\n"),
)
LONGEST = 50


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each name that is too long because its key is; written names are the schema's matter."""
    for account in declared.accounts:
        if len(account.name) > LONGEST and not account.entry.get("name"):
            message = f"the key {quoted(account.key)} is the name too, and has more than {LONGEST} characters"
            yield RULE.finding(message, account.entry.span("key"), help="give the account a shorter `name`")
