"""Web ACLs hold rules and keep logs: reported.

https://docs.aws.amazon.com/waf/latest/developerguide/logging.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

GLOBAL = "us-east-1"
REGIONAL, CLOUDFRONT = "REGIONAL", "CLOUDFRONT"
RULES = ("Rules", "PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")
CHECKS = Checks(
    "web ACL",
    {
        "rules": Check("HA-06", "has no rules"),
        "logs": Check("HA-06", "keeps no logs"),
    },
)


def read(cloud: Cloud, scope: Scope) -> Things:
    """The web ACLs of the Region, as `REGIONAL/NAME`, and at home those of CloudFront too."""
    found = _found(cloud, REGIONAL)
    at_home = scope.region == scope.home_region
    return found | (_found(cloud.in_region(GLOBAL), CLOUDFRONT) if at_home else {})


def _found(there: Cloud, place: str) -> dict[str, Any]:
    listed = list(there.pages("wafv2", "list_web_acls", "WebACLs", token="NextMarker", Scope=place))
    found: dict[str, Any] = {}
    if not listed:
        return found
    operation, key = "list_logging_configurations", "LoggingConfigurations"
    logged = {one["ResourceArn"] for one in there.pages("wafv2", operation, key, token="NextMarker", Scope=place)}
    for one in listed:
        try:
            acl = there.call("wafv2", "get_web_acl", Name=one["Name"], Id=one["Id"], Scope=place)["WebACL"]
        except Missing:
            continue
        rules = any(acl.get(which) for which in RULES)
        found[f"{place}/{one['Name']}"] = {"rules": rules, "logs": one["ARN"] in logged}
    return found


component = Component(
    name="web-acls",
    title="Web ACLs",
    description="Web ACLs without rules or without logs are reported; those of CloudFront in the home Region. Nothing "
    "is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("wafv2:ListWebACLs", "wafv2:ListLoggingConfigurations", "wafv2:GetWebACL"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
