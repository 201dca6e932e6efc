"""Policies attached to the root, OUs and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.sandbox.strict.paging import paged
from org.sandbox.strict.policies import find_policy, summary
from org.sandbox.strict.refusal import Refusal, constraint, invalid_input
from org.sandbox.strict.registry import Request, answers
from org.sandbox.strict.state import DEFAULTS, RCP, SCP, Member, Root, Unit

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm

KIND_OF_NODE = {Root: "ROOT", Unit: "ORGANIZATIONAL_UNIT", Member: "ACCOUNT"}


def check_target(realm: Realm, target: str) -> Root | Unit | Member:
    """The root, OU or account of that id (TargetNotFoundException)."""
    if node := realm.node(target):
        return node
    message = "We can't find a root, OU, or account with the TargetId that you specified."
    raise Refusal("TargetNotFoundException", message)


@answers("organizations")
def attach_policy(request: Request) -> dict[str, Any]:
    """The policy is attached to the target (API page AttachPolicy; numbers: User Guide, orgs_reference_limits)."""
    realm, target = request.realm, request.parameters["TargetId"]
    policy = find_policy(realm, request.parameters["PolicyId"])
    check_target(realm, target)
    if policy.kind not in realm.root.types:
        message = "The specified policy type isn't currently enabled in this root."
        raise Refusal("PolicyTypeNotEnabledException", message)
    if target in policy.targets:
        message = "The selected policy is already attached to the specified target."
        raise Refusal("DuplicatePolicyAttachmentException", message)
    if len(realm.attached_to(target, policy.kind)) >= request.world.quotas.attachable(policy.kind):
        message = "You have exceeded the number of policies of this type that can be attached to an entity."
        raise constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message)
    realm.attach(policy, target)
    return {}


@answers("organizations")
def detach_policy(request: Request) -> dict[str, Any]:
    """The policy is no longer attached to the target (API page DetachPolicy).

    Each target keeps at least one SCP (User Guide page orgs_policies_detach), and RCPFullAWSAccess cannot be detached
    (orgs_manage_policies_rcps).
    """
    realm, target = request.realm, request.parameters["TargetId"]
    policy = find_policy(realm, request.parameters["PolicyId"])
    check_target(realm, target)
    if policy.id == DEFAULTS[RCP]:
        raise invalid_input("NON_DETACHABLE_POLICY", "You can't detach this AWS managed policy.")
    if target not in policy.targets:
        message = "The policy isn't attached to the specified target in the specified root."
        raise Refusal("PolicyNotAttachedException", message)
    if policy.kind == SCP and len(realm.attached_to(target, SCP)) == 1:
        message = "You can't remove the last policy of this type that is attached to an entity."
        raise constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message)
    realm.detach(policy, target)
    return {}


@answers("organizations")
def list_policies_for_target(request: Request) -> dict[str, Any]:
    """The policies of one type attached to the target itself, none inherited (API page ListPoliciesForTarget)."""
    realm, target = request.realm, request.parameters["TargetId"]
    check_target(realm, target)
    attached = realm.attached_to(target, request.parameters["Filter"])
    return paged(request, "Policies", attached, lambda identity: summary(realm.policies[identity]))


@answers("organizations")
def list_targets_for_policy(request: Request) -> dict[str, Any]:
    """The roots, OUs and accounts that the policy is attached to (API page ListTargetsForPolicy)."""
    realm = request.realm
    policy = find_policy(realm, request.parameters["PolicyId"])
    return paged(request, "Targets", policy.targets, lambda identity: show_target(realm, identity))


def show_target(realm: Realm, identity: str) -> dict[str, Any]:
    """The target as ListTargetsForPolicy shows it."""
    node = check_target(realm, identity)
    return {"TargetId": node.id, "Arn": node.arn, "Name": node.name, "Type": KIND_OF_NODE[type(node)]}
