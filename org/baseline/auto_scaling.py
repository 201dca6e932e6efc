"""Auto Scaling groups survive the loss of a zone and replace what the load balancer finds broken: reported.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

BALANCED = ("LoadBalancerNames", "TargetGroupARNs", "TrafficSources")
CHECKS = Checks(
    "Auto Scaling group",
    {
        "zones": Check("HA-02", "is in one zone", "give it subnets in two zones or more"),
        "health": Check(
            "HA-02", "is behind a load balancer and does not watch its health checks", "health check `ELB`"
        ),
        "templates": Check("HA-02", "uses a launch configuration", "AWS takes no new ones: make a launch template"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """What each group is like."""
    return {
        group["AutoScalingGroupName"]: {
            "zones": len(group["AvailabilityZones"]) > 1,
            "health": "ELB" in group["HealthCheckType"].split(",") if any(group.get(way) for way in BALANCED) else None,
            "templates": not group.get("LaunchConfigurationName"),
        }
        for group in cloud.pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    }


component = Component(
    name="auto-scaling",
    title="Auto Scaling groups",
    description="Groups in one zone, groups that do not watch the health checks of their load balancer and groups with "
    "launch configurations are reported. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("autoscaling:DescribeAutoScalingGroups",),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
