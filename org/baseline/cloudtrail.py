"""The organization's trail, whole: its bucket and its key in the account that keeps the logs, and that it delivers.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
"""

from __future__ import annotations

import datetime
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org.baseline import Component, Severity, Where, _kms, _trail_bucket, _trail_key, _trail_logs, _trail_settings
from org.errors import CloudError, Missing
from org.model.organization import OWNED, OWNER_TAG
from org.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State
    from org.model.finding import Finding

SERVICE = "cloudtrail.amazonaws.com"
MANAGEMENT_EVENTS = {
    "Name": "Management events",
    "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
}
KEPT = {
    "S3BucketName": "bucket",
    "S3KeyPrefix": "prefix",
    "KmsKeyId": "key",
    "IsMultiRegionTrail": "multi_region",
    "IsOrganizationTrail": "organization",
    "LogFileValidationEnabled": "validation",
    "IncludeGlobalServiceEvents": "global_events",
    "CloudWatchLogsLogGroupArn": "log_group",
    "CloudWatchLogsRoleArn": "log_role",
}
"""What DescribeTrails calls what."""
SET = {**{state: name for name, state in KEPT.items()}, "validation": "EnableLogFileValidation"}
"""What CreateTrail and UpdateTrail call it."""
NOT_YET = frozenset(
    {
        "InsufficientEncryptionPolicyException",
        "InsufficientS3BucketPolicyException",
        "InvalidCloudWatchLogsRoleArnException",
    }
)
"""What CloudTrail says for some seconds of a policy or a role that is new."""
TRIES, PAUSE = 6, 5.0


def archived(scope: Scope) -> Scope:
    """What is known of the account that keeps the logs."""
    key = scope.settings["account"]
    return replace(scope, place=Place(scope.accounts.get(key, ""), None, key))


def trail_arn(scope: Scope) -> str:
    """The ARN of the trail, which is in the management account and the home Region."""
    account = scope.management or scope.account
    return f"arn:{scope.partition}:cloudtrail:{scope.home_region}:{account}:trail/{scope.settings['trail']}"


def names(scope: Scope) -> dict[str, str]:
    """What the things of this component are called."""
    there, settings = archived(scope), scope.settings
    found = {"key": settings["key"], "bucket": f"bucket/{_trail_bucket.name(there)}"}
    if settings["log_group"]:
        found |= {"group": f"log-group/{settings['log_group']}", "role": f"role/{settings['log_role']}"}
    return {**found, "trail": f"trail/{settings['trail']}"}


def read(cloud: Cloud, scope: Scope) -> Things:
    """Whether CloudTrail is trusted, and everything that the trail is made of."""
    there, called = archived(scope), names(scope)
    found: dict[str, Any] = {SERVICE: _trust(cloud, scope)}
    key = ""
    if there.account:
        archive = cloud.reach(there.place.name)
        found[called["key"]] = _trail_key.read(archive, there)
        key = _trail_key.arn(there, found[called["key"]])
        found[called["bucket"]] = _trail_bucket.read(archive, there, key)
    if scope.settings["log_group"]:
        found[called["group"]] = _trail_logs.read_group(cloud, scope)
        found[called["role"]] = _trail_logs.read_role(cloud, scope)
    found[called["trail"]] = _trail(cloud, scope, key)
    return {name: state for name, state in found.items() if state is not None}


