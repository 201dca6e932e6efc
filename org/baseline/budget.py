"""A monthly budget for each account, and mail to those who should know before it is spent.

https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

NAME = "org-baseline"
"""The one budget that is ours; others are never touched."""
ENDPOINT = "us-east-1"


def read(cloud: Cloud, scope: Scope) -> Things:
    """Our budget: its amount, and for each percentage who is told; nothing where there is none."""
    there, about = cloud.in_region(ENDPOINT), {"AccountId": scope.account, "BudgetName": NAME}
    try:
        budget = there.call("budgets", "describe_budget", **about)["Budget"]
    except Missing:
        return {}
    listed = there.pages("budgets", "describe_notifications_for_budget", "Notifications", **about)
    told = {name(notification): subscribers(there, about, notification) for notification in listed}
    return {NAME: {"amount": float(budget["BudgetLimit"]["Amount"]), "tell": dict(sorted(told.items()))}}


def subscribers(there: Cloud, about: dict[str, str], notification: dict[str, Any]) -> list[str]:
    """The addresses that a notification goes to."""
    asked = {key: value for key, value in notification.items() if key != "NotificationState"}
    operation = "describe_subscribers_for_notification"
    found = there.pages("budgets", operation, "Subscribers", Notification=asked, **about)
    return sorted(subscriber["Address"] for subscriber in found)


def name(notification: dict[str, Any]) -> str:
    """A notification in words: `ACTUAL 80`."""
    return f"{notification['NotificationType']} {notification['Threshold']:g}"


def notification(named: str) -> dict[str, Any]:
    """The notification that the words stand for."""
    kind, threshold = named.split(" ")
    return {
        "NotificationType": kind,
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": float(threshold),
        "ThresholdType": "PERCENTAGE",
    }


def wanted(scope: Scope, _: Things) -> Things:
    """The declared amount, and mail at each percentage of it: spent, and once more as forecast for the last one."""
    settings = scope.settings
    if not settings["amount"]:
        return {}
    addresses = sorted(set(settings["emails"]))
    percentages = sorted(set(settings["percentages"])) if addresses else []
    told = {f"ACTUAL {one:g}": addresses for one in percentages}
    told |= {f"FORECASTED {one:g}": addresses for one in percentages[-1:]}
    return {NAME: {"amount": float(settings["amount"]), "tell": dict(sorted(told.items()))}}


def write(cloud: Cloud, change: Change) -> None:
    """The budget is as declared; notifications that differ are made anew, after the others are there."""
    there, after, before = cloud.in_region(ENDPOINT), change.after or {}, change.before or {}
    account = change.place.account
    budget = {
        "BudgetName": NAME,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": f"{after['amount']:.2f}", "Unit": "USD"},
    }
    if not before:
        there.call("budgets", "create_budget", AccountId=account, Budget=budget)
    elif after["amount"] != before["amount"]:
        there.call("budgets", "update_budget", AccountId=account, NewBudget=budget)
    tell(there, {"AccountId": account, "BudgetName": NAME}, before.get("tell", {}), after["tell"])


def tell(there: Cloud, about: dict[str, str], before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """Exactly these notifications are there."""
    for named, addresses in before.items():
        if addresses != after.get(named):
            there.call("budgets", "delete_notification", Notification=notification(named), **about)
    for named, addresses in after.items():
        if before.get(named) != addresses:
            mails = [{"SubscriptionType": "EMAIL", "Address": address} for address in addresses]
            there.call("budgets", "create_notification", Notification=notification(named), Subscribers=mails, **about)


component = Component(
    name="budget",
    title="Monthly budget",
    description="Every account has a monthly budget, and somebody hears of it before it is spent. Other budgets are "
    "left alone.",
    settings={
        "amount": {
            "type": "number",
            "minimum": 0,
            "default": 0,
            "description": "US dollars a month; 0 asks for no budget.",
            "examples": [500],
        },
        "percentages": {
            "type": "array",
            "maxItems": 4,
            "items": {"type": "number", "minimum": 1, "maximum": 1000},
            "default": [80, 100],
            "description": "At which parts of the amount mail is sent; at the last also when it is forecast.",
        },
        "emails": {
            "type": "array",
            "maxItems": 10,
            "items": {"type": "string", "format": "email", "minLength": 3, "maxLength": 50},
            "default": [],
            "description": "Who is told.",
            "examples": [["finance@acme.example"]],
        },
    },
    reads=("budgets:ViewBudget",),
    read=read,
    wanted=wanted,
    writes=("budgets:ModifyBudget",),
    write=write,
    controls=("COST-01",),
)
