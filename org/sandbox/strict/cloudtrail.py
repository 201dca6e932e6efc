"""Trails: who may have which, where they are seen, and what CloudTrail refuses.

Each operation follows its page of the CloudTrail API Reference.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.trail_needs import check_needs, delivery_error

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = re.compile(r"(?!.*[._-]{2})[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]")
ARN = re.compile(r"arn:aws[\w-]*:cloudtrail:([\w-]+):(\d{12}):trail/(.+)")
MOST = 5
SERVICE = "cloudtrail.amazonaws.com"
GIVEN = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "EnableLogFileValidation": "LogFileValidationEnabled",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "KmsKeyId": "KmsKeyId",
    "IsOrganizationTrail": "IsOrganizationTrail",
}
"""What parameters are called in what DescribeTrails shows."""
OFF = {"IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": False, "LogFileValidationEnabled": False}
BASIC = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
]
"""What a trail records that was told nothing (User Guide page logging-management-events-with-cloudtrail)."""


@dataclass(slots=True)
class Trail:
    """A trail: what DescribeTrails shows of it, and what other operations do."""

    about: dict[str, Any]
    tags: dict[str, str]
    selectors: dict[str, Any] = field(default_factory=lambda: {"EventSelectors": BASIC})
    insights: list[dict[str, Any]] = field(default_factory=list)
    started: datetime.datetime | None = None
    stopped: datetime.datetime | None = None
    logging: bool = False


def trails(request: Request, account: str) -> dict[str, Trail]:
    """The trails that an account made, by ARN."""
    kept: dict[str, Trail] = request.world.stored.setdefault((request.service, "trails", account, ""), {})
    return kept


def visible(request: Request) -> Iterator[Trail]:
    """The account's own trails and, in a member of the organization, those that the organization has."""
    yield from trails(request, request.caller.account).values()
    realm = request.world.realm
    if realm and request.caller.account in realm.accounts and request.caller.account != realm.management:
        yield from (one for one in trails(request, realm.management).values() if one.about["IsOrganizationTrail"])


def named(request: Request, name: str, *, change: bool = False) -> Trail:
    """The trail of a name or an ARN; `change` refuses it to whom it is only shown."""
    match = ARN.fullmatch(name)
    if not match and not NAME.fullmatch(name):
        raise Refusal("InvalidTrailNameException", f"Trail name {name} is not valid.")
    for trail in visible(request):
        if name in {trail.about["TrailARN"], trail.about["Name"]} and (match or seen(trail, request)):
            if change:
                check_owner(request, trail)
            return trail
    raise Refusal("TrailNotFoundException", f"Unknown trail: {name}")


def seen(trail: Trail, request: Request) -> bool:
    """True where the trail is of this Region, or of all."""
    return bool(trail.about["IsMultiRegionTrail"]) or trail.about["HomeRegion"] == request.region


def check_owner(request: Request, trail: Trail) -> None:
    """Members only see the organization's trail, and a trail is changed in the Region that has it."""
    if ARN.fullmatch(trail.about["TrailARN"])[2] != request.caller.account:  # type: ignore[index]
        message = "The organization trail can be changed only by the management account."
        raise Refusal("NotOrganizationMasterAccountException", message)
    if trail.about["HomeRegion"] != request.region:
        raise Refusal("InvalidHomeRegionException", f"The home Region of the trail is {trail.about['HomeRegion']}.")


def check(request: Request, about: dict[str, Any]) -> None:
    """A trail may be as it is wanted: by whom, with what, and where it delivers."""
    if about["IsMultiRegionTrail"] and not about["IncludeGlobalServiceEvents"]:
        message = "Multi-Region trail must include global service events."
        raise Refusal("InvalidParameterCombinationException", message)
    realm = request.world.realm
    if about["IsOrganizationTrail"]:
        if realm is None:
            raise Refusal("OrganizationsNotInUseException", "The account is no member of an organization.")
        if request.caller.account != realm.management:
            message = "The organization trail can be made only by the management account."
            raise Refusal("NotOrganizationMasterAccountException", message)
        if SERVICE not in realm.services:
            message = "CloudTrail is not a trusted service of the organization."
            raise Refusal("CloudTrailAccessNotEnabledException", message)
    check_needs(request, about)


def shown(trail: Trail) -> dict[str, Any]:
    """What CreateTrail and UpdateTrail answer with."""
    hidden = {"HomeRegion", "HasCustomEventSelectors", "HasInsightSelectors"}
    return {name: value for name, value in trail.about.items() if name not in hidden}


