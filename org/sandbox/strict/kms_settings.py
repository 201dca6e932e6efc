"""What a KMS key carries: aliases, its policy, rotation, tags and grants (KMS API Reference, a page for each)."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.kms import (
    DAY,
    PREDEFINED,
    Key,
    alias_target,
    aliases,
    check_tags,
    key_of,
    keys,
    moment,
    not_found,
    own,
    page,
    usable,
)
from org.sandbox.strict.kms_policy import check_policy
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers


def alias_name(request: Request) -> str:
    """The alias that the call is about; names that begin with alias/aws/ are AWS's own."""
    name: str = request.parameters["AliasName"]
    if not name.startswith("alias/") or name == "alias/":
        raise Refusal("ValidationException", 'Alias must start with the prefix "alias/".')
    if name.startswith(PREDEFINED):
        raise Refusal("NotAuthorizedException", f"{name} is reserved.")
    return name


def target(request: Request) -> Key:
    """The key that an alias is to stand for."""
    identity = request.parameters["TargetKeyId"].rpartition("key/")[2]
    if identity not in keys(request):
        raise not_found(identity)
    return usable(own(keys(request)[identity]))


@answers("kms", Audience.ANYBODY)
def create_alias(request: Request) -> dict[str, Any]:
    """The alias stands for the key; one that exists is never moved by this."""
    name = alias_name(request)
    if name in aliases(request):
        raise Refusal("AlreadyExistsException", f"An alias with the name {name} already exists")
    aliases(request)[name] = target(request).about["KeyId"]
    return {}


@answers("kms", Audience.ANYBODY)
def update_alias(request: Request) -> dict[str, Any]:
    """The alias stands for another key of the same usage."""
    name = alias_name(request)
    before, after = keys(request)[alias_target(request, name)], target(request)
    if before.about["KeyUsage"] != after.about["KeyUsage"]:
        raise Refusal("ValidationException", "The keys have different usages.")
    aliases(request)[name] = after.about["KeyId"]
    return {}


@answers("kms", Audience.ANYBODY)
def delete_alias(request: Request) -> dict[str, Any]:
    """The alias is gone."""
    name = alias_name(request)
    alias_target(request, name)
    del aliases(request)[name]
    return {}


@answers("kms", Audience.ANYBODY)
def list_aliases(request: Request) -> dict[str, Any]:
    """All aliases, or those of one key, 50 a page."""
    wanted = key_of(request).about["KeyId"] if "KeyId" in request.parameters else None
    place = f"{request.region}:{request.caller.account}"
    listed = [
        {"AliasName": name, "AliasArn": f"arn:aws:kms:{place}:{name}", "TargetKeyId": identity}
        for name, identity in sorted(aliases(request).items())
        if wanted in {None, identity}
    ]
    return page(request, "Aliases", listed, 50)


@answers("kms", Audience.ANYBODY)
def get_key_policy(request: Request) -> dict[str, Any]:
    """The key policy; the only name it can have is `default`."""
    key = key_of(request)
    if request.parameters.get("PolicyName", "default") != "default":
        raise Refusal("NotFoundException", "No such policy exists")
    return {"Policy": key.policy, "PolicyName": "default"}


@answers("kms", Audience.ANYBODY)
def put_key_policy(request: Request) -> dict[str, Any]:
    """The key has another policy, if that does not lock out whoever sets it."""
    key = usable(own(key_of(request)))
    check_policy(request)
    key.policy = request.parameters["Policy"]
    return {}


@answers("kms", Audience.ANYBODY)
def list_key_policies(request: Request) -> dict[str, Any]:
    """The names of a key's policies: there is one."""
    key_of(request)
    return page(request, "PolicyNames", ["default"], 100)


def rotating(request: Request) -> Key:
    """The key whose rotation may be changed: symmetric, of AWS's own material, and no replica."""
    key = usable(own(key_of(request)))
    if not key.rotates or key.is_replica:
        raise Refusal("UnsupportedOperationException", f"{key.about['Arn']} does not support rotation here.")
    if not key.about["Enabled"]:
        raise Refusal("DisabledException", f"{key.about['Arn']} is disabled.")
    return key


@answers("kms", Audience.ANYBODY)
def enable_key_rotation(request: Request) -> dict[str, Any]:
    """The key is rotated every so many days, 365 where none are given and it was not rotated before."""
    key = rotating(request)
    key.rotated, key.period = True, request.parameters.get("RotationPeriodInDays", key.period)
    return {}


@answers("kms", Audience.ANYBODY)
def disable_key_rotation(request: Request) -> dict[str, Any]:
    """The key is not rotated."""
    rotating(request).rotated = False
    return {}


@answers("kms", Audience.ANYBODY)
def get_key_rotation_status(request: Request) -> dict[str, Any]:
    """Whether the key is rotated; a replica has the status of its primary, a key on its way out is not rotated."""
    key = key_of(request)
    if key.about["KeySpec"] != "SYMMETRIC_DEFAULT":
        raise Refusal("UnsupportedOperationException", f"{key.about['Arn']} is not symmetric.")
    if key.is_replica:
        primary = key.about["MultiRegionConfiguration"]["PrimaryKey"]["Region"]
        key = keys(request, primary)[key.about["KeyId"]]
    on = key.rotated and not key.about["KeyState"].startswith("Pending")
    if not on:
        return {"KeyRotationEnabled": False, "KeyId": key.about["KeyId"]}
    due = key.about["CreationDate"] + key.period * DAY
    return {
        "KeyRotationEnabled": True,
        "KeyId": key.about["KeyId"],
        "RotationPeriodInDays": key.period,
        "NextRotationDate": max(due, moment(request)),
    }


@answers("kms", Audience.ANYBODY)
def tag_resource(request: Request) -> dict[str, Any]:
    """The key has these tags too."""
    key = usable(own(key_of(request)))
    given = request.parameters["Tags"]
    check_tags(given)
    key.tags.update({tag["TagKey"]: tag["TagValue"] for tag in given})
    return {}


@answers("kms", Audience.ANYBODY)
def untag_resource(request: Request) -> dict[str, Any]:
    """The key has these tags no longer."""
    key = usable(own(key_of(request)))
    for name in request.parameters["TagKeys"]:
        key.tags.pop(name, None)
    return {}


@answers("kms", Audience.ANYBODY)
def list_resource_tags(request: Request) -> dict[str, Any]:
    """The tags of a key."""
    listed = [{"TagKey": name, "TagValue": value} for name, value in key_of(request).tags.items()]
    return page(request, "Tags", listed, 50)


@answers("kms", Audience.ANYBODY)
def create_grant(request: Request) -> dict[str, Any]:
    """A principal may use the key."""
    key = usable(key_of(request))
    identity = request.world.letters(64)
    given = {name: value for name, value in request.parameters.items() if name not in {"GrantTokens", "DryRun"}}
    key.grants.append({**given, "KeyId": key.about["Arn"], "GrantId": identity, "CreationDate": moment(request)})
    return {"GrantId": identity, "GrantToken": identity}


@answers("kms", Audience.ANYBODY)
def list_grants(request: Request) -> dict[str, Any]:
    """The grants of a key, 50 a page."""
    return page(request, "Grants", key_of(request).grants, 50)


@answers("kms", Audience.ANYBODY)
def revoke_grant(request: Request) -> dict[str, Any]:
    """The grant is gone."""
    key, identity = key_of(request), request.parameters["GrantId"]
    left = [grant for grant in key.grants if grant["GrantId"] != identity]
    if len(left) == len(key.grants):
        raise Refusal("NotFoundException", f"Grant {identity} does not exist")
    key.grants = left
    return {}
