"""Security Hub CSPM checks every governed Region against the declared standards.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import HERE, Component, Where
from org.errors import CloudError, Missing
from org.model.place import partition

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

STANDARDS = {
    "aws-foundational-security-best-practices": "standards/aws-foundational-security-best-practices/v/1.0.0",
    "cis-3.0": "standards/cis-aws-foundations-benchmark/v/3.0.0",
    "cis-5.0": "standards/cis-aws-foundations-benchmark/v/5.0.0",
    "nist-800-53": "standards/nist-800-53/v/5.0.0",
    "pci-dss-4.0": "standards/pci-dss/v/4.0.1",
    "resource-tagging": "standards/aws-resource-tagging-standard/v/1.0.0",
}
"""The last part of each standard's ARN.

https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
"""
SWITCHES = ("AutoEnableControls", "ControlFindingGenerator")
NOT_ON = frozenset(("InvalidAccessException", "InvalidAccess"))


def read(cloud: Cloud, _: Scope) -> Things:
    """Whether it is on, and the standards that are; an account without it is not subscribed, says InvalidAccess."""
    try:
        hub = cloud.call("securityhub", "describe_hub")
    except Missing:
        return {}
    except CloudError as error:
        if error.code in NOT_ON:
            return {}
        raise
    listed = cloud.pages("securityhub", "get_enabled_standards", "StandardsSubscriptions")
    on = {one["StandardsArn"].partition("::")[2] for one in listed}
    return {
        HERE: {
            "AutoEnableControls": hub["AutoEnableControls"],
            "ControlFindingGenerator": hub.get("ControlFindingGenerator", "SECURITY_CONTROL"),
            "standards": sorted(name for name, tail in STANDARDS.items() if tail in on),
        }
    }


def wanted(scope: Scope, found: Things) -> Things:
    """On, with at least the declared standards: others that somebody switched on stay."""
    there = (found.get(HERE) or {}).get("standards", ())
    standards = sorted({*scope.settings["standards"], *there})
    return {HERE: {**{name: scope.settings[name] for name in SWITCHES}, "standards": standards}}


def write(cloud: Cloud, change: Change) -> None:
    """It is on, its settings and then its standards are as declared."""
    after, before = change.after or {}, change.before or {}
    switches: dict[str, Any] = {name: after[name] for name in SWITCHES}
    if not before:
        generator = {"ControlFindingGenerator": after["ControlFindingGenerator"]}
        cloud.call("securityhub", "enable_security_hub", EnableDefaultStandards=False, **generator)
        before = {"AutoEnableControls": True, **generator, "standards": ()}
    if switches != {name: before[name] for name in SWITCHES}:
        cloud.call("securityhub", "update_security_hub_configuration", **switches)
    new = [name for name in after["standards"] if name not in before["standards"]]
    if new:
        arns = [{"StandardsArn": arn(name, cloud.region)} for name in new]
        cloud.call("securityhub", "batch_enable_standards", StandardsSubscriptionRequests=arns)


def arn(standard: str, region: str) -> str:
    """The ARN of a standard in a Region; the account in it is empty."""
    return f"arn:{partition(region)}:securityhub:{region}::{STANDARDS[standard]}"


component = Component(
    name="security-hub",
    title="Security Hub CSPM",
    description="Security Hub CSPM is on and checks against the declared standards; standards that somebody switched "
    "on beside them stay on. It needs the records of AWS Config.",
    where=Where.REGION,
    settings={
        "standards": {
            "type": "array",
            "uniqueItems": True,
            "items": {"enum": [*STANDARDS]},
            "default": ["aws-foundational-security-best-practices"],
            "description": "Standards to check against.",
        },
        "AutoEnableControls": {
            "type": "boolean",
            "default": True,
            "description": "Take new controls of a standard as they come.",
        },
        "ControlFindingGenerator": {
            "type": "string",
            "enum": ["SECURITY_CONTROL", "STANDARD_CONTROL"],
            "default": "SECURITY_CONTROL",
            "description": "One finding a control, or one a standard that has it.",
        },
    },
    reads=("securityhub:DescribeHub", "securityhub:GetEnabledStandards"),
    read=read,
    wanted=wanted,
    writes=(
        "securityhub:EnableSecurityHub",
        "securityhub:UpdateSecurityHubConfiguration",
        "securityhub:BatchEnableStandards",
    ),
    write=write,
    controls=("ORG-12",),
    after=("config-recorder",),
    linked_services=("securityhub.amazonaws.com",),
)
