"""Addresses are what AWS takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG042",
    "an e-mail address that AWS refuses",
    (
        "An account's address has 6 to 64 ASCII characters and one `@`; before it stand no spaces, quotes, "
        "brackets or `: ; , \\\\ | % &` and no dot at the start; behind it letters, digits, `-` and at least "
        "one dot. An account whose address does not work cannot be recovered: "
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html"
    ),
    wrong=("accounts:\n  - {key: payments, email: payments.acme.example, ou: Workloads}\n"),
    right=("accounts:\n  - {key: payments, email: payments@acme.example, ou: Workloads}\n"),
)

LONGEST = 64
FORBIDDEN = " \"'()<>[]:;,\\|%&"
ADDRESS = re.compile(
    r"(?=.{6,64}\Z)(?!\.)[^\x00-\x20\x7f-\U0010ffff\"'()<>\[\]:;,\\|%&@]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+\Z"
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each address that AWS would refuse; length has been looked at with the schema."""
    for account in declared.accounts:
        if not account.email or ADDRESS.match(account.email):
            continue
        own = account.entry.get("email")
        if own and not 6 <= len(own) <= LONGEST:
            continue
        help = (
            "write it as `name@domain.example`" if own else "write its own `email`; this one comes from `email_pattern`"
        )
        yield RULE.finding(
            f"{quoted(account.email)} {fault(account.email)}", account.entry.span("email" if own else "key"), help=help
        )


def fault(address: str) -> str:
    """What is wrong with an address."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "has no `@`"
    if "@" in local:
        return "has more than one `@`"
    if len(address) > LONGEST:
        return f"has {len(address)} characters; AWS takes {LONGEST}"
    bad = next((c for c in address if not c.isascii() or not c.isprintable()), "")
    if bad:
        return f"has {quoted(bad)} in it, which is not ASCII"
    bad = next((c for c in local if c in FORBIDDEN), "")
    if bad:
        return f"has {quoted(bad)} before the `@`"
    if not local or local.startswith("."):
        return "has nothing, or a dot, at its start"
    return f"has a domain that is none: {quoted(domain)}"
