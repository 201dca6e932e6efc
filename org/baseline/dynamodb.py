"""DynamoDB tables can be restored to a point in time, are protected and scale: reported, and put right where declared.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks, correct, corrected, uncorrected
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

RESTORABLE, PROTECTED = "restorable", "protected"
CHECKS = Checks(
    "table",
    {
        RESTORABLE: Check(
            "HA-04", "cannot be restored to a point in time", "`correct: [restorable]`, which costs money"
        ),
        PROTECTED: Check("HA-04", "can be deleted by accident", "`correct: [protected]`"),
        "scales": Check("PERF-01", "has a capacity that is set and does not scale by itself"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """What each table is like. Scaling is asked for only where a table has a capacity that is set."""
    found: dict[str, Any] = {}
    tables = cloud.pages(
        "dynamodb", "list_tables", "TableNames", token="LastEvaluatedTableName", ask="ExclusiveStartTableName"
    )
    for name in tables:
        try:
            table = cloud.call("dynamodb", "describe_table", TableName=name)["Table"]
            backups = cloud.call("dynamodb", "describe_continuous_backups", TableName=name)
        except Missing:
            continue
        recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        found[name] = {
            RESTORABLE: recovery.get("PointInTimeRecoveryStatus") == "ENABLED",
            PROTECTED: bool(table.get("DeletionProtectionEnabled")),
            "scales": None if _on_demand(table) else False,
        }
    if any(state["scales"] is False for state in found.values()):
        operation, key = "describe_scalable_targets", "ScalableTargets"
        for target in cloud.pages("application-autoscaling", operation, key, ServiceNamespace="dynamodb"):
            name = target["ResourceId"].removeprefix("table/")
            if name in found:
                found[name]["scales"] = True
    return found


def _on_demand(table: dict[str, Any]) -> bool:
    mode: str = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    return mode == "PAY_PER_REQUEST"


def wanted(scope: Scope, found: Things) -> Things:
    """What is to be put right, of every table."""
    return corrected(scope, found)


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What is wrong and stays so."""
    return CHECKS.findings(scope, uncorrected(scope, found))


def write(cloud: Cloud, change: Change) -> None:
    """The table can be restored and is protected, as far as that is declared."""
    before, after = change.before or {}, change.after or {}
    if after.get(RESTORABLE) and not before.get(RESTORABLE):
        on = {"PointInTimeRecoveryEnabled": True}
        cloud.call("dynamodb", "update_continuous_backups", TableName=change.name, PointInTimeRecoverySpecification=on)
    if after.get(PROTECTED) and not before.get(PROTECTED):
        cloud.call("dynamodb", "update_table", TableName=change.name, DeletionProtectionEnabled=True)


component = Component(
    name="dynamodb",
    title="DynamoDB tables",
    description="Tables that cannot be restored to a point in time, can be deleted by accident or have a capacity that "
    "does not scale are reported. What `correct` names is switched on instead, for every table that `except` does not "
    "leave out.",
    where=Where.REGION,
    settings={**CHECKS.settings, "correct": correct(RESTORABLE, PROTECTED)},
    reads=(
        "dynamodb:ListTables",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeContinuousBackups",
        "application-autoscaling:DescribeScalableTargets",
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=("dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable"),
    write=write,
    controls=CHECKS.controls,
)
