"""Every account has the tags that are required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Account, Declared
    from org.model.finding import Finding, Span

RULE = Rule(
    "ORG045",
    "a required tag is missing",
    (
        "`organization.required_tags` lists keys that every account must have, its own or inherited from its "
        "units. Costs and incidents find their owner by them."
    ),
    wrong=(
        "organization:\n"
        "  management: {name: acme, email: aws@acme.example, tags: {environment: prod}}\n"
        "  required_tags: [environment]\n"
        "accounts:\n"
        "  - {key: payments, ou: Workloads}\n"
    ),
    right=(
        "organization:\n"
        "  management: {name: acme, email: aws@acme.example, tags: {environment: prod}}\n"
        "  required_tags: [environment]\n"
        "accounts:\n"
        "  - {key: payments, ou: Workloads, tags: {environment: prod}}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each account and each key that it lacks, or has with an empty value."""
    required = [key for key, _ in declared.organization.items("required_tags")]
    for account in declared.accounts if required else ():
        if account.ou and account.ou not in declared.paths:
            continue  # what it inherits is not known, and the unknown unit has a finding of its own
        has = declared.tags_of(account)
        for key in required:
            if not has.get(key) and not unreadable(account, key):
                near = declared.suggester.near(key, [one for one in has if one not in required])
                help = f"add {quoted(key)} to `tags`, here or on a unit above"
                if near:
                    help = f"did you mean {quoted(key)} where it says {quoted(near)}?"
                message = f"the account {quoted(account.key)} lacks the tag {quoted(key)}"
                yield RULE.finding(message, place(account), help=help)


def unreadable(account: Account, key: str) -> bool:
    """True where the tag is written with a value that has had its finding."""
    return account.entry.written("tags", key) and key not in account.entry.get("tags", {})


def place(account: Account) -> Span:
    """Where an account's tags are, or else what it is called by."""
    return account.entry.span(next((key for key in ("tags", "key", "name") if account.entry.get(key)), "name"))
