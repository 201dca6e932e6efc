"""Volumes and addresses that nothing uses, and instances that were stopped long ago, still cost money: reported.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-deleting-volume.html
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

STOPPED = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
"""When an instance was stopped, as EC2 says it: `User initiated (2026-01-01 00:00:00 GMT)`."""
CHECKS = Checks(
    "resource",
    {
        "volumes": Check("COST-03", "is a volume that nothing uses", "make a snapshot of it, and delete it"),
        "addresses": Check("COST-03", "is an address that nothing uses", "release it"),
        "instances": Check("COST-03", "is an instance that was stopped long ago", "its volumes are paid for"),
    },
)


def read(cloud: Cloud, scope: Scope) -> Things:
    """What is idle for as long as is declared; how long an address has been idle, nobody tells."""
    now, days = datetime.now(UTC), scope.settings["days"]
    found: dict[str, Any] = {}
    free = [{"Name": "status", "Values": ["available"]}]
    for volume in cloud.pages("ec2", "describe_volumes", "Volumes", Filters=free):
        if (now - volume["CreateTime"]).days >= days:
            found[volume["VolumeId"]] = {"volumes": False}
    for address in cloud.call("ec2", "describe_addresses")["Addresses"]:
        if not address.get("AssociationId") and not address.get("NetworkInterfaceId"):
            found[address.get("AllocationId") or address["PublicIp"]] = {"addresses": False}
    stopped = [{"Name": "instance-state-name", "Values": ["stopped"]}]
    for reservation in cloud.pages("ec2", "describe_instances", "Reservations", Filters=stopped):
        for instance in reservation["Instances"]:
            since = STOPPED.search(instance.get("StateTransitionReason", ""))
            when = datetime.fromisoformat(since[1]).replace(tzinfo=UTC) if since else None
            if when is not None and (now - when).days >= days:
                found[instance["InstanceId"]] = {"instances": False}
    return found


component = Component(
    name="idle-resources",
    title="Idle volumes, addresses and instances",
    description="Volumes and addresses that nothing uses, and instances that were stopped long ago are reported. "
    "Nothing is changed.",
    where=Where.REGION,
    settings={
        **CHECKS.settings,
        "days": {
            "type": "integer",
            "minimum": 0,
            "default": 30,
            "description": "Days since a volume was made, or an instance was stopped, from which on it counts as idle.",
        },
    },
    reads=("ec2:DescribeVolumes", "ec2:DescribeAddresses", "ec2:DescribeInstances"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
