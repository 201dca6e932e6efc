"""KMS keys: the declared ones in every governed Region, and the rotation of all others.

https://docs.aws.amazon.com/kms/latest/developerguide/overview.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.baseline import Component, Severity, Where
from org.baseline._key_policies import canonical, key_policy
from org.baseline._kms import ALIAS_TAG, ours, write
from org.errors import Denied, Missing
from org.model.organization import OWNED, OWNER_TAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.finding import Finding

    State = dict[str, Any]

PREDEFINED = "alias/aws/"
ROTATION = {"minimum": 90, "maximum": 2560}
"""https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html"""
DAYS = 365
LEAVING = {"PendingDeletion": "soon", "PendingReplicaDeletion": "some days after its last replica"}
"""States of a key that is to be deleted: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""
HIDDEN = "resource-based policy"
"""How AWS's refusal tells that it is the key policy that does not allow the call."""
UNUSABLE = {
    "Disabled": ("is disabled", "enable it with: aws kms enable-key"),
    "PendingImport": ("has no key material", "import it again: aws kms import-key-material"),
    "Unavailable": ("is unavailable", "connect its key store: aws kms connect-custom-key-store"),
}
"""States in which a key that stays cannot be used, and what to do."""
NAMES = {"type": "array", "uniqueItems": True, "default": [], "items": {"type": "string", "minLength": 1}}
KEY = {
    "description": {"type": "string", "maxLength": 8192, "default": "", "description": "What the key is for."},
    "rotation_days": {
        "type": ["integer", "null"],
        **ROTATION,
        "default": DAYS,
        "description": "Days after which KMS makes new key material; null leaves the rotation as it is.",
    },
    "multi_region": {
        "type": "boolean",
        "default": False,
        "description": "One multi-Region key: the primary in the first of `regions`, replicas in the others.",
    },
    "regions": {
        "type": ["array", "null"],
        "uniqueItems": True,
        "default": None,
        "items": {"type": "string"},
        "description": "The Regions that have the key; null for all governed ones, the home Region first.",
    },
    "administrators": {**NAMES, "description": "Roles (names of this account, or ARNs) that administer the key."},
    "users": {**NAMES, "description": "Roles that encrypt and decrypt with it."},
    "services": {
        **NAMES,
        "description": "Services through which anybody in the account whose own policies allow it may use the key: "
        "`ec2`, `rds`, `s3`, `secretsmanager`.",
    },
    "accounts": {**NAMES, "description": "Other accounts, by key, whose own policies decide who uses it."},
    "tags": {
        "type": "object",
        "default": {},
        "additionalProperties": {"type": "string", "maxLength": 256},
        "description": "Tags of the key; others that it has are left alone.",
    },
}


def read(cloud: Cloud, scope: Scope) -> Things:
    """Every customer managed key of the Region: declared ones by their alias, all others by their id."""
    aliases: dict[str, list[str]] = {}
    for entry in cloud.pages("kms", "list_aliases", "Aliases", token="NextMarker", ask="Marker", Limit=100):
        if "TargetKeyId" in entry:
            aliases.setdefault(entry["TargetKeyId"], []).append(entry["AliasName"])
    unnamed = here(scope).keys() - {alias for names in aliases.values() for alias in names}
    found: dict[str, State] = {}
    for listed in cloud.pages("kms", "list_keys", "Keys", token="NextMarker", ask="Marker", Limit=1000):
        names = sorted(aliases.get(listed["KeyId"], ()))
        if any(name.startswith(PREDEFINED) for name in names):
            continue
        state = one_key(cloud, scope, listed["KeyId"], names, unnamed)
        if state is not None:
            name = next(filter(None, (state.pop("declared"),)), listed["KeyId"])
            found[listed["KeyId"] if name in found else name] = state
    return found


def declared(scope: Scope) -> Mapping[str, Mapping[str, Any]]:
    """The declared keys by their alias."""
    keys: Mapping[str, Mapping[str, Any]] = scope.settings["keys"]
    return {alias: key or {} for alias, key in keys.items()}


