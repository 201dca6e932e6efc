"""KMS keys: made, described, disabled, deleted after a waiting time, replicated. No key material, so no cryptography.

Each operation follows its page of the KMS API Reference.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from org.sandbox.strict.contacts import ALWAYS_ON, OPT_IN
from org.sandbox.strict.kms_policy import check_policy, default_policy
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

ARN = re.compile(r"arn:aws[\w-]*:kms:([\w-]+):(\d{12}):(key|alias)/(.+)")
DAY = datetime.timedelta(days=1)
MOST_TAGS = 50
SYMMETRIC = "SYMMETRIC_DEFAULT"
PREDEFINED = "alias/aws/"
LEAVING = {"PendingDeletion", "PendingReplicaDeletion"}


@dataclass(slots=True)
class Key:
    """A KMS key: what DescribeKey shows of it, and what other operations do."""

    about: dict[str, Any]
    policy: str
    tags: dict[str, str]
    rotated: bool = False
    period: int = 365
    grants: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rotates(self) -> bool:
        """True for a kind of key that KMS can rotate by itself (Developer Guide page rotate-keys)."""
        return bool(self.about["KeySpec"] == SYMMETRIC and self.about["Origin"] == "AWS_KMS")

    @property
    def is_replica(self) -> bool:
        """True for a replica of a multi-Region key."""
        return bool(self.about.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA")


def keys(request: Request, region: str | None = None) -> dict[str, Key]:
    """The keys of the caller's account in the Region of the call, or in another."""
    if region is None or region == request.region:
        return shelf(request, "keys")
    return request.world.stored.setdefault(("kms", "keys", request.caller.account, region), {})


def aliases(request: Request) -> dict[str, str]:
    """The id of the key behind each alias."""
    return shelf(request, "aliases")


def not_found(name: str) -> Refusal:
    """The refusal of a key or an alias that is not there."""
    return Refusal("NotFoundException", f"Key '{name}' does not exist")


def key_of(request: Request, *, by_alias: bool = False) -> Key:
    """The key that KeyId names: an id or an ARN and, for the few operations that take one, an alias."""
    name: str = request.parameters["KeyId"]
    match = ARN.fullmatch(name)
    if match and (match[1], match[2]) != (request.region, request.caller.account):
        raise Refusal("AccessDeniedException", f"{request.caller.arn} is not authorized to access {name}")
    identity = f"alias/{match[4]}" if match and match[3] == "alias" else match[4] if match else name
    if identity.startswith("alias/"):
        if not by_alias:
            raise Refusal("NotFoundException", f"Invalid keyId '{name}'")
        identity = alias_target(request, identity)
    found = keys(request).get(identity)
    if found is None:
        raise not_found(name)
    return found


def alias_target(request: Request, alias: str) -> str:
    """The id behind an alias; an alias of AWS's own gets its key when it is first asked for (API page DescribeKey)."""
    if alias.startswith(PREDEFINED) and alias not in aliases(request):
        key = new_key(request, {"Description": f"Default key that protects my {alias[10:]} data"}, manager="AWS")
        key.rotated = True
        aliases(request)[alias] = key.about["KeyId"]
    if alias not in aliases(request):
        raise Refusal("NotFoundException", f"Alias {alias} is not found.")
    return aliases(request)[alias]


def usable(key: Key) -> Key:
    """The key, if it is not on its way out (Developer Guide page key-state)."""
    if key.about["KeyState"] in LEAVING:
        raise Refusal("KMSInvalidStateException", f"{key.about['Arn']} is pending deletion.")
    return key


def with_material(key: Key) -> Key:
    """The key, if nobody has to import its material first (Developer Guide page key-state)."""
    if key.about["KeyState"] == "PendingImport":
        raise Refusal("KMSInvalidStateException", f"{key.about['Arn']} is pending import.")
    return key


def own(key: Key) -> Key:
    """The key, if it is the customer's: nobody changes AWS's own."""
    if key.about["KeyManager"] == "AWS":
        raise Refusal("AccessDeniedException", f"{key.about['Arn']} is managed by AWS.")
    return key


