"""Where a thing is."""

from __future__ import annotations

from dataclasses import dataclass

PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
"""The partition of Regions whose name begins so: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""


def partition(region: str) -> str:
    """The partition that a Region is in: the second part of the ARNs of everything in it."""
    return next((name for start, name in PARTITIONS.items() if region.startswith(start)), "aws")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An account, and a Region unless the thing is account-wide.

    `account` is the 12-digit id, or empty while the account does not exist yet. `name` is the account's key in
    accounts.yaml, for people.
    """

    account: str
    region: str | None = None
    name: str = ""

    def __str__(self) -> str:
        known = self.account or "no id yet"
        shown = f"{self.name} ({known})" if self.name else known
        return f"{shown} in {self.region}" if self.region else shown