def here(scope: Scope) -> Mapping[str, Mapping[str, Any]]:
    """The keys that are declared for this Region; an alias of that name in any other is somebody else's."""
    return {alias: key for alias, key in declared(scope).items() if scope.region in places(scope, key)}


def places(scope: Scope, key: Mapping[str, Any]) -> list[str]:
    """The Regions that have a declared key, the one of a multi-Region key's primary first."""
    home = [region for region in scope.regions if region == scope.home_region]
    return key.get("regions") or [*home, *(region for region in scope.regions if region not in home)]


def one_key(cloud: Cloud, scope: Scope, identity: str, names: list[str], unnamed: Collection[str] = ()) -> State | None:
    """What a customer managed key is, None for one of AWS's own and one that is gone meanwhile.

    Declared aliases that stand for no key are `unnamed`: one whose tags say that it was made for one of them is it.
    """
    try:
        about = cloud.call("kms", "describe_key", KeyId=identity)["KeyMetadata"]
        if about["KeyManager"] == "AWS":
            return None
        state = facts(about, names)
        if state["rotates"]:
            answer = cloud.call("kms", "get_key_rotation_status", KeyId=identity)
            state["rotation_days"] = answer.get("RotationPeriodInDays", 365) if answer["KeyRotationEnabled"] else 0
        alias = next((name for name in names if name in here(scope)), None)
        if alias or (unnamed and not state["leaves"]):
            state["tags"] = _tags(cloud, identity)
            tagged = state["tags"].get(ALIAS_TAG) if state["tags"].get(OWNER_TAG) == OWNED else None
            alias = alias or (tagged if tagged in unnamed else None)
        if alias:
            state |= _settings(cloud, identity) | {"alias": alias in names}
    except Missing:
        return None
    except Denied as denied:
        # A key whose policy shuts the account's IAM policies out is its owner's affair; a role that lacks the action
        # is ours: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        if HIDDEN not in denied.message:
            raise
        return {"id": identity, "names": names, "unreadable": denied.operation, "declared": None}
    return state | {"declared": alias}


def facts(about: Mapping[str, Any], names: list[str]) -> State:
    """What DescribeKey says."""
    many = about.get("MultiRegionConfiguration", {})
    replica = many.get("MultiRegionKeyType") == "REPLICA"
    symmetric, origin = about["KeySpec"] == "SYMMETRIC_DEFAULT", about["Origin"]
    fixed = f"spec {about['KeySpec']}" if not symmetric else f"origin {origin}" if origin != "AWS_KMS" else ""
    leaves = LEAVING.get(about["KeyState"], "")
    return {
        "id": about["KeyId"],
        "names": names,
        "state": about["KeyState"],
        "description": about.get("Description", ""),
        "multi_region": bool(about.get("MultiRegion")),
        "replica": replica,
        "primary": many["PrimaryKey"]["Region"] if replica else "",
        "replicas": sorted(one["Region"] for one in many.get("ReplicaKeys", ())),
        "leaves": f"on {about['DeletionDate'].date().isoformat()}" if "DeletionDate" in about else leaves,
        "fixed": fixed,
        "rotates": not fixed and not replica and not leaves,
        "rotation_days": 0,
    }


def _tags(cloud: Cloud, identity: str) -> dict[str, str]:
    tags = cloud.pages("kms", "list_resource_tags", "Tags", token="NextMarker", ask="Marker", KeyId=identity)
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}


def _settings(cloud: Cloud, identity: str) -> State:
    """The policy and the grants of a declared key."""
    policy = json.loads(cloud.call("kms", "get_key_policy", KeyId=identity, PolicyName="default")["Policy"])
    grants = cloud.pages("kms", "list_grants", "Grants", token="NextMarker", ask="Marker", KeyId=identity)
    return {
        "policy": {"Version": policy.get("Version"), "Statement": _statements(policy)},
        "grants": sorted(
            {f"{grant.get('GranteePrincipal', '')}: {', '.join(grant['Operations'])}" for grant in grants}
        ),
    }


