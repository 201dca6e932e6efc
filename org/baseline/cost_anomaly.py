"""Somebody is told of unusual costs: a monitor of every service, and mail from it.

https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

NAME = "org-baseline"
"""The one subscription that is ours; others are never touched."""
ENDPOINT = "us-east-1"
ABSOLUTE, AT_LEAST = "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "GREATER_THAN_OR_EQUAL"


def read(cloud: Cloud, _: Scope) -> Things:
    """The monitor of all services, whoever made it: there can be but one; and our subscription."""
    there, token = cloud.in_region(ENDPOINT), "NextPageToken"
    monitors = there.pages("ce", "get_anomaly_monitors", "AnomalyMonitors", token=token)
    monitor = next((one["MonitorArn"] for one in monitors if one.get("MonitorDimension") == "SERVICE"), "")
    subscriptions = there.pages("ce", "get_anomaly_subscriptions", "AnomalySubscriptions", token=token)
    ours: dict[str, Any] = next((one for one in subscriptions if one["SubscriptionName"] == NAME), {})
    if not monitor and not ours:
        return {}
    watched = sorted(ours.get("MonitorArnList", ()))
    return {
        NAME: {
            "services": monitor in watched,
            "monitor": monitor,
            "subscription": ours.get("SubscriptionArn", ""),
            "watched": watched,
            "frequency": ours.get("Frequency", ""),
            "threshold": _threshold(ours),
            "emails": sorted(one["Address"] for one in ours.get("Subscribers", ())),
        }
    }


def _threshold(ours: dict[str, Any]) -> float | None:
    """The dollars from which on mail is sent; None where something else decides."""
    about = ours.get("ThresholdExpression", {}).get("Dimensions", {})
    plain = about.get("Key") == ABSOLUTE and about.get("MatchOptions") == [AT_LEAST] and len(about["Values"]) == 1
    return float(about["Values"][0]) if plain else None


def wanted(scope: Scope, found: Things) -> Things:
    """Mail to the declared addresses, about all services and about what was watched before."""
    addresses = sorted(set(scope.settings["emails"]))
    if not addresses:
        return {}
    there = found.get(NAME) or {}
    known = {name: there[name] for name in ("monitor", "subscription") if there.get(name)}
    watched = sorted({*there.get("watched", ()), *([known["monitor"]] if "monitor" in known else [])})
    return {
        NAME: {
            **known,
            "services": True,
            "watched": watched,
            "frequency": scope.settings["frequency"],
            "threshold": float(scope.settings["threshold"]),
            "emails": addresses,
        }
    }


def write(cloud: Cloud, change: Change) -> None:
    """The monitor is there, and the subscription is as declared."""
    there, after = cloud.in_region(ENDPOINT), change.after or {}
    watched = list(after["watched"])
    if "monitor" not in after:
        monitor = {"MonitorName": NAME, "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
        watched.append(there.call("ce", "create_anomaly_monitor", AnomalyMonitor=monitor)["MonitorArn"])
    dollars = {"Key": ABSOLUTE, "MatchOptions": [AT_LEAST], "Values": [f"{after['threshold']:g}"]}
    subscription = {
        "MonitorArnList": watched,
        "Frequency": after["frequency"],
        "Subscribers": [{"Type": "EMAIL", "Address": address} for address in after["emails"]],
        "ThresholdExpression": {"Dimensions": dollars},
    }
    if "subscription" in after:
        there.call("ce", "update_anomaly_subscription", SubscriptionArn=after["subscription"], **subscription)
    else:
        named = {**subscription, "SubscriptionName": NAME}
        there.call("ce", "create_anomaly_subscription", AnomalySubscription=named)


component = Component(
    name="cost-anomaly",
    title="Cost anomaly detection",
    description="Somebody gets mail about unusual costs of any service. The monitor of all services, of which an "
    "account has but one, is used if it is there; other monitors and subscriptions are left alone.",
    settings={
        "emails": {
            "type": "array",
            "maxItems": 10,
            "items": {"type": "string", "format": "email", "minLength": 3, "maxLength": 302},
            "default": [],
            "description": "Who is told; nobody asks for no subscription.",
            "examples": [["finance@acme.example"]],
        },
        "threshold": {
            "type": "number",
            "minimum": 0,
            "maximum": 999999,
            "default": 100,
            "description": "US dollars above what was expected from which on mail is sent.",
        },
        "frequency": {
            "type": "string",
            "enum": ["DAILY", "WEEKLY"],
            "default": "DAILY",
            "description": "How often mail is sent at most.",
        },
    },
    reads=("ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions"),
    read=read,
    wanted=wanted,
    writes=("ce:CreateAnomalyMonitor", "ce:CreateAnomalySubscription", "ce:UpdateAnomalySubscription"),
    write=write,
    controls=("COST-01",),
)
