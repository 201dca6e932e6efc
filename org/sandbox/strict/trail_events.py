"""What trails record, and their tags (CloudTrail API pages PutEventSelectors, PutInsightSelectors, AddTags)."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.cloudtrail import Trail, named
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers

CATEGORIES = {"Management", "Data", "NetworkActivity"}
MOST_VALUES = 500
"""https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html"""


def fields(selector: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The conditions of a selector by their field."""
    return {one["Field"]: one for one in selector["FieldSelectors"]}


def check_selectors(selectors: list[dict[str, Any]]) -> None:
    """Each selector says which events, data events of which resources too; none has more than 500 values in all."""
    for selector in selectors:
        by_field = fields(selector)
        category = by_field.get("eventCategory", {}).get("Equals", [])
        if len(category) != 1 or category[0] not in CATEGORIES:
            raise Refusal("InvalidEventSelectorsException", "A selector needs one value of eventCategory.")
        kinds = by_field.get("resources.type", {}).get("Equals", [])
        if category == ["Data"] and len(kinds) != 1:
            raise Refusal("InvalidEventSelectorsException", "Data events need one value of resources.type.")
        if category == ["Management"] and by_field.keys() & {"resources.type", "resources.ARN"}:
            raise Refusal("InvalidEventSelectorsException", "Management events have no resources to select.")
    values = sum(len(v) for one in selectors for f in one["FieldSelectors"] for v in f.values() if isinstance(v, list))
    if values > MOST_VALUES:
        raise Refusal("InvalidEventSelectorsException", f"There are more than {MOST_VALUES} values.")


@answers("cloudtrail", Audience.ANYBODY)
def put_event_selectors(request: Request) -> dict[str, Any]:
    """The trail records what these selectors say; they are of one kind, and take the place of all before."""
    given = request.parameters
    trail = named(request, given["TrailName"], change=True)
    basic, advanced = given.get("EventSelectors"), given.get("AdvancedEventSelectors")
    if bool(basic) == bool(advanced):
        raise Refusal("InvalidEventSelectorsException", "Give event selectors, or advanced ones.")
    if advanced:
        check_selectors(advanced)
    trail.selectors = {"AdvancedEventSelectors": advanced} if advanced else {"EventSelectors": basic}
    trail.about["HasCustomEventSelectors"] = True
    return get_event_selectors(request)


@answers("cloudtrail", Audience.ANYBODY)
def get_event_selectors(request: Request) -> dict[str, Any]:
    """What the trail records: of one that was told nothing, all management events."""
    trail = named(request, request.parameters["TrailName"])
    return {"TrailARN": trail.about["TrailARN"], **trail.selectors}


def has_management_events(trail: Trail) -> bool:
    """True where the trail records management events."""
    advanced = trail.selectors.get("AdvancedEventSelectors", ())
    basic = trail.selectors.get("EventSelectors", ())
    return any(fields(one)["eventCategory"]["Equals"] == ["Management"] for one in advanced) or any(
        one.get("IncludeManagementEvents", True) for one in basic
    )


@answers("cloudtrail", Audience.ANYBODY)
def put_insight_selectors(request: Request) -> dict[str, Any]:
    """Insights of these kinds are on, and no others; they are about management events."""
    trail = named(request, request.parameters["TrailName"], change=True)
    if not has_management_events(trail):
        raise Refusal("InvalidInsightSelectorsException", "Insights need management events.")
    trail.insights = request.parameters["InsightSelectors"]
    trail.about["HasInsightSelectors"] = bool(trail.insights)
    return {"TrailARN": trail.about["TrailARN"], "InsightSelectors": trail.insights}


@answers("cloudtrail", Audience.ANYBODY)
def get_insight_selectors(request: Request) -> dict[str, Any]:
    """Which Insights are on."""
    trail = named(request, request.parameters["TrailName"])
    if not trail.insights:
        raise Refusal("InsightNotEnabledException", f"Insights are not enabled for {trail.about['TrailARN']}.")
    return {"TrailARN": trail.about["TrailARN"], "InsightSelectors": trail.insights}


@answers("cloudtrail", Audience.ANYBODY)
def add_tags(request: Request) -> dict[str, Any]:
    """The trail has these tags, and keeps its others."""
    given = {tag["Key"]: tag.get("Value", "") for tag in request.parameters["TagsList"]}
    named(request, request.parameters["ResourceId"], change=True).tags.update(given)
    return {}


@answers("cloudtrail", Audience.ANYBODY)
def list_tags(request: Request) -> dict[str, Any]:
    """The tags of trails."""
    listed = [
        {"ResourceId": arn, "TagsList": [{"Key": k, "Value": v} for k, v in named(request, arn).tags.items()]}
        for arn in request.parameters["ResourceIdList"]
    ]
    return {"ResourceTagList": listed}
