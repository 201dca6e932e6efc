"""Controls for costs."""

from __future__ import annotations

from org.controls.control import Control, Correction

controls = (
    Control(
        "COST-01",
        "There are budgets, and somebody is told of unusual costs",
        preventable=("scp",),
        limit="policies keep budgets as they are, and make none",
        reads=("budgets:DescribeBudgets", "ce:GetAnomalyMonitors"),
        correction=Correction.AUTOMATIC,
        writes=("budgets:CreateBudget", "ce:CreateAnomalyMonitor", "ce:CreateAnomalySubscription"),
    ),
    Control(
        "COST-02",
        "What costs money carries the tags that are asked for",
        preventable=("tag", "scp"),
        detected_by=("ORG045",),
        config_rules=("required-tags",),
        reads=("resourcegroupstaggingapi:GetComplianceSummary",),
        correction=Correction.AUTOMATIC,
        corrected_by=("org apply",),
        writes=("organizations:TagResource",),
        care="the tags of accounts; those of resources are their owners'",
    ),
    Control(
        "COST-03",
        "Nothing idle is paid for: volumes, addresses, stopped instances",
        unpreventable="idleness is found, not prevented",
        config_rules=("ec2-volume-inuse-check", "eip-attached", "ec2-stopped-instance"),
        reads=("ec2:DescribeVolumes", "ec2:DescribeAddresses"),
        correction=Correction.BY_HAND,
        fsbp=("EC2.12",),
    ),
    Control(
        "COST-04",
        "AWS's AI services do not learn from our data",
        preventable=("ai-opt-out",),
        detected_by=("org plan",),
        reads=("organizations:DescribeEffectivePolicy",),
        correction=Correction.AUTOMATIC,
        corrected_by=("org apply",),
    ),
)
