"""Every VPC has flow logs, in every governed Region: reported, and made where a bucket for them is declared.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where
from org.errors import CloudError
from org.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding


def read(cloud: Cloud, _: Scope) -> Things:
    """For each VPC the buckets and log groups that its active flow logs go to."""
    vpcs: dict[str, list[str]] = {vpc["VpcId"]: [] for vpc in cloud.pages("ec2", "describe_vpcs", "Vpcs")}
    for log in cloud.pages("ec2", "describe_flow_logs", "FlowLogs") if vpcs else ():
        if log["ResourceId"] in vpcs and log.get("FlowLogStatus") == "ACTIVE":
            vpcs[log["ResourceId"]].append(log.get("LogDestination") or log.get("LogGroupName", ""))
    return {vpc: {"logged": bool(places), "destinations": sorted(places)} for vpc, places in vpcs.items()}


def wanted(scope: Scope, found: Things) -> Things:
    """Flow logs for every VPC that has none, where a bucket for them is declared."""
    bucket = scope.settings["bucket"]
    return {vpc: {"logged": True, "bucket": bucket} for vpc, state in _unlogged(found)} if bucket else {}


def _unlogged(found: Things) -> list[tuple[str, object]]:
    return [(vpc, state) for vpc, state in found.items() if not (state or {})["logged"]]


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each VPC that stays without."""
    if not scope.settings["bucket"]:
        for vpc, _ in _unlogged(found):
            advice = "declare the bucket for them: `vpc-flow-logs: {bucket: ...}`"
            yield scope.finding("NET-03", f"VPC `{vpc}` has no flow logs", advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The VPC's traffic is logged; AWS says what it refuses inside an answer that is no error."""
    answer = cloud.call(
        "ec2",
        "create_flow_logs",
        ResourceType="VPC",
        ResourceIds=[change.name],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=(change.after or {})["bucket"],
    )
    for refused in answer.get("Unsuccessful", ()):
        error = refused["Error"]
        raise CloudError(Place(""), "ec2:CreateFlowLogs", error.get("Code", ""), error.get("Message", ""))


component = Component(
    name="vpc-flow-logs",
    title="VPC flow logs",
    description="VPCs without flow logs are reported; with `bucket` they get flow logs of all traffic. Logs that "
    "somebody made already are left as they are, wherever they go.",
    where=Where.REGION,
    settings={
        "bucket": {
            "type": ["string", "null"],
            "default": None,
            "pattern": "^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}(/.*)?$",
            "description": "The ARN of the bucket, and a folder in it, that flow logs go to; null only reports.",
            "examples": ["arn:aws:s3:::acme-flow-logs"],
        },
    },
    reads=("ec2:DescribeVpcs", "ec2:DescribeFlowLogs"),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=("ec2:CreateFlowLogs", "logs:CreateLogDelivery"),
    write=write,
    controls=("NET-03",),
)
