"""Which rule of `secrets-rotation` is about a secret, and how it wants the secret."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.baseline import Scope, Settings

    State = Mapping[str, Any]

DAILY = re.compile(r"rate\((\d+) days?\)")
DAYS = re.compile(r"(\d+) days")
HOURS = re.compile(r"rate\((\d+) hours?\)")
KEY_ARN = re.compile(r"(arn:[\w-]+:kms:)[\w-]+(:\d{12}:key/mrk-\w+)")


def rule_for(settings: Settings, name: str, tags: Mapping[str, str]) -> Mapping[str, Any]:
    """The settings for one secret: those of the component, and over them those of the first rule that fits it."""
    fits = (rule for rule in settings["rules"] if fitting(rule, name, tags))
    rule: Mapping[str, Any] = next(fits, {})
    merged = {"rotate": True, **settings, **{key: value for key, value in rule.items() if key not in ("names", "tags")}}
    if rule.get("after_days") is not None:
        merged["schedule"] = rule.get("schedule")
    return merged


def fitting(rule: Mapping[str, Any], name: str, tags: Mapping[str, str]) -> bool:
    """True where one of the rule's patterns is the name's and each of its tags is there with a value that it takes."""
    named = any(fnmatchcase(name, pattern) for pattern in rule.get("names", ["*"]))
    wanted: Mapping[str, str] = rule.get("tags", {})
    return named and all(key in tags and fnmatchcase(tags[key], pattern) for key, pattern in wanted.items())


def normal(schedule: str) -> str:
    """A schedule as states have it: `30 days` for `rate(30 days)` too."""
    match = DAILY.fullmatch(schedule)
    return f"{match[1]} days" if match else schedule


def days_of(rotation: str | None) -> int | None:
    """The days between two rotations, rounded up; None where the schedule does not tell them."""
    if rotation is None:
        return None
    if match := HOURS.fullmatch(rotation):
        return -(-int(match[1]) // 24)
    match = DAYS.fullmatch(rotation)
    return int(match[1]) if match else None


def rotation_of(rule: Mapping[str, Any], state: State) -> str | None:
    """When the secret is to rotate; one that rotates more often than every so many days stays as it is."""
    if not rule["rotate"]:
        return None
    if rule["schedule"]:
        return normal(rule["schedule"])
    most: int | None = rule["after_days"]
    if most is None:
        return None
    return str(state["rotation"]) if state["rotation"] and often_enough(state, most) else f"{most} days"


def often_enough(state: State, most: int) -> bool:
    """True where a rotation comes every so many days at least, as far as AWS tells.

    It tells the days of a calendar after its first rotation only, and before it the date of that one:
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
    """
    if state["days"]:
        return bool(state["days"] <= most)
    return -(state["late"] or 0) <= most


def function_of(scope: Scope, rule: Mapping[str, Any], state: State) -> str | None:
    """The ARN of the function that is to rotate the secret: the declared one, else the one that it has."""
    declared: str | None = rule["function"]
    if declared is None or declared.startswith("arn:"):
        return declared or state["function"]
    return f"arn:{scope.partition}:lambda:{scope.region}:{scope.account}:function:{declared}"


def rules_of(rotation: str, window: str | None) -> dict[str, Any]:
    """The RotationRules of a call: days or a schedule, never both, which AWS refuses."""
    match = DAYS.fullmatch(rotation)
    rules: dict[str, Any] = {"AutomaticallyAfterDays": int(match[1])} if match else {"ScheduleExpression": rotation}
    return rules | ({"Duration": window} if window else {})


def replica_key(key: str | None, region: str) -> dict[str, str]:
    """The key of a replica: the same alias, or the same multi-Region key, there; AWS's own for any other."""
    if key is None:
        return {}
    if key.startswith("alias/"):
        return {"KmsKeyId": key}
    match = KEY_ARN.fullmatch(key)
    return {"KmsKeyId": f"{match[1]}{region}{match[2]}"} if match else {}
