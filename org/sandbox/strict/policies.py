"""Policies: create, update, delete, describe and list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.sandbox.strict.grammar import check_document
from org.sandbox.strict.organization import check_policies_available
from org.sandbox.strict.paging import paged
from org.sandbox.strict.refusal import Refusal, constraint, invalid_input
from org.sandbox.strict.registry import Request, answers
from org.sandbox.strict.state import PolicyRecord
from org.sandbox.strict.tags import check_tags

if TYPE_CHECKING:
    from org.sandbox.strict.quotas import Quotas
    from org.sandbox.strict.state import Realm


def summary(policy: PolicyRecord) -> dict[str, Any]:
    """The policy without its content, as ListPolicies shows it."""
    return {
        "Id": policy.id,
        "Arn": policy.arn,
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.kind,
        "AwsManaged": policy.aws_managed,
    }


def show_policy(policy: PolicyRecord) -> dict[str, Any]:
    """The policy with its content, character for character as it was sent."""
    return {"Policy": {"PolicySummary": summary(policy), "Content": policy.content}}


def find_policy(realm: Realm, identity: str) -> PolicyRecord:
    """The policy of that id (PolicyNotFoundException)."""
    if policy := realm.policies.get(identity):
        return policy
    raise Refusal("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")


def check_mutable(policy: PolicyRecord) -> None:
    """The policy is not one of AWS's own (InvalidInputException: IMMUTABLE_POLICY)."""
    if policy.aws_managed:
        message = "You specified a policy that is managed by AWS and can't be modified."
        raise invalid_input("IMMUTABLE_POLICY", message)


def check_content(quotas: Quotas, kind: str, content: str) -> None:
    """The content is small enough, white space included, and well formed (User Guide, orgs_reference_limits)."""
    if len(content) > quotas.size(kind):
        message = (
            f"You have exceeded the number of characters that a policy of this type can have: {quotas.size(kind)}."
        )
        raise constraint("POLICY_CONTENT_LIMIT_EXCEEDED", message)
    check_document(kind, content)


def check_name(realm: Realm, kind: str, name: str, itself: str | None = None) -> None:
    """No other policy of the type has that name (DuplicatePolicyException)."""
    if realm.policy_names.get((kind, name), itself) != itself:
        raise Refusal("DuplicatePolicyException", "A policy with the same name already exists.")


@answers("organizations")
def create_policy(request: Request) -> dict[str, Any]:
    """A new policy, attached to nothing (API page CreatePolicy)."""
    realm, quotas, wanted = request.realm, request.world.quotas, request.parameters
    kind, name = wanted["Type"], wanted["Name"]
    check_policies_available(realm)
    check_content(quotas, kind, wanted["Content"])
    check_name(realm, kind, name)
    count = sum(1 for policy_kind, _ in realm.policy_names if policy_kind == kind)
    if count > quotas.policies_of(kind):
        raise constraint("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of policies that you can have.")
    tags = check_tags(wanted.get("Tags", []), {}, quotas.tags)
    identity = f"p-{request.world.letters(8)}"
    policy = new_policy(realm, identity, kind, name, wanted["Content"], wanted.get("Description", ""), tags)
    return show_policy(policy)


def new_policy(
    realm: Realm, identity: str, kind: str, name: str, content: str, description: str, tags: dict[str, str]
) -> PolicyRecord:
    """A new policy, nothing checked."""
    arn = realm.arn_of("policy", f"{kind.lower()}/{identity}")
    policy = PolicyRecord(identity, arn, name, kind, content, description, tags=tags)
    realm.add_policy(policy)
    return policy


@answers("organizations")
def update_policy(request: Request) -> dict[str, Any]:
    """The policy has the new name, description or content; what is not given stays (API page UpdatePolicy)."""
    realm, wanted = request.realm, request.parameters
    policy = find_policy(realm, wanted["PolicyId"])
    check_mutable(policy)
    name = wanted.get("Name", policy.name)
    check_name(realm, policy.kind, name, policy.id)
    if "Content" in wanted:
        check_content(request.world.quotas, policy.kind, wanted["Content"])
    del realm.policy_names[policy.kind, policy.name]
    realm.policy_names[policy.kind, name] = policy.id
    policy.name = name
    policy.content = wanted.get("Content", policy.content)
    policy.description = wanted.get("Description", policy.description)
    return show_policy(policy)


@answers("organizations")
def delete_policy(request: Request) -> dict[str, Any]:
    """The policy is gone, if it was attached to nothing (API page DeletePolicy: PolicyInUseException)."""
    policy = find_policy(request.realm, request.parameters["PolicyId"])
    check_mutable(policy)
    if policy.targets:
        message = "The policy is attached to one or more entities. You must detach it from all of them first."
        raise Refusal("PolicyInUseException", message)
    request.realm.remove_policy(policy)
    return {}


@answers("organizations")
def describe_policy(request: Request) -> dict[str, Any]:
    """One policy with its content (API page DescribePolicy)."""
    return show_policy(find_policy(request.realm, request.parameters["PolicyId"]))


@answers("organizations")
def list_policies(request: Request) -> dict[str, Any]:
    """The policies of one type, AWS's own first (API page ListPolicies)."""
    kind = request.parameters["Filter"]
    chosen = [policy for policy in request.realm.policies.values() if policy.kind == kind]
    return paged(request, "Policies", chosen, summary)
