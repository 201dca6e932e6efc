"""No machine image (AMI) is shared with everybody, in every governed Region.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where, one
from org.baseline._declarative import by_policy

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State


def read(cloud: Cloud) -> State:
    """Whether new public sharing is blocked."""
    return {"State": cloud.call("ec2", "get_image_block_public_access_state")["ImageBlockPublicAccessState"]}


def write(cloud: Cloud, change: Change) -> None:
    """The state is the declared one; AWS takes up to ten minutes to make it so."""
    after = change.after or {}
    if after["State"] == "unblocked":
        cloud.call("ec2", "disable_image_block_public_access")
    else:
        cloud.call("ec2", "enable_image_block_public_access", ImageBlockPublicAccessState=after["State"])


component = Component(
    name="image-public-access",
    title="AMIs are not made public",
    description="Machine images (AMIs) cannot be shared with everybody. Those that are public already stay so.",
    where=Where.REGION,
    settings={
        "State": {
            "type": "string",
            "enum": ["block-new-sharing", "unblocked"],
            "default": "block-new-sharing",
            "description": "Whether AMIs can be made public.",
        },
    },
    reads=("ec2:GetImageBlockPublicAccessState",),
    read=one(read),
    writes=("ec2:EnableImageBlockPublicAccess", "ec2:DisableImageBlockPublicAccess"),
    write=write,
    managed_above=by_policy("get_image_block_public_access_state"),
    controls=("DR-04",),
)
