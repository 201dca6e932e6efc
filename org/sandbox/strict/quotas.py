"""The quotas that the sandbox enforces, as data (User Guide page orgs_reference_limits, October 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PAGE = 20
"""The most that a page of any list call holds."""

SIZES = {
    "SERVICE_CONTROL_POLICY": 10_240,
    "RESOURCE_CONTROL_POLICY": 5_120,
    "AISERVICES_OPT_OUT_POLICY": 2_500,
}
"""Characters in a policy, white space included; every other type has `OTHER_SIZE`."""
OTHER_SIZE = 10_000

ATTACHED = {
    "SERVICE_CONTROL_POLICY": 10,
    "RESOURCE_CONTROL_POLICY": 5,
    "CHATBOT_POLICY": 5,
    "AISERVICES_OPT_OUT_POLICY": 5,
}
"""Policies of a type attached to one target, FullAWSAccess included; every other type has `OTHER_ATTACHED`."""
OTHER_ATTACHED = 10

POLICIES = {"SERVICE_CONTROL_POLICY": 10_000, "RESOURCE_CONTROL_POLICY": 2_000}
"""Policies of a type in one organization; every other type has `OTHER_POLICIES`."""
OTHER_POLICIES = 1_000


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas that differ between organizations or that a test wants small.

    `accounts` counts the management account too. AWS starts organizations at 10 and raises it on request up to 50,000,
    which is what the sandbox starts with. `monthly_closures` of None is AWS's own formula, `closable`.
    """

    accounts: int = 50_000
    units: int = 2_000
    depth: int = 5
    tags: int = 50
    creations: int = 5
    closures: int = 3
    monthly_closures: int | None = None
    delegates: int = 1_000
    sizes: Mapping[str, int] = field(default_factory=lambda: SIZES)
    attached: Mapping[str, int] = field(default_factory=lambda: ATTACHED)
    policies: Mapping[str, int] = field(default_factory=lambda: POLICIES)

    def size(self, kind: str) -> int:
        """The most characters of a policy of that type."""
        return self.sizes.get(kind, OTHER_SIZE)

    def attachable(self, kind: str) -> int:
        """The most policies of that type attached to one target."""
        return self.attached.get(kind, OTHER_ATTACHED)

    def policies_of(self, kind: str) -> int:
        """The most policies of that type in the organization."""
        return self.policies.get(kind, OTHER_POLICIES)


def closable(members: int) -> int:
    """Accounts that may be closed in 30 days: the higher of 250 and 20 % of the members, at most 1,000."""
    return min(1_000, max(250, members // 5))
