"""No name is one that means something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.reserved import RESERVED_KEYS, RESERVED_POLICIES, RESERVED_UNITS
from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG048",
    "a reserved name",
    (
        "Keys of accounts become host names in Ansible, where `all`, `ungrouped` and `localhost` mean "
        "something else; `Root` is AWS's name for the top of the tree; and FullAWSAccess and "
        "RCPFullAWSAccess are AWS's own policies, which are attached by AWS."
    ),
    wrong=("accounts:\n  - {key: localhost, ou: Workloads}\n"),
    right=("accounts:\n  - {key: local-development, ou: Workloads}\n"),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each key, unit and policy with a reserved name."""
    for account in declared.members:
        if account.key in RESERVED_KEYS:
            yield RULE.finding(
                f"the key {quoted(account.key)} is reserved", account.entry.span("key"), help="use another key"
            )
    for unit in declared.units:
        if unit.path.casefold() in RESERVED_UNITS:
            help = "the root is there already: what is declared at the top of the file holds for it"
            yield RULE.finding(f"the name {quoted(unit.name)} is reserved", unit.span, help=help)
    for template, span, _ in declared.uses():
        if template in RESERVED_POLICIES:
            yield RULE.finding(
                f"{quoted(template)} is AWS's own policy",
                span,
                help="remove it; AWS attaches it everywhere, and it is never touched",
            )