def _trust(cloud: Cloud, scope: Scope) -> State:
    """What the organization says of CloudTrail; who administers it is asked only where that is declared."""
    listed = cloud.pages("organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    administrators: list[str] = []
    if scope.settings["delegated_administrator"]:
        found = cloud.pages(
            "organizations", "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=SERVICE
        )
        administrators = sorted(one["Id"] for one in found)
    return {"trusted": any(one["ServicePrincipal"] == SERVICE for one in listed), "administrators": administrators}


def _trail(cloud: Cloud, scope: Scope, key: str) -> State | None:
    """The trail with what it records and how its deliveries went; `key` is the ARN behind the declared alias."""
    wanted_arn = trail_arn(scope)
    listed = cloud.call("cloudtrail", "describe_trails")["trailList"]
    about = next((one for one in listed if one["Name"] == scope.settings["trail"]), None)
    if about is None:
        return None
    if about["TrailARN"] != wanted_arn:
        return {"elsewhere": about["TrailARN"]}
    state: dict[str, Any] = {ours: about.get(theirs, "") for theirs, ours in KEPT.items()}
    if key and state["key"] == key:
        state["key"] = _trail_key.alias_arn(archived(scope))
    selectors = cloud.call("cloudtrail", "get_event_selectors", TrailName=wanted_arn)
    state["events"] = selectors.get("AdvancedEventSelectors") or [{"basic": selectors.get("EventSelectors", [])}]
    if scope.settings["insights"] is not None:
        state["insights"] = _insights(cloud, wanted_arn, about)
    return state | _status(cloud, wanted_arn)


def _insights(cloud: Cloud, trail: str, about: Mapping[str, Any]) -> list[str]:
    """Which Insights are on; asked only of a trail that has some."""
    if not about.get("HasInsightSelectors"):
        return []
    try:
        found = cloud.call("cloudtrail", "get_insight_selectors", TrailName=trail)["InsightSelectors"]
    except CloudError as error:
        if error.code != "InsightNotEnabledException":
            raise
        return []
    return sorted(one["InsightType"] for one in found)


def _status(cloud: Cloud, trail: str) -> dict[str, Any]:
    """Whether the trail records, what went wrong last, and for how many hours nothing has been delivered."""
    status = cloud.call("cloudtrail", "get_trail_status", Name=trail)
    times = [status[name] for name in ("LatestDeliveryTime", "StartLoggingTime") if status.get(name)]
    silent = datetime.datetime.now(datetime.UTC) - max(times) if times else datetime.timedelta()
    errors = {
        "S3": status.get("LatestDeliveryError"),
        "S3 (digests)": status.get("LatestDigestDeliveryError"),
        "CloudWatch Logs": status.get("LatestCloudWatchLogsDeliveryError"),
    }
    return {
        "logging": bool(status.get("IsLogging")),
        "errors": {to: text for to, text in errors.items() if text},
        "silent_hours": int(silent.total_seconds() // 3600),
    }


def events(scope: Scope) -> list[dict[str, Any]]:
    """All management events, reads too, and the declared data events; the trail's own bucket is never recorded.

    Recording what CloudTrail writes into its own bucket would make a record of every record.
    """
    own = f"arn:{scope.partition}:s3:::{_trail_bucket.name(archived(scope))}/"
    found = [MANAGEMENT_EVENTS]
    for declared in scope.settings["data_events"]:
        kind = declared["type"]
        fields: list[dict[str, Any]] = [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": [kind]},
        ]
        if declared.get("read_only") is not None:
            fields.append({"Field": "readOnly", "Equals": [str(declared["read_only"]).lower()]})
        where: dict[str, Any] = {"StartsWith": declared["arns"]} if declared.get("arns") else {}
        if kind == "AWS::S3::Object":
            where["NotStartsWith"] = [own]
        if where:
            fields.append({"Field": "resources.ARN", **where})
        found.append({"Name": declared.get("name", kind), "FieldSelectors": fields})
    return found


def wanted(scope: Scope, found: Things) -> Things:
    """Key, bucket, log group and role before the trail that needs them; nothing before the account that keeps logs.

    With a key that cannot be used no trail is made, and nothing is encrypted that is not yet.
    """
    there, called, arn = archived(scope), names(scope), trail_arn(scope)
    if not there.account:
        return {}
    states: dict[str, State] = {}
    key = _trail_key.wanted(there, found.get(called["key"]), arn)
    if key is not None:
        states[called["key"]] = key
    left = set() if _trail_key.usable(there, found.get(called["key"])) else {"key", "encryption"}
    states[called["bucket"]] = _without(left, _trail_bucket.wanted(there, found.get(called["bucket"]), arn))
    if scope.settings["log_group"]:
        states[called["group"]] = _trail_logs.wanted_group(scope, found.get(called["group"]))
        states[called["role"]] = _trail_logs.wanted_role(scope)
    if not any(_obstacles(scope, found)) and (not left or called["trail"] in found):
        states[called["trail"]] = _without(left, _wanted_trail(scope))
    return states


def _without(left: set[str], state: State) -> State:
    return {part: value for part, value in state.items() if part not in left}


def _wanted_trail(scope: Scope) -> State:
    settings, there = scope.settings, archived(scope)
    state: dict[str, Any] = {
        "bucket": _trail_bucket.name(there),
        "prefix": settings["prefix"],
        "key": _trail_key.alias_arn(there),
        "multi_region": True,
        "organization": True,
        "validation": True,
        "global_events": True,
        "events": events(scope),
        "logging": True,
    }
    if settings["log_group"]:
        state |= {"log_group": _trail_logs.group_arn(scope), "log_role": _trail_logs.role_arn(scope)}
    if settings["insights"] is not None:
        state["insights"] = sorted(settings["insights"])
    return state


def _obstacles(scope: Scope, found: Things) -> Iterator[Finding]:
    """Why there can be no trail."""
    trail = found.get(names(scope)["trail"]) or {}
    if "elsewhere" in trail:
        message = f"trail `{scope.settings['trail']}` is `{trail['elsewhere']}`, which is changed only where it is"
        yield scope.finding("ORG-06", message, severity=Severity.ERROR, advice="declare another name with `trail`")
    if not (found.get(SERVICE) or {}).get("trusted", True):
        message = f"`{SERVICE}` is not among the organization's trusted services, so there can be no trail for it"
        advice = f"declare `trusted_services: [{SERVICE}]`"
        yield scope.finding("ORG-06", message, severity=Severity.ERROR, advice=advice)


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What keeps logs from being written or from being safe; that the trail exists proves nothing."""
    there, called = archived(scope), names(scope)
    if not there.account:
        message = f"account `{scope.settings['account']}` does not exist, so the trail has nowhere to deliver to"
        yield scope.finding("ORG-06", message, severity=Severity.ERROR)
        return
    yield from _obstacles(scope, found)
    yield from _administrator(scope, found)
    yield from _trail_key.problems(there, found.get(called["key"]))
    if called["trail"] not in found and not _trail_key.usable(there, found.get(called["key"])):
        message = f"trail `{scope.settings['trail']}` is not made before `{scope.settings['key']}` can be used"
        yield scope.finding("ORG-06", message, severity=Severity.ERROR)
    bucket = found.get(called["bucket"])
    if bucket and scope.settings["object_lock"] and not bucket["object_lock"]["enabled"]:
        message = f"{called['bucket']} has no Object Lock, which is switched on when a bucket is made"
        yield there.finding("ORG-06", message, severity=Severity.ERROR, advice="declare another name with `bucket`")
    yield from _deliveries(scope, found.get(called["trail"]) or {})


def _administrator(scope: Scope, found: Things) -> Iterator[Finding]:
    key = scope.settings["delegated_administrator"]
    if key and scope.accounts.get(key, "") not in (found.get(SERVICE) or {}).get("administrators", ()):
        message = f"account `{key}` is no delegated administrator of CloudTrail"
        yield scope.finding("ORG-06", message, advice=f"declare `delegated_administrators: {{{SERVICE}: {key}}}`")


def _deliveries(scope: Scope, trail: Mapping[str, Any]) -> Iterator[Finding]:
    """Deliveries that failed, and a trail that records and has delivered nothing for too long."""
    name = scope.settings["trail"]
    for to, text in sorted(trail.get("errors", {}).items()):
        message = f"trail `{name}` could not deliver to {to}: {text}"
        yield scope.finding("ORG-06", message, severity=Severity.ERROR)
    hours = trail.get("silent_hours", 0)
    if trail.get("logging") and hours >= scope.settings["late_after_hours"]:
        message = f"trail `{name}` has delivered nothing for {hours:,} hours"
        yield scope.finding("ORG-06", message, severity=Severity.ERROR)


def write(cloud: Cloud, change: Change) -> None:
    """One of the parts is as the change says. Nothing is ever deleted."""
    kind, _, name = change.name.partition("/")
    after = change.after or {}
    if kind == "alias":
        _kms.write(cloud.reach(after["account"]), change)
    elif kind == "bucket":
        _trail_bucket.write(cloud.reach(after["account"]), name, change)
    elif kind == "log-group":
        _trail_logs.write_group(cloud, name, change)
    elif kind == "role":
        _trail_logs.write_role(cloud, name, change)
    else:
        _write_trail(cloud, name, change)


def _write_trail(cloud: Cloud, name: str, change: Change) -> None:
    """INVARIANT: a trail is never made twice: its name is its own, and one that is there after all is changed."""
    after, before = change.after or {}, change.before or {}
    given = {SET[part]: value for part, value in after.items() if part in SET}
    if not given["S3KeyPrefix"] and not before.get("prefix"):
        del given["S3KeyPrefix"]
    if change.before is None:
        tags = [{"Key": OWNER_TAG, "Value": OWNED}]
        try:
            _patiently(cloud, "create_trail", Name=name, TagsList=tags, **given)
        except CloudError as error:
            if error.code != "TrailAlreadyExistsException":
                raise
            _there_after_all(cloud, name, given, error)
    elif any(before.get(part) != after[part] for part in after if part in SET):
        _patiently(cloud, "update_trail", Name=name, **given)
    if before.get("events") != after["events"]:
        cloud.call("cloudtrail", "put_event_selectors", TrailName=name, AdvancedEventSelectors=after["events"])
    if "insights" in after and (before.get("insights") or []) != after["insights"]:
        kinds = [{"InsightType": kind} for kind in after["insights"]]
        cloud.call("cloudtrail", "put_insight_selectors", TrailName=name, InsightSelectors=kinds)
    if not before.get("logging"):
        cloud.call("cloudtrail", "start_logging", Name=name)


def _there_after_all(cloud: Cloud, name: str, given: Mapping[str, Any], error: CloudError) -> None:
    """The trail is as given though it was there already, as after an answer that was lost; else the error stands."""
    try:
        _patiently(cloud, "update_trail", Name=name, **given)
    except Missing:
        raise error from None


def _patiently(cloud: Cloud, operation: str, **given: Any) -> None:
    """The trail is set, again where a policy or role that was just made is not known everywhere yet."""
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            cloud.call("cloudtrail", operation, **given)
            return
        except CloudError as error:
            if error.code not in NOT_YET or not tries_left:
                raise
        time.sleep(0 if cloud.is_sandbox else PAUSE)


component = Component(
    name="cloudtrail",
    title="Organization trail",
    description="One trail records every account of the organization in every Region, into a bucket of the account "
    "that keeps the logs, encrypted with a key that only this trail and its readers can use. Deliveries that fail or "
    "stop are errors, not only a trail that is missing. Nothing is ever deleted.",
    where=Where.ORGANIZATION,
    settings=_trail_settings.SETTINGS,
    reads=(
        *("organizations:ListAWSServiceAccessForOrganization", "organizations:ListDelegatedAdministrators"),
        *("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors"),
        *("cloudtrail:GetTrailStatus", "logs:DescribeLogGroups", "iam:GetRole", "iam:GetRolePolicy"),
    ),
    reads_elsewhere=(
        *("s3:GetBucketVersioning", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"),
        *("s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls", "s3:GetBucketObjectLockConfiguration"),
        *("s3:GetLifecycleConfiguration", "s3:GetBucketLogging"),
        *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeys"),
        "kms:ListResourceTags",
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        *("cloudtrail:CreateTrail", "cloudtrail:UpdateTrail", "cloudtrail:AddTags", "cloudtrail:StartLogging"),
        *("cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors"),
        *("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"),
        *("iam:CreateRole", "iam:TagRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:PassRole"),
    ),
    writes_elsewhere=(
        *("s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration"),
        *("s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutBucketObjectLockConfiguration"),
        *("s3:PutLifecycleConfiguration", "s3:PutBucketLogging"),
        *("kms:CreateKey", "kms:CreateAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:TagResource"),
        "kms:UpdateKeyDescription",
    ),
    linked_services=("cloudtrail.amazonaws.com",),
    write=write,
    controls=("ORG-06", "SEC-14", "S3-09"),
)
