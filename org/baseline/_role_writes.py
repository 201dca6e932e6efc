"""Roles and boundaries as components write them, in an order that leaves nobody locked out on the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.baseline._role_templates import PATH
from org.errors import CloudError, Missing
from org.model.place import partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.aws.cloud import Cloud
    from org.model.change import Change, State
    from org.model.policy import Document

VERSIONS = 5
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
POLICY = "policy/"
"""Begins the name of a boundary, which is a managed policy, among the things of the component."""


def write(cloud: Cloud, change: Change) -> None:
    """The boundary or the role is as the change says.

    INVARIANT: what a role may do is settled before whom it trusts, and what it gains before what it loses.
    """
    after, before = dict(change.after or {}), dict(change.before or {})
    if change.name.startswith(POLICY):
        _boundary(cloud, change.name.removeprefix(POLICY), before, after)
    else:
        _role(cloud, change.name, before, after)


def _boundary(cloud: Cloud, name: str, before: State, after: State) -> None:
    arn = _arn(cloud, name, "")
    if before.get("document") != after["document"]:
        _policy(cloud, arn, after["document"], after["tags"])
    if before and before["tags"] != after["tags"]:
        cloud.call("iam", "tag_policy", PolicyArn=arn, Tags=listed(after["tags"]))


def _role(cloud: Cloud, name: str, before: State, after: State) -> None:
    had = before.get("policies") or {}
    for policy, document in after["policies"].items():
        if had.get(policy) != document:
            _policy(cloud, _arn(cloud, policy), document, after["tags"])
    if not before:
        _create(cloud, name, after)
    wanted = {*(_arn(cloud, policy) for policy in after["policies"]), *after["attached"]}
    there = {*(_arn(cloud, policy) for policy in had), *before.get("attached", ())}
    for arn in sorted(wanted - there):
        cloud.call("iam", "attach_role_policy", RoleName=name, PolicyArn=arn)
    if before:
        _settle(cloud, name, before, after)
    for arn in sorted(there - wanted):
        cloud.call("iam", "detach_role_policy", RoleName=name, PolicyArn=arn)
    if before and before["trust"] != after["trust"]:
        cloud.call("iam", "update_assume_role_policy", RoleName=name, PolicyDocument=_text(after["trust"]))


def _create(cloud: Cloud, name: str, after: State) -> None:
    boundary = {"PermissionsBoundary": after["boundary"]} if after.get("boundary") else {}
    cloud.call(
        "iam",
        "create_role",
        RoleName=name,
        Path=after["path"],
        AssumeRolePolicyDocument=_text(after["trust"]),
        Description=after["description"],
        MaxSessionDuration=after["max_session"],
        Tags=listed(after["tags"]),
        **boundary,
    )


def _settle(cloud: Cloud, name: str, before: State, after: State) -> None:
    """Boundary, description, duration, tags and inline policies of a role that is there."""
    if "boundary" in after and after["boundary"] != before["boundary"]:
        cloud.call("iam", "put_role_permissions_boundary", RoleName=name, PermissionsBoundary=after["boundary"])
    if any(after[key] != before[key] for key in ("description", "max_session")):
        seconds, words = after["max_session"], after["description"]
        cloud.call("iam", "update_role", RoleName=name, Description=words, MaxSessionDuration=seconds)
    if missing := {key: value for key, value in after["tags"].items() if before["tags"].get(key) != value}:
        cloud.call("iam", "tag_role", RoleName=name, Tags=listed(missing))
    for inline in sorted(set(before.get("inline") or ()) - set(after.get("inline", before.get("inline") or ()))):
        cloud.call("iam", "delete_role_policy", RoleName=name, PolicyName=inline)


def _policy(cloud: Cloud, arn: str, document: Document, tags: Mapping[str, str]) -> None:
    """The managed policy says this: a new one, or a new version of the one that is there."""
    name, path = arn.rpartition("/")[2], arn.partition(":policy")[2].rpartition("/")[0] + "/"
    given = {"PolicyName": name, "Path": path, "PolicyDocument": _text(document), "Tags": listed(tags)}
    try:
        cloud.call("iam", "create_policy", **given)
    except CloudError as error:
        if error.code != "EntityAlreadyExists":
            raise
        try:
            versions = list(cloud.pages("iam", "list_policy_versions", "Versions", token="Marker", PolicyArn=arn))
        except Missing:
            raise error from None  # the name is taken under another path
        if len(versions) >= VERSIONS:
            oldest = min((one for one in versions if not one["IsDefaultVersion"]), key=lambda one: one["CreateDate"])
            cloud.call("iam", "delete_policy_version", PolicyArn=arn, VersionId=oldest["VersionId"])
        cloud.call("iam", "create_policy_version", PolicyArn=arn, PolicyDocument=_text(document), SetAsDefault=True)


def _arn(cloud: Cloud, policy: str, path: str = PATH) -> str:
    return f"arn:{partition(cloud.region)}:iam::{cloud.place.account}:policy{path or '/'}{policy}"


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as IAM takes them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _text(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"))
