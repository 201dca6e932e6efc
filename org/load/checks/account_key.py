"""Keys of accounts are short and plain."""

from __future__ import annotations

from org.load.rule import Rule

RULE = Rule(
    "ORG060",
    "the key of an account",
    (
        "A key has 1 to 63 characters: a small letter, then small letters, digits and `-`. It becomes a host "
        "name, a part of an address and a part of file names."
    ),
    wrong=("accounts:\n  - {key: Payments_Prod, email: payments@acme.example, ou: Workloads}\n"),
    right=("accounts:\n  - {key: payments-prod, email: payments@acme.example, ou: Workloads}\n"),
)
