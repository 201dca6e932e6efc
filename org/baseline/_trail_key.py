"""The KMS key of the organization's trail, in the account that keeps its logs.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org.baseline import Severity, kms_keys
from org.baseline._key_policies import UNKNOWN, key_policy, root
from org.errors import Denied, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.aws.cloud import Cloud
    from org.baseline import Scope
    from org.model.change import State
    from org.model.finding import Finding

CLOUDTRAIL = "cloudtrail.amazonaws.com"


def declared(scope: Scope) -> dict[str, Any]:
    """The key as `kms-keys` would have it declared."""
    settings = scope.settings
    return {
        "description": "Encrypts the logs of the organization's trail.",
        "rotation_days": settings["key_rotation_days"],
        "administrators": settings["key_administrators"],
        "regions": [scope.home_region],
    }


def of_keys(there: Scope) -> Scope:
    """What `kms-keys` would know in the account that keeps the logs, were this its only key."""
    keys = {there.settings["key"]: declared(there)}
    return replace(there, settings={"keys": keys, "others": "ignore"}, regions=(there.home_region,))


def read(archive: Cloud, there: Scope) -> State | None:
    """The key: by its alias or, where a run got no further than making it, by its tags."""
    alias = there.settings["key"]
    try:
        about = archive.call("kms", "describe_key", KeyId=alias)["KeyMetadata"]
        candidates: Iterable[str] = [about["KeyId"]]
        names = [alias]
    except Denied as denied:
        if kms_keys.HIDDEN not in denied.message:
            raise
        return {"id": "", "names": [alias], "unreadable": denied.operation, "account": there.place.name}
    except Missing:
        listed = archive.pages("kms", "list_keys", "Keys", token="NextMarker", ask="Marker", Limit=1000)
        candidates = (one["KeyId"] for one in listed)
        names = []
    for identity in candidates:
        state = kms_keys.one_key(archive, of_keys(there), identity, names, () if names else (alias,))
        if state is not None and (state.pop("declared") == alias or names):
            return {**state, "account": there.place.name}
    return None


def wanted(there: Scope, found: State | None, trail: str) -> State | None:
    """The key as the trail needs it; None where the one of that alias is to be left alone."""
    alias, scope = there.settings["key"], of_keys(there)
    state = kms_keys.wanted(scope, _by_name(alias, found)).get(alias)
    if state is None or (found is not None and found.get("unreadable")):
        return None
    policy = key_policy(scope, declared(there), statements(there, trail))
    return {**state, "policy": policy, "account": there.place.name}


def problems(there: Scope, found: State | None) -> Iterator[Finding]:
    """Why the key cannot be used as it is."""
    alias = there.settings["key"]
    wrong = list(kms_keys.problems(of_keys(there), alias, declared(there), _by_name(alias, found)))
    yield from wrong
    if found is None or found.get("unreadable"):
        return
    if str(found.get("fixed", "")).startswith("spec"):
        message = f"`{alias}` is a key of {found['fixed']}, and CloudTrail takes only symmetric ones"
        yield there.finding("SEC-11", message, severity=Severity.ERROR, advice="declare another alias with `key`")
    elif not wrong:
        yield from kms_keys.shortfalls(of_keys(there), alias, declared(there), found)
    if found["state"] in kms_keys.UNUSABLE:
        what, advice = kms_keys.UNUSABLE[found["state"]]
        message = f"`{alias}` {what}, so nothing can be delivered"
        yield there.finding("SEC-11", message, severity=Severity.ERROR, advice=advice)


def usable(there: Scope, found: State | None) -> bool:
    """True where the trail can have the key, or will once it is made."""
    return not any(one.severity is Severity.ERROR for one in problems(there, found))


def _by_name(alias: str, found: State | None) -> dict[str, State]:
    """The key under the name that `kms-keys` would give it."""
    return {} if found is None else {found["id"] if found.get("unreadable") else alias: found}


def statements(there: Scope, trail: str) -> Iterator[dict[str, Any]]:
    """CloudTrail encrypts for this trail alone; accounts that may read the logs decrypt what a trail encrypted."""
    trails = f"arn:{there.partition}:cloudtrail:*:{there.management}:trail/*"
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": trails}
    source = {"aws:SourceArn": trail}
    service = {"Service": CLOUDTRAIL}
    yield _allow("CloudTrailEncrypts", service, "kms:GenerateDataKey*", {"StringEquals": source, "StringLike": context})
    # S3 opens its bucket key with it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    yield _allow("CloudTrailDecrypts", service, "kms:Decrypt", {"StringEquals": source})
    yield _allow("CloudTrailDescribes", service, "kms:DescribeKey", {"StringEquals": source})
    accounts = [there.account or UNKNOWN, *(there.accounts.get(key, UNKNOWN) for key in there.settings["readers"])]
    readers = {"AWS": [root(there, account) for account in accounts]}
    yield _allow("ReadersDecrypt", readers, "kms:Decrypt", {"StringLike": context})


def _allow(sid: str, principal: Any, action: str, condition: dict[str, Any]) -> dict[str, Any]:
    allow = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return {**allow, "Condition": condition}


def arn(there: Scope, found: State | None) -> str:
    """The ARN of the key that was found; empty where there is none yet."""
    return (
        f"arn:{there.partition}:kms:{there.home_region}:{there.account}:key/{found['id']}"
        if found and found["id"]
        else ""
    )


def alias_arn(there: Scope) -> str:
    """The ARN of the alias, by which accounts name the key before it exists."""
    return f"arn:{there.partition}:kms:{there.home_region}:{there.account}:{there.settings['key']}"
