"""How the metadata service of new EC2 instances answers, in every governed Region: by IMDSv2 unless asked otherwise.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import HERE, Component, Where, one
from org.baseline._declarative import by_policy

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State

NO_PREFERENCE = "no-preference"


def read(cloud: Cloud) -> State:
    """Every default; AWS leaves out what nobody has a preference for."""
    found = cloud.call("ec2", "get_instance_metadata_defaults").get("AccountLevel") or {}
    return {name: found.get(name, absent) for name, absent in ABSENT.items()}


ABSENT: dict[str, str | int] = {
    "HttpTokens": NO_PREFERENCE,
    "HttpTokensEnforced": NO_PREFERENCE,
    "HttpPutResponseHopLimit": -1,
    "HttpEndpoint": NO_PREFERENCE,
    "InstanceMetadataTags": NO_PREFERENCE,
}
"""What a call gives to have no preference: -1 for the hop limit."""


def wanted(scope: Scope, _: Things) -> Things:
    """The declared defaults; null leaves one as it is."""
    return {HERE: {name: value for name, value in scope.settings.items() if value is not None}}


def write(cloud: Cloud, change: Change) -> None:
    """Only what differs is sent: AWS keeps what a call leaves out."""
    before = change.before or {}
    differing = {name: value for name, value in (change.after or {}).items() if before.get(name) != value}
    cloud.call("ec2", "modify_instance_metadata_defaults", **differing)


def choice(default: str | None, description: str, *values: str) -> dict[str, Any]:
    """The schema of one default."""
    return {"enum": [*values, NO_PREFERENCE, None], "default": default, "description": description}


component = Component(
    name="instance-metadata-defaults",
    title="Instance metadata defaults",
    description="New instances answer metadata requests with session tokens only (IMDSv2), unless they are launched "
    "with something else. null leaves a default as it is.",
    where=Where.REGION,
    settings={
        "HttpTokens": choice("required", "Whether tokens are needed: `required` is IMDSv2.", "optional", "required"),
        "HttpTokensEnforced": choice(
            None, "Whether a launch that asks for IMDSv1 fails, whatever it names.", "enabled", "disabled"
        ),
        "HttpPutResponseHopLimit": {
            "anyOf": [{"type": "integer", "minimum": 1, "maximum": 64}, {"enum": [-1, None]}],
            "default": 2,
            "description": "How many hops an answer may travel: 1 keeps it on the instance, 2 reaches a container on "
            "it; -1 is no preference.",
        },
        "HttpEndpoint": choice(None, "Whether the metadata service is there at all.", "enabled", "disabled"),
        "InstanceMetadataTags": choice(None, "Whether an instance's tags are in its metadata.", "enabled", "disabled"),
    },
    reads=("ec2:GetInstanceMetadataDefaults",),
    read=one(read),
    wanted=wanted,
    writes=("ec2:ModifyInstanceMetadataDefaults",),
    write=write,
    managed_above=by_policy("get_instance_metadata_defaults", "AccountLevel"),
    controls=("SEC-07",),
)
