"""The log group that the organization's trail delivers to as well, and the role that CloudTrail does it with.

Both are in the management account, whose trail it is.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.baseline._key_policies import canonical
from org.errors import CloudError, Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope
    from org.model.change import Change, State

POLICY = "deliver-cloudtrail"
"""The name of the role's one inline policy that is ours."""
TAGS = {"org-baseline": "managed"}


def group_arn(scope: Scope) -> str:
    """The ARN of the log group, as CloudTrail takes it."""
    return (
        f"arn:{scope.partition}:logs:{scope.home_region}:{scope.management}:log-group:{scope.settings['log_group']}:*"
    )


def role_arn(scope: Scope) -> str:
    """The ARN of the role."""
    return f"arn:{scope.partition}:iam::{scope.management}:role/{scope.settings['log_role']}"


def read_group(cloud: Cloud, scope: Scope) -> State | None:
    """How long the log group keeps its events, 0 for ever, and if it has any; None where there is no such group."""
    name = scope.settings["log_group"]
    for group in cloud.pages("logs", "describe_log_groups", "logGroups", token="nextToken", logGroupNamePrefix=name):
        if group["logGroupName"] == name:
            return {"retention_days": group.get("retentionInDays", 0), "holds": bool(group.get("storedBytes"))}
    return None


def write_group(cloud: Cloud, name: str, change: Change) -> None:
    """The log group is there and keeps its events as long as declared."""
    if change.before is None:
        try:
            cloud.call("logs", "create_log_group", logGroupName=name, tags=TAGS)
        except CloudError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise
    if days := (change.after or {}).get("retention_days"):
        cloud.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days)


def wanted_group(scope: Scope, found: State | None) -> State:
    """The log group with its declared retention, which takes no events from one that keeps them longer.

    0 is for ever. Without a declared one the log group keeps what it has.
    """
    days = scope.settings["log_retention_days"]
    if not days:
        return {} if found is not None else {"retention_days": 0}
    had = found["retention_days"] if found and found.get("holds") else days
    return {"retention_days": had and max(had, days)}


def read_role(cloud: Cloud, scope: Scope) -> State | None:
    """Whom the role trusts and what it may do with our policy; None where there is no such role."""
    name = scope.settings["log_role"]
    try:
        trust = cloud.call("iam", "get_role", RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except Missing:
        return None
    try:
        allows = cloud.call("iam", "get_role_policy", RoleName=name, PolicyName=POLICY)["PolicyDocument"]
    except Missing:
        allows = {}
    return {"trust": _one_form(trust), "allows": _one_form(allows)}


def _one_form(document: Any) -> Any:
    return canonical(json.loads(document) if isinstance(document, str) else document)


def wanted_role(scope: Scope) -> State:
    """CloudTrail alone may have the role, which may only write to the streams that CloudTrail makes."""
    streams = group_arn(scope).removesuffix("*") + "log-stream:"
    names = (f"{scope.management}_CloudTrail_{scope.home_region}*", f"{scope.organization_id}_*")
    service = {"Service": "cloudtrail.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    allows = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{streams}{name}" for name in names],
    }
    return {"trust": canonical(_document(trust)), "allows": canonical(_document(allows))}


def _document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def write_role(cloud: Cloud, name: str, change: Change) -> None:
    """The role is as the change says; other policies that it has stay."""
    after, before = change.after or {}, change.before or {}
    trust = json.dumps(after["trust"])
    if change.before is None:
        tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
        description = "CloudTrail delivers the organization's trail to CloudWatch Logs with it."
        given = {"AssumeRolePolicyDocument": trust, "Description": description, "Tags": tags}
        try:
            cloud.call("iam", "create_role", RoleName=name, **given)
        except CloudError as error:
            if error.code not in {"EntityAlreadyExists", "EntityAlreadyExistsException"}:
                raise
    elif before.get("trust") != after["trust"]:
        cloud.call("iam", "update_assume_role_policy", RoleName=name, PolicyDocument=trust)
    if before.get("allows") != after["allows"]:
        allows = json.dumps(after["allows"])
        cloud.call("iam", "put_role_policy", RoleName=name, PolicyName=POLICY, PolicyDocument=allows)
