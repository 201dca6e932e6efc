"""No EBS snapshot is shared with everybody, in every governed Region.

https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where, one
from org.baseline._declarative import by_policy

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State


def read(cloud: Cloud) -> State:
    """What is blocked."""
    return {"State": cloud.call("ec2", "get_snapshot_block_public_access_state")["State"]}


def write(cloud: Cloud, change: Change) -> None:
    """The state is the declared one."""
    after = change.after or {}
    if after["State"] == "unblocked":
        cloud.call("ec2", "disable_snapshot_block_public_access")
    else:
        cloud.call("ec2", "enable_snapshot_block_public_access", State=after["State"])


component = Component(
    name="snapshot-public-access",
    title="EBS snapshots are not public",
    description="EBS snapshots cannot be shared with everybody; those that were shared so are private again.",
    where=Where.REGION,
    settings={
        "State": {
            "type": "string",
            "enum": ["block-all-sharing", "block-new-sharing", "unblocked"],
            "default": "block-all-sharing",
            "description": "`block-all-sharing` also hides snapshots that are public already; `block-new-sharing` "
            "leaves those as they are.",
        },
    },
    reads=("ec2:GetSnapshotBlockPublicAccessState",),
    read=one(read),
    writes=("ec2:EnableSnapshotBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess"),
    write=write,
    managed_above=by_policy("get_snapshot_block_public_access_state"),
    controls=("DR-04",),
)