def _statements(policy: Mapping[str, Any]) -> list[Any]:
    found = policy.get("Statement", [])
    return [canonical(statement) for statement in (found if isinstance(found, list) else [found])]


def wanted(scope: Scope, found: Things) -> Things:
    """Every declared key that can be as declared and, where that is declared, rotation of the others."""
    states: dict[str, State] = {}
    for alias, key in here(scope).items():
        regions = places(scope, key)
        if not any(problems(scope, alias, key, found)):
            state = _wanted(scope, alias, key, dict(found.get(alias) or {}))
            if alias in found or not key.get("multi_region") or scope.region == regions[0]:
                states[alias] = state
    if scope.settings["others"] == "rotate":
        states |= {
            name: {"id": state["id"], "rotation_days": state["rotation_days"] or scope.settings["other_rotation_days"]}
            for name, state in found.items()
            if state and name not in here(scope) and state.get("rotates") and state["state"] == "Enabled"
        }
    return states


def _wanted(scope: Scope, alias: str, key: Mapping[str, Any], have: State) -> State:
    """The state of one declared key. A replica has no rotation of its own; the primary's place makes it."""
    regions = places(scope, key)
    state: State = {
        "description": key.get("description", ""),
        "policy": key_policy(scope, key),
        "tags": {**have.get("tags", {}), **key.get("tags", {}), **ours(alias)},
        "alias": True,
    }
    if have:
        state["id"] = have["id"]
    days, enabled = key.get("rotation_days", DAYS), have.get("state", "Enabled") == "Enabled"
    if days is not None and have.get("rotates", True) and enabled:
        state["rotation_days"] = days
    if key.get("multi_region") and scope.region == regions[0] and not have.get("replica") and enabled:
        state["multi_region"] = True
        state["replicas"] = sorted({*have.get("replicas", ()), *regions[1:]})
        missing = [region for region in regions[1:] if region not in have.get("replicas", ())]
        if missing:
            state["replica_policies"] = {region: key_policy(scope.elsewhere(region), key) for region in missing}
    return state


def problems(scope: Scope, alias: str, key: Mapping[str, Any], found: Things) -> Iterator[Finding]:
    """Why a declared key cannot be made as it is declared."""
    have = found.get(alias)
    if have is None:
        hidden = next((one for one in found.values() if one and one.get("unreadable") and alias in one["names"]), None)
        if hidden:
            advice = "let whoever may change its key policy give the account the key back, or declare another alias"
            yield _error(scope, "SEC-11", f"`{alias}` cannot be read: its key policy allows nobody to", advice)
        return
    if have.get("leaves"):
        advice = "cancel it with: aws kms cancel-key-deletion, then enable the key"
        yield _error(scope, "SEC-11", f"`{alias}` is to be deleted {have['leaves']}", advice)
    elif have["tags"].get(OWNER_TAG) != OWNED:
        advice = f"tag the key `{OWNER_TAG}={OWNED}` to hand it over, or declare another alias"
        yield _error(scope, "SEC-11", f"`{alias}` stands for a key that is not ours, so it is left alone", advice)
    elif bool(key.get("multi_region")) != have["multi_region"]:
        kind = "of one Region" if key.get("multi_region") else "a multi-Region key"
        yield _error(scope, "SEC-05", f"`{alias}` is {kind}, and no key changes that", "declare a new alias")


def shortfalls(scope: Scope, alias: str, key: Mapping[str, Any], have: Mapping[str, Any]) -> Iterator[Finding]:
    """What a declared key of ours is not, and cannot be made while it is what it is."""
    if have.get("fixed") and key.get("rotation_days", DAYS) is not None:
        message = f"`{alias}` is a key of {have['fixed']}, which KMS does not rotate by itself"
        yield scope.finding("SEC-10", message, advice="declare `rotation_days: null`, or a new alias")
    missing = {*places(scope, key)} - {scope.region, have.get("primary"), *have.get("replicas", ())}
    if key.get("multi_region") and have.get("replica") and missing:
        message = f"`{alias}` has no replica in {', '.join(sorted(missing))}, and its primary is in {have['primary']}"
        advice = f"name {have['primary']} first in `regions`, or: aws kms update-primary-region"
        if scope.region == places(scope, key)[0]:
            yield _error(scope, "SEC-05", message, advice)


