"""How much AWS lets a policy hold and a target carry: dated data with its source, and a user's override.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html lists most types. It does not name
GuardDuty, Security Hub CSPM and network security director policies yet; they are taken to be like the others.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from org.model.policy import PolicyType

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_OF = "2026-11-23"
"""The day on which these numbers were read from AWS's page."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What AWS allows for one policy type.

    `characters` is the size of one document, white space included, when it is saved through the API. `attached` is how
    many policies one root, OU or account may carry; `aws_attached` of them are AWS's own (FullAWSAccess), and
    `kept_free` stay empty, because a policy is replaced by attaching the new one before the old one is detached.
    `policies` is how many the organization may have.
    """

    characters: int
    attached: int
    policies: int
    aws_attached: int = 0
    kept_free: int = 1

    @property
    def ours(self) -> int:
        """How many of our policies fit on one target."""
        return self.attached - self.aws_attached - self.kept_free


QUOTAS: Mapping[PolicyType, Quota] = MappingProxyType(
    {
        **{kind: Quota(characters=10_000, attached=10, policies=1_000) for kind in PolicyType},
        # 10,240 characters and 10 policies since 15 May 2026; both were half of that before.
        PolicyType.SERVICE_CONTROL_POLICY: Quota(characters=10_240, attached=10, policies=10_000, aws_attached=1),
        # RCPFullAWSAccess cannot be detached, so it always takes one of the five.
        PolicyType.RESOURCE_CONTROL_POLICY: Quota(characters=5_120, attached=5, policies=2_000, aws_attached=1),
        PolicyType.AISERVICES_OPT_OUT_POLICY: Quota(characters=2_500, attached=5, policies=1_000),
        PolicyType.CHATBOT_POLICY: Quota(characters=10_000, attached=5, policies=1_000),
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_upgrade_syntax.html
        PolicyType.UPGRADE_ROLLOUT_POLICY: Quota(characters=5_120, attached=10, policies=1_000),
    }
)


def quotas(overrides: Mapping[str, Mapping[str, int]]) -> Mapping[PolicyType, Quota]:
    """AWS's quotas with a user's numbers in place of some, for instance `{"SERVICE_CONTROL_POLICY": {"kept_free": 2}}`.

    Raises `ValueError` for a policy type or a quota that does not exist, naming those that do.
    """
    known = dict(QUOTAS)
    names = [field.name for field in fields(Quota)]
    for kind_name, numbers in overrides.items():
        if kind_name not in PolicyType.__members__:
            raise ValueError(f"no policy type `{kind_name}`; there are {', '.join(PolicyType)}")
        unknown = sorted(set(numbers) - set(names))
        if unknown:
            raise ValueError(f"no quota `{unknown[0]}` of {kind_name}; there are {', '.join(names)}")
        kind = PolicyType(kind_name)
        known[kind] = replace(known[kind], **numbers)
    return MappingProxyType(known)


def size(content: str) -> int:
    """The characters of a document, or its bytes where they are more: AWS has documented both, the larger is safe."""
    return max(len(content), len(content.encode()))
