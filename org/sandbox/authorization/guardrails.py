"""The SCPs and RCPs that hold for an account at this moment, read from the live attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.sandbox.strict.state import DEFAULTS, RCP, SCP

if TYPE_CHECKING:
    from org.sandbox.authorization.engines import Texts
    from org.sandbox.strict.state import Realm, World


def scps(world: World, account: str) -> tuple[Texts, ...] | None:
    """The SCPs of an account level by level, from the root down; None where none can hold for it.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    return _levels(world.realm, account, SCP)


def rcps(world: World, account: str) -> tuple[Texts, ...] | None:
    """The RCPs for the resources of an account; RCPFullAWSAccess, which nobody can detach, is left out."""
    return _levels(world.realm, account, RCP, left_out=DEFAULTS[RCP])


def restricts(world: World, account: str) -> bool:
    """True where some SCP of the account is not AWS's own FullAWSAccess, or where a level has none."""
    realm = world.realm
    if realm is None or SCP not in realm.root.types or account not in realm.accounts:
        return False
    only = [DEFAULTS[SCP]]
    return any(list(realm.attached_to(node, SCP)) != only for node in realm.lineage(account))


def has_rcps(world: World) -> bool:
    """True where an RCP other than AWS's own is attached anywhere."""
    realm = world.realm
    if realm is None or RCP not in realm.root.types:
        return False
    return any(policy.kind == RCP and policy.targets and not policy.aws_managed for policy in realm.policies.values())


def _levels(realm: Realm | None, account: str, kind: str, left_out: str = "") -> tuple[Texts, ...] | None:
    if realm is None or kind not in realm.root.types or account not in realm.accounts:
        return None
    attached = [[one for one in realm.attached_to(node, kind) if one != left_out] for node in realm.lineage(account)]
    return tuple(tuple((realm.policies[one].name, realm.policies[one].content) for one in level) for level in attached)
