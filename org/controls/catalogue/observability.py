"""Controls for watching what happens."""

from __future__ import annotations

from org.controls.control import Control, Correction

controls = (
    Control(
        "OBS-01",
        "Somebody is told of root logins and of changes to IAM, trails, keys, networks and the organization",
        unpreventable="an alarm is made, not enforced",
        config_rules=("cloudwatch-alarm-action-check",),
        reads=("logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"),
        correction=Correction.AUTOMATIC,
        writes=("logs:PutMetricFilter", "cloudwatch:PutMetricAlarm", "sns:CreateTopic"),
        cis3=("4.3", "4.4", "4.15", "4.7"),
        cis5=("4.3", "4.4", "4.15", "4.7"),
        cis7=("5.3", "5.4", "5.15", "5.7"),
    ),
    Control(
        "OBS-02",
        "API Gateway and Step Functions trace and log what they execute",
        unpreventable="no condition key asks for it",
        config_rules=(
            "api-gw-xray-enabled",
            "api-gw-execution-logging-enabled",
            "api-gwv2-access-logs-enabled",
            "step-functions-state-machine-logging-enabled",
        ),
        correction=Correction.BY_HAND,
        cis7=("4.10",),
        fsbp=("APIGateway.1",),
        nist=("AC-4", "AU-2", "AU-3", "AU-6", "AU-8"),
    ),
    Control(
        "OBS-03",
        "Databases are monitored and hand over their logs",
        unpreventable="no condition key asks for it",
        config_rules=("rds-enhanced-monitoring-enabled", "rds-logging-enabled"),
        reads=("rds:DescribeDBInstances",),
        correction=Correction.BY_HAND,
        fsbp=("RDS.6", "RDS.9"),
        nist=("AU-12", "AU-14", "CA-2", "CA-7", "PM-14"),
    ),
)
