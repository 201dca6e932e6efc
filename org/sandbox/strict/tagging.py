"""GetResources of the Resource Groups Tagging API, for what AWS Organizations holds."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import NotCovered, Refusal
from org.sandbox.strict.registry import Request, answers

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm

KINDS = ("root", "ou", "account", "policy")
LARGEST = 100
HOME = "us-east-1"
"""AWS Organizations is global; its resources are listed in this Region."""


def resources(realm: Realm, kind: str) -> list[tuple[str, dict[str, str]]]:
    """ARN and tags of everything of one kind."""
    if kind == "root":
        return [(realm.root.arn, realm.root.tags)]
    if kind == "ou":
        return [(unit.arn, unit.tags) for unit in realm.units.values()]
    if kind == "account":
        return [(account.arn, account.tags) for account in realm.accounts.values()]
    return [(policy.arn, policy.tags) for policy in realm.policies.values()]


@answers("resourcegroupstaggingapi")
def get_resources(request: Request) -> dict[str, Any]:
    """The tagged resources of AWS Organizations (API page GetResources).

    They exist in us-east-1 and for the management account alone; pages hold up to 100, and the last has an empty token.
    Resources that never had a tag are not listed (API page GetResources).
    """
    wanted = request.parameters
    kinds = kinds_of(wanted.get("ResourceTypeFilters", []))
    realm = request.world.realm
    listed: list[tuple[str, dict[str, str]]] = []
    if realm is not None and request.caller.account == realm.management and request.region == HOME:
        listed = [item for kind in kinds for item in resources(realm, kind) if item[1]]
    filters = wanted.get("TagFilters", [])
    chosen = [(arn, tags) for arn, tags in listed if all(matches(tags, tag_filter) for tag_filter in filters)]
    offset, size = start(wanted.get("PaginationToken", "")), wanted.get("ResourcesPerPage", LARGEST)
    mappings = [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        for arn, tags in chosen[offset : offset + size]
    ]
    more = offset + size < len(chosen)
    token = base64.b64encode(str(offset + size).encode()).decode() if more else ""
    return {"ResourceTagMappingList": mappings, "PaginationToken": token}


def kinds_of(filters: list[str]) -> tuple[str, ...]:
    """The kinds of Organizations resources that the filters name; other services are more than the sandbox covers."""
    services = {name.partition(":")[0] for name in filters}
    if services != {"organizations"}:
        raise NotCovered("GetResources for other resources than those of AWS Organizations")
    named = {name.partition(":")[2] for name in filters}
    return KINDS if "" in named else tuple(kind for kind in KINDS if kind in named)


def matches(tags: dict[str, str], tag_filter: dict[str, Any]) -> bool:
    """True where the tags have the key, with one of the values if any are given."""
    values = tag_filter.get("Values")
    return tag_filter["Key"] in tags and (not values or tags[tag_filter["Key"]] in values)


def start(token: str) -> int:
    """The offset that a token stands for (PaginationTokenExpiredException where it stands for nothing)."""
    try:
        return int(base64.b64decode(token)) if token else 0
    except ValueError as error:
        raise Refusal("PaginationTokenExpiredException", "The PaginationToken is not valid.") from error