def _error(scope: Scope, control: str, message: str, advice: str = "") -> Finding:
    return scope.finding(control, message, severity=Severity.ERROR, advice=advice)


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What is wrong with declared keys, their grants, and what the others lack."""
    for alias, key in here(scope).items():
        yield from problems(scope, alias, key, found)
        if found.get(alias) and not any(problems(scope, alias, key, found)):
            yield from shortfalls(scope, alias, key, found[alias] or {})
    for name, state in sorted(found.items()):
        if state is not None:
            yield from _about(scope, name, state)


def _about(scope: Scope, name: str, state: Mapping[str, Any]) -> Iterator[Finding]:
    if name in here(scope):
        if state["state"] in UNUSABLE:
            what, advice = UNUSABLE[state["state"]]
            yield _error(scope, "SEC-11", f"`{name}` {what}", advice)
        for grant in state["grants"]:
            yield scope.finding("SEC-11", f"`{name}` is granted to {grant}", severity=Severity.NOTE)
    elif scope.settings["others"] != "ignore" and not (
        state.get("unreadable") and here(scope).keys() & {*state["names"]}
    ):
        yield from _other(scope, f"`{name}`" + (f" ({', '.join(state['names'])})" if state["names"] else ""), state)


def _other(scope: Scope, title: str, state: Mapping[str, Any]) -> Iterator[Finding]:
    """What a key lacks that nobody declared."""
    if state.get("unreadable"):
        yield scope.finding("SEC-10", f"the key {title} cannot be read: its key policy does not allow it")
    elif state["leaves"]:
        yield scope.finding("SEC-11", f"the key {title} is to be deleted {state['leaves']}")
    elif scope.settings["others"] == "report" and state["rotates"] and not state["rotation_days"]:
        advice = "declare `others: rotate`, or: aws kms enable-key-rotation"
        yield scope.finding("SEC-10", f"the key {title} does not rotate", advice=advice)


component = Component(
    name="kms-keys",
    title="KMS keys",
    description="The declared customer managed keys, each with its alias, its policy and its rotation, in the Regions "
    "that should have them. Nothing is ever deleted. Keys that nobody declared are reported, or their rotation is "
    "switched on where that is declared.",
    where=Where.REGION,
    settings={
        "keys": {
            "type": "object",
            "default": {},
            "propertyNames": {"pattern": r"^alias/(?!aws/)[A-Za-z0-9/_-]{1,250}$"},
            "additionalProperties": {
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": KEY,
                "description": "A key.",
            },
            "description": "The keys that an account has, by their alias. The account administers each, and nobody "
            "uses it but whom its settings name.",
            "examples": [{"alias/baseline": {"services": ["ec2", "secretsmanager"]}}],
        },
        "others": {
            "type": "string",
            "enum": ["report", "rotate", "ignore"],
            "default": "report",
            "description": "What becomes of customer managed keys that are not declared: those that do not rotate are "
            "reported, or made to.",
        },
        "other_rotation_days": {
            "type": "integer",
            **ROTATION,
            "default": DAYS,
            "description": "The rotation period of keys that are made to rotate.",
        },
    },
    reads=(
        *("kms:ListAliases", "kms:ListKeys", "kms:DescribeKey", "kms:GetKeyRotationStatus"),
        *("kms:ListResourceTags", "kms:GetKeyPolicy", "kms:ListGrants"),
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        *("kms:CreateKey", "kms:CreateAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:TagResource"),
        *("kms:UpdateKeyDescription", "kms:ReplicateKey"),
    ),
    linked_services=("mrk.kms.amazonaws.com",),
    write=write,
    controls=("SEC-10", "SEC-11"),
)
