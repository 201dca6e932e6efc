"""The identity-based policies of roles, as moto's IAM has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.sandbox.authorization.engines import ADMINISTRATOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.sandbox.authorization.engines import Texts


@dataclass(frozen=True, slots=True)
class Permissions:
    """What IAM says about a principal: its policies, its boundary and its tags."""

    identity: Texts = ()
    boundary: Texts = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def unlimited(self) -> bool:
        """True where nothing is held back."""
        return self.identity is ADMINISTRATOR and not self.boundary


EVERYTHING = Permissions(ADMINISTRATOR)
NOTHING = '{"Version":"2012-10-17","Statement":[]}'


def of_role(role: Any, backend: Any) -> Permissions:
    """What moto's IAM says about a role; a boundary that does not exist allows nothing, as in AWS."""
    inline = tuple((name, text) for name, text in sorted(role.policies.items()))
    attached = tuple((policy.name, current(policy)) for policy in role.managed_policies.values())
    return Permissions(
        inline + attached,
        boundary_of(role.permissions_boundary_arn, backend),
        tags_of(role),
    )


def boundary_of(arn: str | None, backend: Any) -> Texts:
    """The boundary's text; nothing where none is set."""
    if not arn:
        return ()
    policy = backend.managed_policies.get(arn)
    return ((arn.rpartition("/")[2], current(policy) if policy else NOTHING),)


def current(policy: Any) -> str:
    """The text of a managed policy's default version."""
    return next(str(version.document) for version in policy.versions if version.is_default)


def tags_of(thing: Any) -> dict[str, str]:
    """The tags of a role or user; moto keeps them in a list or by key."""
    tags = thing.tags or ()
    return {tag["Key"]: tag["Value"] for tag in (tags.values() if isinstance(tags, dict) else tags)}


def trust_policy(account: str) -> dict[str, Any]:
    """The trust policy of a role that the account's own administrators decide about."""
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }
