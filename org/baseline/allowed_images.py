"""Which machine images (AMIs) instances can be launched from, in every governed Region.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, Where, one
from org.baseline._declarative import by_policy

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State


def read(cloud: Cloud) -> State:
    """The state, and the providers of every criterion; criteria of other kinds are shown as they are."""
    found = cloud.call("ec2", "get_allowed_images_settings")
    criteria = [
        {name: sorted(value) if name == "ImageProviders" else value for name, value in one_of_them.items()}
        for one_of_them in found.get("ImageCriteria", ())
    ]
    return {"State": found["State"], "ImageCriteria": criteria}


def wanted(scope: Scope, _: Things) -> Things:
    """One criterion with the declared providers; none where the setting is to be off."""
    state = scope.settings["State"]
    if state == "disabled":
        return {HERE: {"State": state}}
    criteria = [{"ImageProviders": sorted(set(scope.settings["ImageProviders"]))}]
    return {HERE: {"State": state, "ImageCriteria": criteria}}


def write(cloud: Cloud, change: Change) -> None:
    """The criteria come first, so that what is allowed is never less than declared."""
    after, before = change.after or {}, change.before or {}
    if "ImageCriteria" in after and after["ImageCriteria"] != before.get("ImageCriteria"):
        criteria = after["ImageCriteria"]
        cloud.call("ec2", "replace_image_criteria_in_allowed_images_settings", ImageCriteria=criteria)
    if after["State"] == before.get("State"):
        return
    if after["State"] == "disabled":
        cloud.call("ec2", "disable_allowed_images_settings")
    else:
        cloud.call("ec2", "enable_allowed_images_settings", AllowedImagesSettingsState=after["State"])


component = Component(
    name="allowed-images",
    title="Allowed AMIs",
    description="Instances are launched from images of named providers only. `audit-mode` shows what would be refused "
    "and refuses nothing.",
    where=Where.REGION,
    settings={
        "State": {
            "type": "string",
            "enum": ["audit-mode", "enabled", "disabled"],
            "default": "audit-mode",
            "description": "Whether other images are refused, only marked, or neither.",
        },
        "ImageProviders": {
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {"type": "string", "pattern": "^(amazon|aws-marketplace|aws-backup-vault|none|[0-9]{12})$"},
            "default": ["amazon"],
            "description": "Whose images may be used: `amazon`, `aws-marketplace`, `aws-backup-vault`, account ids.",
        },
    },
    reads=("ec2:GetAllowedImagesSettings",),
    read=one(read),
    wanted=wanted,
    writes=(
        "ec2:ReplaceImageCriteriaInAllowedImagesSettings",
        "ec2:EnableAllowedImagesSettings",
        "ec2:DisableAllowedImagesSettings",
    ),
    write=write,
    managed_above=by_policy("get_allowed_images_settings"),
)
