"""Default security groups let nothing in and out, in every governed Region: reported, and closed where declared.

https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

RULES = {False: "ingress", True: "egress"}


def read(cloud: Cloud, _: Scope) -> Things:
    """The ids of the rules of each VPC's default group, which comes into being with the VPC."""
    named = [{"Name": "group-name", "Values": ["default"]}]
    groups = {
        group["GroupId"]: {"vpc": group.get("VpcId", ""), "ingress": [], "egress": []}
        for group in cloud.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=named)
    }
    if groups:
        those = [{"Name": "group-id", "Values": sorted(groups)}]
        for rule in cloud.pages("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=those):
            groups[rule["GroupId"]][RULES[rule["IsEgress"]]].append(rule["SecurityGroupRuleId"])
    return {group: {**state, **{way: sorted(state[way]) for way in RULES.values()}} for group, state in groups.items()}


def wanted(scope: Scope, found: Things) -> Things:
    """Groups without rules, where that is declared."""
    return {group: {"ingress": [], "egress": []} for group in found} if scope.settings["close"] else {}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each open group that stays open."""
    if scope.settings["close"]:
        return
    for group, state in found.items():
        rules = len((state or {})["ingress"]) + len((state or {})["egress"])
        if rules:
            message = f"default security group `{group}` of `{(state or {})['vpc']}` has {rules:,} rules"
            advice = "give its members a group of their own, then declare `default-security-groups: {close: true}`"
            yield scope.finding("NET-02", message, advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The rules that the plan saw are gone."""
    for way in RULES.values():
        rules = (change.before or {}).get(way)
        if rules:
            cloud.call("ec2", f"revoke_security_group_{way}", GroupId=change.name, SecurityGroupRuleIds=rules)


component = Component(
    name="default-security-groups",
    title="Default security groups",
    description="What is launched into a VPC without naming a security group gets the VPC's default one. Its rules are "
    "reported; with `close` they are taken away, which cuts off what relies on them.",
    where=Where.REGION,
    settings={
        "close": {
            "type": "boolean",
            "default": False,
            "description": "Take every rule out of the default group of each VPC.",
        },
    },
    reads=("ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=("ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"),
    write=write,
    controls=("NET-02",),
)