def new_key(request: Request, given: dict[str, Any], manager: str = "CUSTOMER") -> Key:
    """A new key is there; one for imported material waits for it (Developer Guide page key-state)."""
    waits = given.get("Origin") == "EXTERNAL"
    many = bool(given.get("MultiRegion"))
    spec, usage = given.get("KeySpec", SYMMETRIC), given.get("KeyUsage", "ENCRYPT_DECRYPT")
    digits = "".join(request.world.random.choices("0123456789abcdef", k=32))
    identity = f"mrk-{digits}" if many else "-".join(re.findall("^.{8}|.{4}(?=.{12})|.{12}$", digits))
    account, region = request.caller.account, request.region
    about = {
        "AWSAccountId": account,
        "KeyId": identity,
        "Arn": f"arn:aws:kms:{region}:{account}:key/{identity}",
        "CreationDate": moment(request),
        "Enabled": not waits,
        "Description": given.get("Description", ""),
        "KeyUsage": usage,
        "KeyState": "PendingImport" if waits else "Enabled",
        "Origin": given.get("Origin", "AWS_KMS"),
        "KeyManager": manager,
        "CustomerMasterKeySpec": spec,
        "KeySpec": spec,
        "MultiRegion": many,
    }
    if many:
        this = {"Arn": about["Arn"], "Region": region}
        about["MultiRegionConfiguration"] = {"MultiRegionKeyType": "PRIMARY", "PrimaryKey": this, "ReplicaKeys": []}
    tags = {tag["TagKey"]: tag["TagValue"] for tag in given.get("Tags", ())}
    key = Key(about, given.get("Policy") or default_policy(account), tags)
    keys(request)[identity] = key
    return key


def moment(request: Request) -> datetime.datetime:
    """Now, by the sandbox's clock."""
    return datetime.datetime.fromtimestamp(request.world.now(), datetime.UTC)


def check_tags(tags: list[dict[str, str]]) -> None:
    """The tags are ones that KMS takes (API page TagResource, TagException)."""
    names = [tag["TagKey"] for tag in tags]
    if len(set(names)) < len(names) or len(names) > MOST_TAGS or any(name.startswith("aws:") for name in names):
        raise Refusal("TagException", "Duplicate, reserved or too many tag keys")


@answers("kms", Audience.ANYBODY)
def create_key(request: Request) -> dict[str, Any]:
    """A new key; its policy must let the caller change it again, unless that check is bypassed."""
    check_policy(request)
    check_tags(request.parameters.get("Tags", []))
    return {"KeyMetadata": new_key(request, request.parameters).about}


@answers("kms", Audience.ANYBODY)
def describe_key(request: Request) -> dict[str, Any]:
    """Everything about a key but its policy, tags and rotation."""
    return {"KeyMetadata": key_of(request, by_alias=True).about}


@answers("kms", Audience.ANYBODY)
def list_keys(request: Request) -> dict[str, Any]:
    """All keys, AWS's own among them, 100 a page."""
    listed = [{"KeyId": key.about["KeyId"], "KeyArn": key.about["Arn"]} for key in keys(request).values()]
    return page(request, "Keys", listed, 100)


def page(request: Request, member: str, listed: list[Any], size: int) -> dict[str, Any]:
    """One page of a list; the marker of the next is a number (API pages of all lists: InvalidMarkerException)."""
    marker = request.parameters.get("Marker", "0")
    if not marker.isdecimal() or int(marker) > len(listed):
        raise Refusal("InvalidMarkerException", "The marker is not valid.")
    start = int(marker)
    end = start + request.parameters.get("Limit", size)
    more = {"Truncated": True, "NextMarker": str(end)} if end < len(listed) else {"Truncated": False}
    return {member: listed[start:end], **more}


@answers("kms", Audience.ANYBODY)
def update_key_description(request: Request) -> dict[str, Any]:
    """The key has another description."""
    usable(own(key_of(request))).about["Description"] = request.parameters["Description"]
    return {}


