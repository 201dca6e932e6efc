"""Load balancers span zones, speak HTTPS, keep logs and cannot be deleted by accident: reported.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

SERVICE = "elbv2"
CHECKS = Checks(
    "load balancer",
    {
        "zones": Check("HA-01", "is in one zone", "give it subnets in two zones or more"),
        "https": Check("HA-01", "answers plain HTTP", "let its HTTP listeners redirect to HTTPS"),
        "logs": Check("HA-01", "keeps no access logs"),
        "protected": Check("HA-01", "can be deleted by accident", "switch deletion protection on"),
        "web_acl": Check("HA-01", "answers the internet without a web ACL"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """What each load balancer is like, by its name."""
    found = cloud.pages(SERVICE, "describe_load_balancers", "LoadBalancers", token="NextMarker", ask="Marker")
    return {one["LoadBalancerName"]: _state(cloud, one) for one in found}


def _state(cloud: Cloud, one: dict[str, Any]) -> dict[str, Any]:
    arn, kind = one["LoadBalancerArn"], one["Type"]
    answer = cloud.call(SERVICE, "describe_load_balancer_attributes", LoadBalancerArn=arn)
    attributes = {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}
    application = kind == "application"
    return {
        "zones": len(one["AvailabilityZones"]) > 1,
        "https": _https(cloud, arn) if application else None,
        "logs": attributes.get("access_logs.s3.enabled") == "true" if kind != "gateway" else None,
        "protected": attributes.get("deletion_protection.enabled") == "true",
        "web_acl": _web_acl(cloud, arn) if application and one.get("Scheme") == "internet-facing" else None,
    }


def _https(cloud: Cloud, arn: str) -> bool:
    """True where each listener speaks HTTPS or sends everybody to one that does."""
    listeners = cloud.pages(
        SERVICE, "describe_listeners", "Listeners", token="NextMarker", ask="Marker", LoadBalancerArn=arn
    )
    return all(listener.get("Protocol") != "HTTP" or _redirects(listener) for listener in listeners)


def _redirects(listener: dict[str, Any]) -> bool:
    actions = listener.get("DefaultActions", ())
    return any(action.get("RedirectConfig", {}).get("Protocol") == "HTTPS" for action in actions)


def _web_acl(cloud: Cloud, arn: str) -> bool:
    try:
        return bool(cloud.call("wafv2", "get_web_acl_for_resource", ResourceArn=arn).get("WebACL"))
    except Missing:
        return False


component = Component(
    name="load-balancers",
    title="Load balancers",
    description="Load balancers in one zone, with plain HTTP, without access logs or deletion protection, and those "
    "before which the internet finds no web ACL are reported. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=(
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeListeners",
        "wafv2:GetWebACLForResource",
    ),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
