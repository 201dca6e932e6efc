"""Tags are what AWS takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted
from org.model.organization import OWNER_TAG

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG046",
    "a tag that AWS refuses",
    (
        "A key has 1 to 128 characters and a value at most 256, of letters, digits, spaces and `_ . : / = + "
        "- @`. Keys that start with `aws:` belong to AWS, `org-baseline` marks what this project made, and "
        "an account takes 50 tags: "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html"
    ),
    wrong=('accounts:\n  - {key: payments, ou: Workloads, tags: {"aws:team": payments}}\n'),
    right=("accounts:\n  - {key: payments, ou: Workloads, tags: {team: payments}}\n"),
)

MOST = 50
LONGEST = 128
WRITTEN = re.compile(r"[\w .:/=+@-]+\Z")
ALLOWED = "letters, digits, spaces and `_ . : / = + - @`"


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each tag that AWS would refuse, where it is written, and for accounts with too many."""
    for entry in (
        declared.top,
        *(unit.entry for unit in declared.units),
        *(account.entry for account in declared.accounts),
    ):
        for key, value in entry.get("tags", {}).items():
            fault = fault_of_key(key)
            if fault:
                yield RULE.finding(
                    f"the tag key {quoted(key)} {fault}", entry.key_span("tags", key), help="use another key"
                )
            if value and not WRITTEN.match(value):
                yield RULE.finding(
                    f"the tag value {quoted(value)} has characters that AWS refuses",
                    entry.span("tags", key),
                    help=ALLOWED,
                )
    for account in declared.accounts:
        count = sum(value is not None for value in declared.tags_of(account).values())
        if count > MOST:
            message = f"the account {quoted(account.key)} has {count} tags with those it inherits; AWS takes {MOST}"
            yield RULE.finding(message, account.entry.span("key"), help="a tag of null is not inherited")


def fault_of_key(key: str) -> str:
    """What is wrong with a tag's key; empty where nothing is."""
    if key.casefold().startswith("aws:"):
        return "starts with `aws:`, which AWS keeps for itself"
    if key == OWNER_TAG:
        return "is what this project marks its own things with"
    if not 1 <= len(key) <= LONGEST:
        return f"has {len(key)} characters; AWS takes 1 to {LONGEST}"
    return "" if WRITTEN.match(key) else "has characters that AWS refuses"
