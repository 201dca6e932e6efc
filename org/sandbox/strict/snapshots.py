"""Snapshots of volumes by who owns them and who may restore them, which moto does not look at.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, answers

if TYPE_CHECKING:
    from org.sandbox.strict.registry import Request

OWN, ALL = "self", "all"


@answers("ec2", Audience.ANYBODY)
def describe_snapshots(request: Request) -> dict[str, Any]:
    """The caller's snapshots that fit; those of others are never shown."""
    from moto.ec2.models import ec2_backends

    given, caller = request.parameters, request.caller.account
    filters = {one["Name"]: one["Values"] for one in given.get("Filters", ())}
    backend = ec2_backends[caller][request.region]
    for name in given.get("SnapshotIds", ()):
        if name not in backend.snapshots:
            raise Refusal("InvalidSnapshot.NotFound", f"The snapshot '{name}' does not exist.")
    found = backend.describe_snapshots(given.get("SnapshotIds"), filters)
    owners, users = given.get("OwnerIds"), given.get("RestorableByUserIds")
    mine = [one for one in found if not owners or {OWN, one.owner_id} & {*owners}]
    return {"Snapshots": [shown(one) for one in mine if not users or may_restore(one, users, caller)]}


def may_restore(snapshot: Any, users: list[str], caller: str) -> bool:
    """Whether one of them may restore it: everybody is a group, and `self` is whoever asks."""
    asked = {caller if user == OWN else user for user in users}
    return bool(asked & {*snapshot.create_volume_permission_groups, *snapshot.create_volume_permission_userids})


def shown(snapshot: Any) -> dict[str, Any]:
    """A snapshot as EC2 describes it."""
    return {
        "SnapshotId": snapshot.id,
        "VolumeId": snapshot.volume_id,
        "VolumeSize": int(snapshot.volume_size),
        "State": snapshot.status,
        "StartTime": snapshot.start_time,
        "Progress": "100%",
        "OwnerId": snapshot.owner_id,
        "Description": snapshot.description,
        "Encrypted": bool(snapshot.encrypted),
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in snapshot.get_tags()],
    }