@answers("cloudtrail", Audience.ANYBODY)
def create_trail(request: Request) -> dict[str, Any]:
    """A new trail, which does not record yet; no more than five in a Region."""
    given, account = request.parameters, request.caller.account
    if not NAME.fullmatch(given["Name"]):
        raise Refusal("InvalidTrailNameException", f"Trail name {given['Name']} is not valid.")
    arn = f"arn:aws:cloudtrail:{request.region}:{account}:trail/{given['Name']}"
    there = [one for one in trails(request, account).values() if seen(one, request)]
    if any(one.about["Name"] == given["Name"] for one in there):
        raise Refusal("TrailAlreadyExistsException", f"Trail {given['Name']} already exists for customer: {account}")
    if len(there) >= MOST:
        message = f"User: {account} already has {MOST} trails in {request.region}."
        raise Refusal("MaximumNumberOfTrailsExceededException", message)
    about = {
        "Name": given["Name"],
        "TrailARN": arn,
        "HomeRegion": request.region,
        **OFF,
        "IsOrganizationTrail": False,
        "HasCustomEventSelectors": False,
        "HasInsightSelectors": False,
        **{GIVEN[name]: value for name, value in given.items() if name in GIVEN},
    }
    check(request, about)
    tags = {tag["Key"]: tag.get("Value", "") for tag in given.get("TagsList", ())}
    trails(request, account)[arn] = Trail(about, tags)
    return shown(trails(request, account)[arn])


@answers("cloudtrail", Audience.ANYBODY)
def update_trail(request: Request) -> dict[str, Any]:
    """The trail has what the call gives, and keeps the rest."""
    trail = named(request, request.parameters["Name"], change=True)
    given = {GIVEN[name]: value for name, value in request.parameters.items() if name in GIVEN}
    about = {name: value for name, value in {**trail.about, **given}.items() if value != ""}
    check(request, about)
    trail.about = about
    return shown(trail)


@answers("cloudtrail", Audience.ANYBODY)
def delete_trail(request: Request) -> dict[str, Any]:
    """The trail is gone, and what it delivered stays."""
    trail = named(request, request.parameters["Name"], change=True)
    del trails(request, request.caller.account)[trail.about["TrailARN"]]
    return {}


@answers("cloudtrail", Audience.ANYBODY)
def describe_trails(request: Request) -> dict[str, Any]:
    """Trails of this Region and those that are shown in all; a name that is not there is left out."""
    names = request.parameters.get("trailNameList") or ()
    shadows = request.parameters.get("includeShadowTrails", True)
    own = {*trails(request, request.caller.account)}
    listed = [
        trail.about
        for trail in visible(request)
        if seen(trail, request)
        and (not names or {trail.about["Name"], trail.about["TrailARN"]} & {*names})
        and (shadows or (trail.about["TrailARN"] in own and trail.about["HomeRegion"] == request.region))
    ]
    return {"trailList": listed}


@answers("cloudtrail", Audience.ANYBODY)
def get_trail(request: Request) -> dict[str, Any]:
    """One trail."""
    return {"Trail": named(request, request.parameters["Name"]).about}


@answers("cloudtrail", Audience.ANYBODY)
def start_logging(request: Request) -> dict[str, Any]:
    """The trail records; once more is no error."""
    trail = named(request, request.parameters["Name"], change=True)
    trail.logging, trail.started = True, now(request)
    return {}


@answers("cloudtrail", Audience.ANYBODY)
def stop_logging(request: Request) -> dict[str, Any]:
    """The trail does not record."""
    trail = named(request, request.parameters["Name"], change=True)
    trail.logging, trail.stopped = False, now(request)
    return {}


def now(request: Request) -> datetime.datetime:
    """Now, by the sandbox's clock."""
    return datetime.datetime.fromtimestamp(request.world.now(), datetime.UTC)


@answers("cloudtrail", Audience.ANYBODY)
def get_trail_status(request: Request) -> dict[str, Any]:
    """Whether the trail records, and what became of its last delivery: it fails where the bucket refuses it now."""
    trail = named(request, request.parameters["Name"])
    status: dict[str, Any] = {"IsLogging": trail.logging}
    if trail.started:
        status["StartLoggingTime"] = trail.started
    if trail.stopped:
        status["StopLoggingTime"] = trail.stopped
    if trail.logging and trail.started:
        error = delivery_error(request, trail.about)
        status["LatestDeliveryTime"] = trail.started if error else now(request)
        status |= {"LatestDeliveryError": error} if error else {}
    return status
