"""Monitors and subscriptions of Cost Anomaly Detection, as the API pages of Cost Explorer have them.

They are kept for the account; no cost is ever looked at.
"""

from __future__ import annotations

import uuid
from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

MADE = "2026-01-01T00:00:00Z"
MOST_CUSTOM, MOST_SUBSCRIPTIONS, MOST_ADDRESSES = 500, 500, 10
"""https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html"""


def monitors(request: Request) -> dict[str, Any]:
    """The monitors of the account, by ARN."""
    return shelf(request, "monitors", regional=False)


def subscriptions(request: Request) -> dict[str, Any]:
    """The subscriptions of the account, by ARN."""
    return shelf(request, "subscriptions", regional=False)


def named(request: Request, kind: str) -> str:
    """A new ARN."""
    number = uuid.UUID(int=request.world.random.getrandbits(128))
    return f"arn:aws:ce::{request.caller.account}:{kind}/{number}"


@answers("ce", Audience.ANYBODY)
def create_anomaly_monitor(request: Request) -> dict[str, Any]:
    """A monitor is there; of those that AWS manages an account has one for all services."""
    monitor = request.parameters["AnomalyMonitor"]
    managed = [one for one in monitors(request).values() if one.get("MonitorDimension") == "SERVICE"]
    if monitor.get("MonitorDimension") == "SERVICE" and managed:
        raise Refusal("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
    if len(monitors(request)) >= MOST_CUSTOM:
        raise Refusal("LimitExceededException", "Limit exceeded on spend monitor creation")
    if (monitor["MonitorType"] == "DIMENSIONAL") != ("MonitorDimension" in monitor):
        raise Refusal("ValidationException", "A dimension belongs to a dimensional monitor, and to no other.")
    arn = named(request, "anomalymonitor")
    monitors(request)[arn] = {**monitor, "MonitorArn": arn, "CreationDate": MADE, "LastUpdatedDate": MADE}
    return {"MonitorArn": arn}


@answers("ce", Audience.ANYBODY)
def get_anomaly_monitors(request: Request) -> dict[str, Any]:
    """The monitors that the call names, all where it names none."""
    there, asked = monitors(request), request.parameters.get("MonitorArnList")
    for arn in asked or ():
        known(request, arn)
    return {"AnomalyMonitors": [one for arn, one in there.items() if not asked or arn in asked]}


@answers("ce", Audience.ANYBODY)
def create_anomaly_subscription(request: Request) -> dict[str, Any]:
    """A subscription is there."""
    subscription = request.parameters["AnomalySubscription"]
    checked(request, subscription)
    if len(subscriptions(request)) >= MOST_SUBSCRIPTIONS:
        raise Refusal("LimitExceededException", "Limit exceeded on anomaly subscription creation")
    arn = named(request, "anomalysubscription")
    told = [{**one, "Status": "CONFIRMED"} for one in subscription["Subscribers"]]
    kept = {**subscription, "SubscriptionArn": arn, "AccountId": request.caller.account, "Subscribers": told}
    subscriptions(request)[arn] = kept
    return {"SubscriptionArn": arn}


@answers("ce", Audience.ANYBODY)
def get_anomaly_subscriptions(request: Request) -> dict[str, Any]:
    """The subscriptions, or those of one monitor."""
    there, monitor = subscriptions(request), request.parameters.get("MonitorArn")
    fitting = [one for one in there.values() if not monitor or monitor in one["MonitorArnList"]]
    return {"AnomalySubscriptions": fitting}


@answers("ce", Audience.ANYBODY)
def update_anomaly_subscription(request: Request) -> dict[str, Any]:
    """The subscription has what the call gives, and keeps the rest."""
    arn = request.parameters["SubscriptionArn"]
    found = subscriptions(request).get(arn)
    if found is None:
        raise Refusal("UnknownSubscriptionException", "The cost anomaly subscription does not exist.")
    new = {**found, **request.parameters}
    checked(request, new)
    subscriptions(request)[arn] = new
    return {"SubscriptionArn": arn}


def checked(request: Request, subscription: dict[str, Any]) -> None:
    """Refused where a monitor is not there, or where those who are told do not go with the frequency."""
    for arn in subscription["MonitorArnList"]:
        known(request, arn)
    if not {"Threshold", "ThresholdExpression"} & subscription.keys():
        raise Refusal("ValidationException", "One of Threshold or ThresholdExpression is required.")
    kinds = [one["Type"] for one in subscription["Subscribers"]]
    if (subscription["Frequency"] == "IMMEDIATE") != ("SNS" in kinds) or len(set(kinds)) > 1:
        raise Refusal("ValidationException", "Daily or weekly frequencies only support Email subscriptions")
    if len(kinds) > MOST_ADDRESSES:
        raise Refusal("ValidationException", "A subscription has at most ten addresses.")


def known(request: Request, arn: str) -> None:
    """Refused where the account has no such monitor."""
    if arn not in monitors(request):
        raise Refusal("UnknownMonitorException", "The cost anomaly monitor does not exist for the account.")
