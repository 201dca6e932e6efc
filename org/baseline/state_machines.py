"""State machines of Step Functions log and trace what they execute: reported.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

OFF = "OFF"
CHECKS = Checks(
    "state machine",
    {
        "logs": Check("OBS-02", "keeps no logs"),
        "traces": Check("OBS-02", "does not trace what it does", "switch X-Ray on"),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """What each state machine is like; what it does is not kept."""
    found: dict[str, Any] = {}
    for listed in cloud.pages("stepfunctions", "list_state_machines", "stateMachines", token="nextToken"):
        about = {"stateMachineArn": listed["stateMachineArn"]}
        try:
            told = cloud.call("stepfunctions", "describe_state_machine", **about)
        except Missing:
            continue
        found[listed["name"]] = {
            "logs": told.get("loggingConfiguration", {}).get("level", OFF) != OFF,
            "traces": bool(told.get("tracingConfiguration", {}).get("enabled")),
        }
    return found


component = Component(
    name="state-machines",
    title="State machines of Step Functions",
    description="State machines that keep no logs or do not trace are reported. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("states:ListStateMachines", "states:DescribeStateMachine"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
