"""CloudFront speaks HTTPS, reaches buckets by origin access control, has a web ACL and keeps logs: reported.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/security.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

GLOBAL = "us-east-1"
OLD = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")
OTHERS = ("CustomOriginConfig", "VpcOriginConfig")
"""Where an origin has one of these it is no bucket."""
CHECKS = Checks(
    "distribution",
    {
        "https": Check("HA-05", "answers plain HTTP", "let viewers be redirected to HTTPS"),
        "tls": Check("HA-05", "accepts versions of TLS before 1.2"),
        "origins": Check("HA-05", "reaches buckets without origin access control"),
        "web_acl": Check("HA-05", "has no web ACL"),
        "logs": Check("HA-05", "keeps no access logs"),
        "failover": Check("HA-05", "has no other origin to fail over to", default=False),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """What each distribution is like. Its own configuration tells whether it keeps logs; the list does not."""
    there = cloud.in_region(GLOBAL)
    found: dict[str, Any] = {}
    for one in _listed(there):
        try:
            told = there.call("cloudfront", "get_distribution_config", Id=one["Id"])["DistributionConfig"]
        except Missing:
            continue
        found[one["Id"]] = _state(told)
    return found


def _listed(there: Cloud) -> Iterator[dict[str, Any]]:
    """Every distribution; the token of the next page is not where other services have it."""
    marker: dict[str, str] = {}
    while True:
        page = there.call("cloudfront", "list_distributions", **marker)["DistributionList"]
        yield from page.get("Items", ())
        if not page.get("IsTruncated"):
            return
        marker = {"Marker": page["NextMarker"]}


def _state(told: dict[str, Any]) -> dict[str, Any]:
    behaviors = [told["DefaultCacheBehavior"], *told.get("CacheBehaviors", {}).get("Items", ())]
    certificate = told.get("ViewerCertificate", {})
    buckets = [origin for origin in told["Origins"]["Items"] if not any(other in origin for other in OTHERS)]
    own = not certificate.get("CloudFrontDefaultCertificate")
    return {
        "https": all(behavior["ViewerProtocolPolicy"] != "allow-all" for behavior in behaviors),
        "tls": certificate.get("MinimumProtocolVersion") not in OLD if own else None,
        "origins": [origin["Id"] for origin in buckets if not origin.get("OriginAccessControlId")],
        "web_acl": bool(told.get("WebACLId")),
        "logs": bool(told.get("Logging", {}).get("Enabled")),
        "failover": bool(told.get("OriginGroups", {}).get("Quantity")),
    }


component = Component(
    name="cloudfront",
    title="CloudFront distributions",
    description="Distributions that answer plain HTTP or old TLS, reach buckets without origin access control, or have "
    "no web ACL, access logs or (where asked for) second origin are reported. Nothing is changed.",
    settings=CHECKS.settings,
    reads=("cloudfront:ListDistributions", "cloudfront:GetDistributionConfig"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