@answers("kms", Audience.ANYBODY)
def enable_key(request: Request) -> dict[str, Any]:
    """The key can be used."""
    with_material(usable(own(key_of(request)))).about.update(Enabled=True, KeyState="Enabled")
    return {}


@answers("kms", Audience.ANYBODY)
def disable_key(request: Request) -> dict[str, Any]:
    """The key cannot be used."""
    with_material(usable(own(key_of(request)))).about.update(Enabled=False, KeyState="Disabled")
    return {}


@answers("kms", Audience.ANYBODY)
def schedule_key_deletion(request: Request) -> dict[str, Any]:
    """The key will be gone in 7 to 30 days; a primary key waits for its replicas, and nobody knows until when.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
    """
    key, days = usable(own(key_of(request))), request.parameters.get("PendingWindowInDays", 30)
    if not 7 <= days <= 30:
        raise Refusal("ValidationException", "PendingWindowInDays must be between 7 and 30.")
    waits = bool(key.about.get("MultiRegionConfiguration", {}).get("ReplicaKeys")) and not key.is_replica
    state = "PendingReplicaDeletion" if waits else "PendingDeletion"
    ends = {"PendingDeletionWindowInDays": days} if waits else {"DeletionDate": moment(request) + days * DAY}
    key.about.update(Enabled=False, KeyState=state, **ends)
    told = {"PendingWindowInDays": days} if waits else ends
    return {"KeyId": key.about["Arn"], "KeyState": state, **told}


@answers("kms", Audience.ANYBODY)
def cancel_key_deletion(request: Request) -> dict[str, Any]:
    """The key stays, disabled."""
    key = own(key_of(request))
    if key.about["KeyState"] not in LEAVING:
        raise Refusal("KMSInvalidStateException", f"{key.about['Arn']} is not pending deletion.")
    for ends in ("DeletionDate", "PendingDeletionWindowInDays"):
        key.about.pop(ends, None)
    key.about.update(Enabled=False, KeyState="Disabled")
    return {"KeyId": key.about["Arn"]}


@answers("kms", Audience.ANYBODY)
def replicate_key(request: Request) -> dict[str, Any]:
    """A replica in another Region, with a policy, a description and tags of its own (API page ReplicateKey)."""
    primary, region = usable(own(key_of(request))), request.parameters["ReplicaRegion"]
    identity = primary.about["KeyId"]
    if not primary.about["MultiRegion"] or primary.is_replica:
        raise Refusal("UnsupportedOperationException", f"{primary.about['Arn']} is not a multi-Region primary key.")
    if not primary.about["Enabled"]:
        raise Refusal("DisabledException", f"{primary.about['Arn']} is disabled.")
    if region == request.region or region not in ALWAYS_ON | OPT_IN:
        raise Refusal("ValidationException", f"{region} is not a Region for a replica.")
    if identity in keys(request, region):
        raise Refusal("AlreadyExistsException", f"{identity} exists in {region}.")
    check_policy(request)
    check_tags(request.parameters.get("Tags", []))
    arn = f"arn:aws:kms:{region}:{request.caller.account}:key/{identity}"
    primary.about["MultiRegionConfiguration"]["ReplicaKeys"].append({"Arn": arn, "Region": region})
    shared = {**primary.about["MultiRegionConfiguration"], "MultiRegionKeyType": "REPLICA"}
    about = {**primary.about, "Arn": arn, "CreationDate": moment(request), "MultiRegionConfiguration": shared}
    about["Description"] = request.parameters.get("Description", "")
    tags = {tag["TagKey"]: tag["TagValue"] for tag in request.parameters.get("Tags", ())}
    policy = request.parameters.get("Policy") or default_policy(request.caller.account)
    keys(request, region)[identity] = Key(about, policy, tags)
    return {"ReplicaKeyMetadata": about, "ReplicaPolicy": policy, "ReplicaTags": request.parameters.get("Tags", [])}
