"""Trails of an account that record once more what the organization's trail records already: reported.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.errors import Denied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.finding import Finding


def read(cloud: Cloud, scope: Scope) -> Things:
    """Trails of the organization that are seen here, and the account's own that have this Region as their home.

    The first governed Region has those too whose home is not governed. What an own trail records is asked only where
    one of the organization records too.
    """
    listed = cloud.call("cloudtrail", "describe_trails")["trailList"]
    shared = {
        one["TrailARN"]: {"organization": True, "records": _records(cloud, one), "twice": False}
        for one in listed
        if one["IsOrganizationTrail"]
    }
    recorded = any(state["records"] for state in shared.values())
    own = [one for one in listed if not one["IsOrganizationTrail"] and _here(scope, one["HomeRegion"])]
    return shared | {
        one["TrailARN"]: {"organization": False, "twice": recorded and _records(cloud, one)} for one in own
    }


def _here(scope: Scope, home: str) -> bool:
    """True where a trail of that home is looked at in this place."""
    return home == scope.region or (home not in scope.regions and scope.region == scope.regions[0])


def _records(cloud: Cloud, trail: Mapping[str, Any]) -> bool:
    """True where the trail records, and records management events as far as the account may know.

    A member sees whether the organization's trail records, and not what; and a trail has its selectors at home.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
    """
    arn, home = trail["TrailARN"], trail["HomeRegion"]
    if not cloud.call("cloudtrail", "get_trail_status", Name=arn).get("IsLogging"):
        return False
    if f":{cloud.place.account}:" not in arn:
        return True
    there = cloud if home == cloud.region else cloud.in_region(home)
    try:
        found = there.call("cloudtrail", "get_event_selectors", TrailName=arn)
    except Denied:
        if there is cloud:
            raise
        return True  # Nobody may look there; trails record management events unless they are told otherwise.
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
    recording = [arn for arn in shared if states[arn]["records"]]
    if not recording:
        idle = f": {', '.join(f'`{arn}`' for arn in shared)} records no management events" if shared else ""
        advice = "the component `cloudtrail` makes one that does, and puts it right"
        yield scope.finding("ORG-06", f"no trail of the organization records here{idle}", advice=advice)
    for extra in recording[1:]:
        message = f"trail `{extra}` records the whole organization beside `{recording[0]}`"
        yield scope.finding("ORG-06", message, advice="AWS bills the second copy of what both record: keep one")
    for arn in sorted(arn for arn, state in states.items() if state["twice"]):
        message = f"trail `{arn}` records management events beside `{recording[0]}`, and AWS bills the second copy"
        advice = "once nobody reads its logs, and the other is known to record them too: aws cloudtrail stop-logging"
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
