"""KMS keys as components write them: a key is made once and found again by its tags, whatever became of the run."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from org.errors import CloudError, Missing
from org.model.organization import OWNED, OWNER_TAG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.aws.cloud import Cloud
    from org.model.change import Change, State

ALIAS_TAG = f"{OWNER_TAG}:alias"
"""The tag that says which declared alias a key of ours was made for."""
POLLS, PAUSE = 30, 2.0


def ours(alias: str) -> dict[str, str]:
    """The tags that make a key ours."""
    return {OWNER_TAG: OWNED, ALIAS_TAG: alias}


def write(cloud: Cloud, change: Change) -> None:
    """The key of a declared alias, or the rotation of any key, is as the change says.

    INVARIANT: a key is never made twice: the tags go into CreateKey itself, and a key that has them is found by them.
    The check that keeps a policy from locking everybody out is never bypassed.
    """
    after = dict(change.after or {})
    before = change.before or {}
    identity = after.get("id")
    if identity is None:
        identity = _created(cloud, after)
        before = {name: after[name] for name in ("description", "policy", "tags")}
    if "rotation_days" in after and after["rotation_days"] != before.get("rotation_days"):
        cloud.call("kms", "enable_key_rotation", KeyId=identity, RotationPeriodInDays=after["rotation_days"])
    if "policy" in after and after["policy"] != before.get("policy"):
        cloud.call("kms", "put_key_policy", KeyId=identity, Policy=text(after["policy"]))
    if "description" in after and after["description"] != before.get("description"):
        cloud.call("kms", "update_key_description", KeyId=identity, Description=after["description"])
    missing = {name: value for name, value in after.get("tags", {}).items() if before["tags"].get(name) != value}
    if missing:
        cloud.call("kms", "tag_resource", KeyId=identity, Tags=listed(missing))
    if after.get("alias") and not before.get("alias"):
        name_it(cloud, change.name, identity)
    for region in after.get("replicas", ()):
        if region not in (before.get("replicas") or ()):
            _replicate(cloud, change.name, identity, region, after)


def _created(cloud: Cloud, after: State) -> str:
    given = {"Description": after["description"], "Policy": text(after["policy"]), "Tags": listed(after["tags"])}
    made = cloud.call("kms", "create_key", **given, MultiRegion=bool(after.get("multi_region")))
    return str(made["KeyMetadata"]["KeyId"])


def _replicate(cloud: Cloud, alias: str, identity: str, region: str, after: State) -> None:
    """A replica is in that Region, with the alias; its policy names that Region's services."""
    cloud.call(
        "kms",
        "replicate_key",
        KeyId=identity,
        ReplicaRegion=region,
        Policy=text(after["replica_policies"][region]),
        Description=after["description"],
        Tags=listed(after["tags"]),
    )
    there = cloud.in_region(region)
    for _ in range(POLLS):
        if there.call("kms", "describe_key", KeyId=identity)["KeyMetadata"]["KeyState"] != "Creating":
            break
        time.sleep(0 if cloud.is_sandbox else PAUSE)
    name_it(there, alias, identity)


def name_it(cloud: Cloud, alias: str, identity: str) -> None:
    """The alias stands for the key; one that stands for another key is not moved, and raises."""
    try:
        cloud.call("kms", "create_alias", AliasName=alias, TargetKeyId=identity)
    except CloudError as error:
        if error.code != "AlreadyExistsException" or _behind(cloud, alias) != identity:
            raise


def _behind(cloud: Cloud, alias: str) -> str:
    """The id of the key that an alias stands for; empty where there is no such alias after all."""
    try:
        return str(cloud.call("kms", "describe_key", KeyId=alias)["KeyMetadata"]["KeyId"])
    except Missing:
        return ""


def text(policy: Mapping[str, Any]) -> str:
    """A policy as KMS takes it."""
    return json.dumps(policy, separators=(",", ":"))


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as KMS takes them."""
    return [{"TagKey": name, "TagValue": value} for name, value in sorted(tags.items())]
