"""Settings of EC2 that a declarative policy may decide for an account: EC2 says so in its answers.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud


def by_policy(operation: str, member: str = "") -> Callable[[Cloud], str | None]:
    """What a component's `managed_above` is whose EC2 operation says, in `member` of its answer, who decides."""

    def managed_above(cloud: Cloud) -> str | None:
        answer = cloud.call("ec2", operation)
        told = answer.get(member) or {} if member else answer
        return "DECLARATIVE_POLICY_EC2" if told.get("ManagedBy") == "declarative-policy" else None

    return managed_above
