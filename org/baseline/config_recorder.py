"""AWS Config records every governed Region and delivers to the declared bucket.

https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import HERE, Component, Where

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

LINKED = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
NAME = "default"


def read(cloud: Cloud, _: Scope) -> Things:
    """The recorder, its channel and whether it records, or nothing; a Region has one customer-managed recorder."""
    listed = cloud.call("config", "describe_configuration_recorders").get("ConfigurationRecorders", ())
    recorder = next((one for one in listed if not one.get("servicePrincipal")), None)
    if recorder is None:
        return {}
    group = recorder.get("recordingGroup", {})
    status = cloud.call("config", "describe_configuration_recorder_status")["ConfigurationRecordersStatus"]
    channel: dict[str, Any] = next(
        iter(cloud.call("config", "describe_delivery_channels").get("DeliveryChannels", ())), {}
    )
    mine: dict[str, Any] = next((one for one in status if one.get("name") == recorder["name"]), {})
    return {
        HERE: {
            "name": recorder["name"],
            "role": recorder["roleARN"],
            "all": bool(group.get("allSupported")),
            "global": bool(group.get("includeGlobalResourceTypes")),
            "channel": channel.get("name", NAME),
            "bucket": channel.get("s3BucketName"),
            "prefix": channel.get("s3KeyPrefix"),
            "key": channel.get("s3KmsKeyArn"),
            "recording": bool(mine.get("recording")),
            "failed": mine.get("lastStatus") == "Failure",
        }
    }


def wanted(scope: Scope, found: Things) -> Things:
    """All types are recorded, those of no Region in the home Region alone; null leaves bucket, prefix and key alone."""
    there, settings = found.get(HERE) or {}, scope.settings
    role = f"arn:{scope.partition}:iam::{scope.account}:role/{LINKED}"
    state: dict[str, Any] = {
        "name": there.get("name", NAME),
        "channel": there.get("channel", NAME),
        "role": role,
        "all": True,
        "global": scope.region == scope.home_region,
        "recording": True,
    }
    return {HERE: state | {name: settings[name] for name in ("bucket", "prefix", "key") if settings[name] is not None}}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """A recorder whose last delivery failed."""
    if (found.get(HERE) or {}).get("failed"):
        yield scope.finding(
            "ORG-12", "the last delivery of AWS Config failed", advice="see the bucket's policy and key"
        )


def write(cloud: Cloud, change: Change) -> None:
    """Recorder, channel and start, in that order: a recorder without a channel cannot be started."""
    after, before = change.after or {}, change.before or {}
    group = {"allSupported": after["all"], "includeGlobalResourceTypes": after["global"]}
    if any(after[name] != before.get(name) for name in ("role", "all", "global")):
        recorder = {"name": after["name"], "roleARN": after["role"], "recordingGroup": group}
        cloud.call("config", "put_configuration_recorder", ConfigurationRecorder=recorder)
    names = {"bucket": "s3BucketName", "prefix": "s3KeyPrefix", "key": "s3KmsKeyArn"}
    place = {known: after[name] for name, known in names.items() if name in after}
    if any(after[name] != before.get(name) for name in names if name in after):
        cloud.call("config", "put_delivery_channel", DeliveryChannel={"name": after["channel"], **place})
    if not before.get("recording"):
        cloud.call("config", "start_configuration_recorder", ConfigurationRecorderName=after["name"])


component = Component(
    name="config-recorder",
    title="AWS Config",
    description="AWS Config records all types of resources, those of IAM and other global services in the home Region, "
    "and delivers to a bucket, mostly that of the log archive.",
    where=Where.REGION,
    settings={
        "bucket": {
            "type": ["string", "null"],
            "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
            "default": None,
            "description": "The bucket that records are delivered to; null leaves a channel that is there as it is.",
            "examples": ["acme-config-111122223333"],
        },
        "prefix": {"type": ["string", "null"], "default": None, "description": "The folder in the bucket."},
        "key": {
            "type": ["string", "null"],
            "pattern": "^arn:",
            "default": None,
            "description": "The ARN of the KMS key of what is delivered.",
        },
    },
    reads=(
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
        "config:DescribeDeliveryChannels",
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        "config:PutConfigurationRecorder",
        "config:PutDeliveryChannel",
        "config:StartConfigurationRecorder",
        "iam:PassRole",
    ),
    write=write,
    controls=("ORG-12",),
    linked_services=("config.amazonaws.com",),
)
