"""Trails of an account that record once more what the organization's trail records already: reported.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.finding import Finding


def read(cloud: Cloud, scope: Scope) -> Things:
    """Trails of the organization that record here, and the account's own that have this Region as their home.

    What an own trail records is asked only where one of the organization records too.
    """
    listed = cloud.call("cloudtrail", "describe_trails")["trailList"]
    shared = {one["TrailARN"]: {"organization": True, "twice": False} for one in listed if one["IsOrganizationTrail"]}
    own = [one["TrailARN"] for one in listed if not one["IsOrganizationTrail"] and one["HomeRegion"] == scope.region]
    return shared | {arn: {"organization": False, "twice": bool(shared) and _twice(cloud, arn)} for arn in own}


def _twice(cloud: Cloud, trail: str) -> bool:
    """True where the trail records, and records management events."""
    if not cloud.call("cloudtrail", "get_trail_status", Name=trail).get("IsLogging"):
        return False
    found = cloud.call("cloudtrail", "get_event_selectors", TrailName=trail)
    advanced = [_category(one) for one in found.get("AdvancedEventSelectors") or ()]
    basic = [one.get("IncludeManagementEvents", True) for one in found.get("EventSelectors") or ()]
    return "Management" in advanced or any(basic)


def _category(selector: Mapping[str, Any]) -> str:
    """Which events an advanced selector is about."""
    fields = {one["Field"]: one.get("Equals", ()) for one in selector["FieldSelectors"]}
    return next(iter(fields.get("eventCategory", ())), "")


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """An account that no trail of the organization records, and each that records twice what one of them does."""
    states = {arn: state or {} for arn, state in found.items()}
    shared = sorted(arn for arn, state in states.items() if state["organization"])
    if not shared:
        yield scope.finding("ORG-06", "no trail of the organization records here")
    for extra in shared[1:]:
        message = f"trail `{extra}` records the whole organization beside `{shared[0]}`, and AWS bills the second copy"
        yield scope.finding("ORG-06", message)
    for arn in sorted(arn for arn, state in states.items() if state["twice"]):
        message = f"trail `{arn}` records management events beside `{shared[0]}`, and AWS bills the second copy"
        advice = "once nobody reads its logs any more: aws cloudtrail stop-logging"
        yield scope.finding("ORG-06", message, advice=advice)


component = Component(
    name="duplicate-trails",
    title="Duplicate trails",
    description="Reports each trail of an account that records management events once more beside the organization's "
    "trail, and accounts that no trail of the organization records. No trail is ever stopped.",
    where=Where.REGION,
    settings={},
    reads=("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"),
    read=read,
    findings=findings,
    controls=("ORG-06",),
)
