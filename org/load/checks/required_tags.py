"""Every account has the tags that are required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

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
        has = declared.tags_of(account)
        for key in required:
            if not has.get(key):
                span = (
                    account.entry.span("tags")
                    if account.entry.get("tags")
                    else account.entry.span("key" if account.entry.get("key") else "name")
                )
                near = declared.suggester.near(key, [one for one in has if one not in required])
                help = (
                    f"did you mean {quoted(key)} where it says {quoted(near)}?"
                    if near
                    else f"add {quoted(key)} to `tags`, here or on a unit above"
                )
                yield RULE.finding(f"the account {quoted(account.key)} lacks the tag {quoted(key)}", span, help=help)
