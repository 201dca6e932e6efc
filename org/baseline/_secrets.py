"""What there is of secrets, without their values, and how they are changed.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from org.baseline._keys import Keys
from org.baseline._secret_rules import days_of, normal, replica_key, rule_for, rules_of
from org.errors import Denied, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

    State = dict[str, Any]

AWS_KEY = "alias/aws/secretsmanager"
HIDDEN = "resource-based policy"
"""How AWS's refusal tells that a policy of the resource denies the call, and not one of the role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""


def read(cloud: Cloud, scope: Scope) -> Things:
    """Every secret of the Region by its name: one call a page, and one a secret for its policy."""
    asked = cloud.pages("secretsmanager", "list_secrets", "SecretList", MaxResults=100, IncludePlannedDeletion=True)
    listed = [facts(one, scope.region) | {"name": one["Name"]} for one in asked]
    copies, keys = _copies(cloud, scope), Keys(cloud)
    found: dict[str, State] = {}
    for state in listed:
        name = state.pop("name")
        state["replicas"] = sorted(region for region, names in copies.items() if name in names)
        try:
            more = {} if state["leaves"] or state["replica_of"] else _asked(cloud, scope, name, state, keys)
        except Missing:
            continue
        found[name] = state | more
    return found


def _asked(cloud: Cloud, scope: Scope, name: str, state: State, keys: Keys) -> State:
    """What one secret has to be asked for."""
    more = _policy(cloud, state["arn"])
    if state["managed"]:
        return more
    rule = rule_for(scope.settings, name, state["tags"])
    key = keys.by_its_name(state["key"], rule["key"])
    return {**more, "key": key, **_replicas(cloud, state, _declared(scope, rule))}


def facts(one: Mapping[str, Any], region: str) -> State:
    """What a listing says of a secret; ages are in whole days."""
    rules, on = one.get("RotationRules", {}), bool(one.get("RotationEnabled"))
    days = rules.get("AutomaticallyAfterDays")
    schedule = rules.get("ScheduleExpression") or (f"{days} days" if days else "")
    rotation = normal(schedule) if on and schedule else None
    stages = list(one.get("SecretVersionsToStages", {}).values())
    primary = one.get("PrimaryRegion", region)
    return {
        "arn": one["ARN"],
        "leaves": "DeletedDate" in one,
        "replica_of": primary if primary != region else "",
        "managed": one.get("OwningService") or one.get("Type") or "",
        "external": bool(one.get("Type")) and not one.get("OwningService"),
        "rotates": on,
        "rotation": rotation,
        "days": days_of(rotation) or (days if on else None),
        "window": rules.get("Duration"),
        "function": one.get("RotationLambdaARN") or None,
        "stuck": any("AWSPENDING" in labels and "AWSCURRENT" not in labels for labels in stages),
        "empty": not any("AWSCURRENT" in labels for labels in stages),
        "rotated": _age(one.get("LastRotatedDate")),
        "late": _age(one.get("NextRotationDate")),
        "read": _age(one.get("LastAccessedDate")),
        "made": _age(one.get("CreatedDate")),
        "key": one.get("KmsKeyId") or AWS_KEY,
        "tags": {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())},
        "replicas": [],
        "broken_replicas": {},
        "policy": "",
        "unreadable": "",
    }


def _age(moment: datetime.datetime | None) -> int | None:
    """The days since then, negative before it."""
    return None if moment is None else (datetime.datetime.now(datetime.UTC) - moment).days


def _declared(scope: Scope, rule: Mapping[str, Any]) -> list[str]:
    """The other Regions that are to have the secret, as far as they are governed and on in the account."""
    return [region for region in rule["replica_regions"] if region != scope.region and region in scope.regions]


def _copies(cloud: Cloud, scope: Scope) -> dict[str, set[str]]:
    """The names of the secrets of this Region that each Region has which some rule replicates to."""
    rules = [scope.settings, *(rule for rule in scope.settings["rules"] if "replica_regions" in rule)]
    regions = {region for rule in rules for region in _declared(scope, rule)}
    asked: dict[str, Any] = {"MaxResults": 100, "Filters": [{"Key": "primary-region", "Values": [scope.region]}]}
    return {
        region: {
            one["Name"]
            for one in cloud.in_region(region).pages("secretsmanager", "list_secrets", "SecretList", **asked)
            if one.get("PrimaryRegion") == scope.region
        }
        for region in sorted(regions)
    }


def _policy(cloud: Cloud, arn: str) -> State:
    try:
        return {"policy": cloud.call("secretsmanager", "get_resource_policy", SecretId=arn).get("ResourcePolicy", "")}
    except Denied as denied:
        if HIDDEN not in denied.message:
            raise
        return {"unreadable": denied.operation}


def _replicas(cloud: Cloud, state: State, declared: Iterable[str]) -> State:
    """The Regions that a secret is copied to. Only where one lacks it AWS is asked why."""
    if set(declared) <= set(state["replicas"]):
        return {}
    told = cloud.call("secretsmanager", "describe_secret", SecretId=state["arn"]).get("ReplicationStatus", ())
    broken = {one["Region"]: one.get("StatusMessage", "") for one in told if one["Status"] == "Failed"}
    return {"replicas": sorted(one["Region"] for one in told), "broken_replicas": broken}


def write(cloud: Cloud, change: Change) -> None:
    """Make a secret what it should be; it is never rotated at once, and its value is neither read nor written."""
    before: Mapping[str, Any] = change.before or {}
    after: Mapping[str, Any] = change.after or {}
    new = {name for name, value in after.items() if value != before.get(name)}
    arn = after["arn"]
    if "tags" in new:
        added = {key: value for key, value in after["tags"].items() if before["tags"].get(key) != value}
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        cloud.call("secretsmanager", "tag_resource", SecretId=arn, Tags=tags)
    if "key" in new:
        cloud.call("secretsmanager", "update_secret", SecretId=arn, KmsKeyId=after["key"])
    if new & {"rotation", "function", "window"}:
        cloud.call(
            "secretsmanager",
            "rotate_secret",
            SecretId=arn,
            RotationLambdaARN=after["function"],
            RotationRules=rules_of(after["rotation"], after["window"]),
            RotateImmediately=False,
        )
    if "replicas" in new:
        missing = [region for region in after["replicas"] if region not in before["replicas"]]
        copies = [{"Region": region, **replica_key(after.get("key"), region)} for region in missing]
        cloud.call("secretsmanager", "replicate_secret_to_regions", SecretId=arn, AddReplicaRegions=copies)
