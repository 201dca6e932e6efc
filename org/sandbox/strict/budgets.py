"""Budgets with their notifications and subscribers, as the Budgets API pages have them; costs are not computed."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

MOST_NOTIFICATIONS = 10
"""https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html"""


def budgets(request: Request) -> dict[str, Any]:
    """The budgets of the account that the call names, which must be the caller's."""
    if request.parameters["AccountId"] != request.caller.account:
        raise Refusal("AccessDeniedException", "You don't have permissions to access this resource.", status=400)
    return shelf(request, "budgets", regional=False)


def the(request: Request) -> dict[str, Any]:
    """The budget that the call names."""
    name = request.parameters["BudgetName"]
    found: dict[str, Any] | None = budgets(request).get(name)
    if found is None:
        raise Refusal("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.", status=404)
    return found


def key(notification: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two notifications the same."""
    return (
        notification["NotificationType"],
        notification["ComparisonOperator"],
        float(notification["Threshold"]),
        notification.get("ThresholdType", "PERCENTAGE"),
    )


@answers("budgets", Audience.ANYBODY)
def create_budget(request: Request) -> dict[str, Any]:
    """The budget is there (API page CreateBudget: DuplicateRecordException for a name that is taken)."""
    budget = request.parameters["Budget"]
    if budget["BudgetName"] in budgets(request):
        raise Refusal("DuplicateRecordException", "Error creating budget: the budget already exists.")
    if "BudgetLimit" not in budget and "PlannedBudgetLimits" not in budget:
        raise Refusal("InvalidParameterException", "A budget needs a limit.")
    budgets(request)[budget["BudgetName"]] = {"budget": budget, "told": {}}
    for one in request.parameters.get("NotificationsWithSubscribers", ()):
        add(budgets(request)[budget["BudgetName"]], one["Notification"], one["Subscribers"])
    return {}


@answers("budgets", Audience.ANYBODY)
def describe_budget(request: Request) -> dict[str, Any]:
    """The budget."""
    return {"Budget": the(request)["budget"]}


@answers("budgets", Audience.ANYBODY)
def update_budget(request: Request) -> dict[str, Any]:
    """The budget is the new one; its notifications stay."""
    new = request.parameters["NewBudget"]
    request.parameters["BudgetName"] = new["BudgetName"]
    the(request)["budget"] = new
    return {}


def add(budget: dict[str, Any], notification: dict[str, Any], subscribers: list[dict[str, Any]]) -> None:
    """The budget has the notification."""
    if key(notification) in budget["told"]:
        raise Refusal("DuplicateRecordException", "Error creating notification: it already exists.")
    if len(budget["told"]) >= MOST_NOTIFICATIONS:
        raise Refusal("CreationLimitExceededException", "A budget has ten notifications at most.")
    budget["told"][key(notification)] = (notification, subscribers)


@answers("budgets", Audience.ANYBODY)
def create_notification(request: Request) -> dict[str, Any]:
    """The budget has one more notification."""
    add(the(request), request.parameters["Notification"], request.parameters["Subscribers"])
    return {}


@answers("budgets", Audience.ANYBODY)
def delete_notification(request: Request) -> dict[str, Any]:
    """The notification is gone."""
    noted(request)
    del the(request)["told"][key(request.parameters["Notification"])]
    return {}


def noted(request: Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The notification that the call names, with its subscribers."""
    found: tuple[dict[str, Any], list[dict[str, Any]]] | None = the(request)["told"].get(
        key(request.parameters["Notification"])
    )
    if found is None:
        raise Refusal("NotFoundException", "Unable to find the notification.", status=404)
    return found


@answers("budgets", Audience.ANYBODY)
def describe_notifications_for_budget(request: Request) -> dict[str, Any]:
    """The notifications of the budget."""
    return {"Notifications": [notification for notification, _ in the(request)["told"].values()]}


@answers("budgets", Audience.ANYBODY)
def describe_subscribers_for_notification(request: Request) -> dict[str, Any]:
    """Who is told."""
    return {"Subscribers": noted(request)[1]}
