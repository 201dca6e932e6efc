"""CreateOrganization, DescribeOrganization, DeleteOrganization, ListRoots, EnablePolicyType, DisablePolicyType."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.paging import paged
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.state import DEFAULTS, RCP, SCP, Member, PolicyRecord, Realm, Root

if TYPE_CHECKING:
    from org.sandbox.strict.state import World

FULL_ACCESS = {
    SCP: (
        "FullAWSAccess",
        "Allows access to every operation",
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    ),
    RCP: (
        "RCPFullAWSAccess",
        "Allows access to every operation",
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
        },
    ),
}
"""The policies that AWS makes (User Guide pages orgs_manage_policies_scps and orgs_manage_policies_rcps)."""


def found_realm(world: World, management: str, name: str, email: str, features: str = "ALL") -> Realm:
    """A new organization with its root and its management account; with all features SCPs are on.

    API page CreateOrganization: "If you create the organization with all features enabled, service control policies are
    automatically enabled in the root."
    """
    identity, root_id = f"o-{world.letters(10)}", f"r-{world.letters(4)}"
    root = Root(root_id, f"arn:aws:organizations::{management}:root/{identity}/{root_id}")
    realm = Realm(identity, management, features, root)
    for kind, (title, description, document) in FULL_ACCESS.items():
        arn = f"arn:aws:organizations::aws:policy/{kind.lower()}/{DEFAULTS[kind]}"
        content = json.dumps(document, indent=2)
        realm.add_policy(PolicyRecord(DEFAULTS[kind], arn, title, kind, content, description, aws_managed=True))
    realm.add_account(
        Member(management, realm.arn_of("account", management), name, email, root_id, world.now(), method="INVITED")
    )
    if features == "ALL":
        enable(realm, SCP)
    world.realm = realm
    return realm


def enable(realm: Realm, kind: str) -> None:
    """The policy type is on, and its default policy is attached to the root, every OU and every account."""
    realm.root.types.add(kind)
    if kind in DEFAULTS:
        for node in realm.nodes():
            realm.attach(realm.policies[DEFAULTS[kind]], node)


@answers("organizations", Audience.ANYBODY)
def create_organization(request: Request) -> dict[str, Any]:
    """The caller's account manages a new organization (API page CreateOrganization)."""
    world, caller = request.world, request.caller
    if world.realm and caller.account in world.realm.accounts:
        raise Refusal("AlreadyInOrganizationException", "The AWS account is already a member of an organization.")
    features = request.parameters.get("FeatureSet", "ALL")
    realm = found_realm(world, caller.account, "management", f"aws+{caller.account}@sandbox.example", features)
    return {"Organization": describe(realm)}


def describe(realm: Realm) -> dict[str, Any]:
    """The organization as DescribeOrganization shows it; AvailablePolicyTypes is deprecated and lists SCPs alone."""
    management = realm.accounts[realm.management]
    return {
        "Id": realm.id,
        "Arn": realm.arn,
        "FeatureSet": realm.features,
        "MasterAccountArn": management.arn,
        "MasterAccountId": management.id,
        "MasterAccountEmail": management.email,
        "AvailablePolicyTypes": [{"Type": SCP, "Status": "ENABLED"}] if SCP in realm.root.types else [],
    }


@answers("organizations", Audience.MEMBERS)
def describe_organization(request: Request) -> dict[str, Any]:
    """The organization (API page DescribeOrganization: "You can call this operation from any account")."""
    return {"Organization": describe(request.realm)}


@answers("organizations")
def delete_organization(request: Request) -> dict[str, Any]:
    """The organization is gone, if it was empty (API page DeleteOrganization: OrganizationNotEmptyException)."""
    realm = request.realm
    own = [policy for policy in realm.policies.values() if not policy.aws_managed]
    if len(realm.accounts) > 1 or realm.units or own:
        message = "The organization isn't empty. You must first remove all accounts, OUs, and policies."
        raise Refusal("OrganizationNotEmptyException", message)
    request.world.realm = None
    return {}


@answers("organizations")
def list_roots(request: Request) -> dict[str, Any]:
    """The one root, with the policy types that are on (API page ListRoots)."""
    return paged(request, "Roots", [request.realm.root], show_root)


def show_root(root: Root) -> dict[str, Any]:
    """The root as AWS shows it."""
    types = [{"Type": kind, "Status": "ENABLED"} for kind in sorted(root.types)]
    return {"Id": root.id, "Arn": root.arn, "Name": root.name, "PolicyTypes": types}


def check_root(realm: Realm, root: str) -> None:
    """The id is the root's (RootNotFoundException on the API pages of Enable- and DisablePolicyType)."""
    if root != realm.root.id:
        raise Refusal("RootNotFoundException", "You specified a root that doesn't exist.")


def check_policies_available(realm: Realm) -> None:
    """Policies may be used (PolicyTypeNotAvailableForOrganizationException of EnablePolicyType and CreatePolicy)."""
    if realm.features != "ALL":
        message = "You can't use the specified policy type with the feature set currently enabled for the organization."
        raise Refusal("PolicyTypeNotAvailableForOrganizationException", message)


@answers("organizations")
def enable_policy_type(request: Request) -> dict[str, Any]:
    """The type is on in the root (API page EnablePolicyType)."""
    realm, kind = request.realm, request.parameters["PolicyType"]
    check_root(realm, request.parameters["RootId"])
    check_policies_available(realm)
    if kind in realm.root.types:
        message = "The specified policy type is already enabled in the specified root."
        raise Refusal("PolicyTypeAlreadyEnabledException", message)
    enable(realm, kind)
    return {"Root": show_root(realm.root)}


@answers("organizations")
def disable_policy_type(request: Request) -> dict[str, Any]:
    """The type is off and all its attachments are lost (API page DisablePolicyType).

    "When you disable a policy type in a root, it is automatically detached from all entities in that root."
    """
    realm, kind = request.realm, request.parameters["PolicyType"]
    check_root(realm, request.parameters["RootId"])
    if kind not in realm.root.types:
        message = "The specified policy type isn't currently enabled in this root."
        raise Refusal("PolicyTypeNotEnabledException", message)
    for policy in realm.policies.values():
        if policy.kind == kind:
            for target in list(policy.targets):
                realm.detach(policy, target)
    realm.root.types.discard(kind)
    return {"Root": show_root(realm.root)}
