"""Tags of accounts, OUs, the root and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.sandbox.strict.paging import paged
from org.sandbox.strict.refusal import Refusal, constraint, invalid_input
from org.sandbox.strict.registry import Request, answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from org.sandbox.strict.state import Realm


def check_tags(given: Sequence[Mapping[str, str]], there: Mapping[str, str], limit: int) -> dict[str, str]:
    """The given tags as a dictionary, if they may be added to those that are there (User Guide, orgs_tagging)."""
    tags = {tag["Key"]: tag["Value"] for tag in given}
    if len(tags) != len(given):
        raise invalid_input("DUPLICATE_TAG_KEY", "Tag keys must be unique among the tags attached to the same entity.")
    if any(key.lower().startswith("aws:") for key in tags):
        message = "You specified a tag key that is a system tag. You can't add, edit, or delete system tag keys."
        raise invalid_input("INVALID_SYSTEM_TAGS_PARAMETER", message)
    if len(tags.keys() | there.keys()) > limit:
        message = "You have exceeded the number of tags allowed on this resource."
        raise constraint("MAX_TAG_LIMIT_EXCEEDED", message)
    return tags


def tags_of(realm: Realm, identity: str) -> dict[str, str]:
    """The tags of the resource of that id, to read or to change (TargetNotFoundException)."""
    resource = realm.node(identity) or realm.policies.get(identity)
    if resource is not None:
        return resource.tags
    if identity.startswith("rp-") and realm.resource_policy is not None:
        return realm.resource_policy_tags
    raise Refusal(
        "TargetNotFoundException", "We can't find a root, OU, account, or policy with the TargetId that you specified."
    )


@answers("organizations")
def tag_resource(request: Request) -> dict[str, Any]:
    """The tags are on the resource; others stay (API page TagResource)."""
    there = tags_of(request.realm, request.parameters["ResourceId"])
    there.update(check_tags(request.parameters["Tags"], there, request.world.quotas.tags))
    return {}


@answers("organizations")
def untag_resource(request: Request) -> dict[str, Any]:
    """The keys are gone from the resource; unknown keys are ignored (API page UntagResource)."""
    there = tags_of(request.realm, request.parameters["ResourceId"])
    check_tags(
        [{"Key": key, "Value": ""} for key in request.parameters["TagKeys"]], {}, len(request.parameters["TagKeys"])
    )
    for key in request.parameters["TagKeys"]:
        there.pop(key, None)
    return {}


@answers("organizations")
def list_tags_for_resource(request: Request) -> dict[str, Any]:
    """The tags of the resource (API page ListTagsForResource)."""
    tags = tags_of(request.realm, request.parameters["ResourceId"])
    return paged(request, "Tags", tags.items(), lambda tag: {"Key": tag[0], "Value": tag[1]})
