"""The bucket of the organization's trail, in the account that keeps its logs.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import _buckets as buckets
from org.baseline._key_policies import UNKNOWN, canonical, root
from org.errors import CloudError, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope
    from org.baseline._buckets import Statements
    from org.model.change import Change, State

CHECK, OWN, ORGANIZATION = ("OrgBaselineTrailChecks", "OrgBaselineTrailWrites", "OrgBaselineTrailWritesAll")
LIST, GET = "OrgBaselineReadersList", "OrgBaselineReadersGet"
SIDS = (CHECK, OWN, ORGANIZATION, LIST, GET, buckets.TLS_ONLY)
"""Not those that AWS's console gives: with them other trails may deliver to the same bucket, and have to go on."""
EXPIRY = "org-baseline"
"""The id of our lifecycle rule; others stay."""
HAS_NO_LOCK = {"enabled": False, "mode": "", "days": 0}
YEAR = 365
SIZE = "TransitionDefaultMinimumObjectSize"
"""What a lifecycle says of all rules, and is set anew with them."""


def name(there: Scope) -> str:
    """The bucket's name, from its template."""
    parts = {"account": there.account or UNKNOWN, "region": there.home_region, "organization": there.organization_id}
    found: str = there.settings["bucket"]
    for part, value in parts.items():
        found = found.replace(f"{{{part}}}", value)
    return found


def read(archive: Cloud, there: Scope, key: str) -> State | None:
    """The settings of the bucket, None where there is none; `key` is the ARN of the key that its alias stands for."""
    bucket, settings = name(there), there.settings
    try:
        versioning = buckets.ask(archive, "get_bucket_versioning", bucket).get("Status", "Off")
    except Missing:
        return None
    state: dict[str, Any] = {
        "account": there.place.name,
        "versioning": versioning,
        "statements": buckets.of_sids(buckets.policy(archive, bucket), SIDS),
        "public_access_block": buckets.blocks(archive, bucket),
        "ownership": buckets.ownership(archive, bucket),
        "encryption": buckets.encryption(archive, bucket),
    }
    if key and state["encryption"]["key"] == key:
        state["encryption"]["key"] = settings["key"]
    if settings["object_lock"]:
        state["object_lock"] = _lock(archive, bucket)
    if expiry(settings):
        rules = buckets.ask(archive, "get_bucket_lifecycle_configuration", bucket).get("Rules", ())
        state["lifecycle"] = next((_rule(rule) for rule in rules if rule.get("ID") == EXPIRY), None)
    if settings["access_log_bucket"]:
        logs = buckets.ask(archive, "get_bucket_logging", bucket).get("LoggingEnabled", {})
        state["access_logs"] = {"bucket": logs.get("TargetBucket", ""), "prefix": logs.get("TargetPrefix", "")}
    return state


def _lock(archive: Cloud, bucket: str) -> dict[str, Any]:
    found = buckets.ask(archive, "get_object_lock_configuration", bucket).get("ObjectLockConfiguration", {})
    keeps = found.get("Rule", {}).get("DefaultRetention", {})
    enabled = found.get("ObjectLockEnabled") == "Enabled"
    days = keeps.get("Days") or keeps.get("Years", 0) * YEAR
    return {**HAS_NO_LOCK, "enabled": enabled, "mode": keeps.get("Mode", ""), "days": days}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Our lifecycle rule as AWS gives it back, without what it adds."""
    known = ("ID", "Status", "Filter", "Expiration", "Transitions", "NoncurrentVersionExpiration")
    return {part: rule[part] for part in known if part in rule}


def with_filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A lifecycle rule with its prefix in a filter: S3 takes none of the old form beside one of the new.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
    """
    rest = {part: value for part, value in rule.items() if part != "Prefix"}
    return {**rest, "Filter": {"Prefix": rule["Prefix"]}} if "Prefix" in rule else rest


def log_prefix(settings: Mapping[str, Any]) -> str:
    """How the names of all logs begin."""
    return f"{settings['prefix']}/AWSLogs/" if settings["prefix"] else "AWSLogs/"


def expiry(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Our lifecycle rule, for logs and nothing else that the bucket may hold; None where no setting asks for one."""
    archive, expire = settings["archive_after_days"], settings["expire_after_days"]
    if not archive and not expire:
        return None
    rule: dict[str, Any] = {"ID": EXPIRY, "Status": "Enabled", "Filter": {"Prefix": log_prefix(settings)}}
    if archive:
        rule["Transitions"] = [{"Days": archive, "StorageClass": "GLACIER_IR"}]
    if expire:
        rule["Expiration"] = {"Days": expire}
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": expire}
    return rule


def wanted(there: Scope, found: State | None, trail: str) -> State:
    """The bucket as the trail needs it. Object Lock is for a new bucket, or one that has it."""
    settings = there.settings
    state: dict[str, Any] = {
        "account": there.place.name,
        "versioning": "Enabled",
        "statements": {sid: canonical(one) for sid, one in statements(there, trail).items()},
        "public_access_block": dict.fromkeys(buckets.BLOCKS, True),
        "ownership": buckets.ENFORCED,
        "encryption": {"algorithm": "aws:kms", "key": settings["key"]},
    }
    lock = settings["object_lock"]
    if lock and (found is None or found["object_lock"]["enabled"]):
        state["object_lock"] = {"enabled": True, **lock}
    if rule := expiry(settings):
        state["lifecycle"] = rule
    if settings["access_log_bucket"]:
        state["access_logs"] = {"bucket": settings["access_log_bucket"], "prefix": f"{name(there)}/"}
    return state


def statements(there: Scope, trail: str) -> Statements:
    """What CloudTrail needs, for this trail alone; who reads the logs; and that nobody comes without TLS."""
    arn = f"arn:{there.partition}:s3:::{name(there)}"
    source = {"aws:SourceArn": trail}
    giving = {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}}
    start = f"{arn}/{log_prefix(there.settings)}"
    found = [
        _allow(CHECK, "s3:GetBucketAcl", arn, {"StringEquals": source}),
        _allow(OWN, "s3:PutObject", f"{start}{there.management}/*", giving),
        _allow(ORGANIZATION, "s3:PutObject", f"{start}{there.organization_id}/*", giving),
        *_readers(there, arn),
        buckets.tls_only(there.partition, name(there)),
    ]
    return {one["Sid"]: one for one in found}


def _allow(sid: str, action: str, resource: str, condition: Mapping[str, Any]) -> dict[str, Any]:
    service = {"Service": "cloudtrail.amazonaws.com"}
    allow = {"Sid": sid, "Effect": "Allow", "Principal": service, "Action": action, "Resource": resource}
    return {**allow, "Condition": condition}


def _readers(there: Scope, arn: str) -> Iterator[dict[str, Any]]:
    """Accounts of this organization, whose own policies then decide who reads."""
    if not there.settings["readers"]:
        return
    accounts = [root(there, there.accounts.get(key, UNKNOWN)) for key in there.settings["readers"]]
    inside = {"StringEquals": {"aws:PrincipalOrgID": there.organization_id}}
    read = {"Effect": "Allow", "Principal": {"AWS": accounts}, "Condition": inside}
    yield {"Sid": LIST, **read, "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": arn}
    yield {"Sid": GET, **read, "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": f"{arn}/*"}


def write(archive: Cloud, bucket: str, change: Change) -> None:
    """The bucket is there, and is as the change says; it is never deleted.

    INVARIANT: a bucket is never made twice: one that is there after all is ours, or AWS says whose it is not.
    """
    after, before = change.after or {}, change.before or {}
    if change.before is None:
        _create(archive, bucket, lock="object_lock" in after)
    if before.get("public_access_block") != after["public_access_block"]:
        buckets.block(archive, bucket)
    if before.get("ownership") != after["ownership"]:
        buckets.own(archive, bucket)
    if before.get("versioning") != after["versioning"]:
        configuration = {"Status": after["versioning"]}
        buckets.put(archive, "put_bucket_versioning", bucket, VersioningConfiguration=configuration)
    if "encryption" in after and before.get("encryption") != after["encryption"]:
        key = archive.call("kms", "describe_key", KeyId=after["encryption"]["key"])["KeyMetadata"]["Arn"]
        buckets.encrypt(archive, bucket, key)
    if before.get("statements") != after["statements"]:
        buckets.merge(archive, bucket, SIDS, after["statements"])
    _write_declared(archive, bucket, before, after)


def _write_declared(archive: Cloud, bucket: str, before: State, after: State) -> None:
    """What a bucket has only where it is declared: Object Lock's retention, a lifecycle rule, access logs."""
    lock, rule, logs = after.get("object_lock"), after.get("lifecycle"), after.get("access_logs")
    if lock and lock != before.get("object_lock"):
        keeps = {"DefaultRetention": {"Mode": lock["mode"], "Days": lock["days"]}}
        configuration = {"ObjectLockEnabled": "Enabled", "Rule": keeps}
        buckets.put(archive, "put_object_lock_configuration", bucket, ObjectLockConfiguration=configuration)
    if rule and rule != before.get("lifecycle"):
        found = buckets.ask(archive, "get_bucket_lifecycle_configuration", bucket)
        theirs = [with_filter(one) for one in found.get("Rules", ()) if one.get("ID") != EXPIRY]
        given: dict[str, Any] = {"LifecycleConfiguration": {"Rules": [*theirs, rule]}}
        given |= {SIZE: found[SIZE]} if SIZE in found else {}
        buckets.put(archive, "put_bucket_lifecycle_configuration", bucket, **given)
    if logs and logs != before.get("access_logs"):
        enabled = {"LoggingEnabled": {"TargetBucket": logs["bucket"], "TargetPrefix": logs["prefix"]}}
        buckets.put(archive, "put_bucket_logging", bucket, BucketLoggingStatus=enabled)


def _create(archive: Cloud, bucket: str, *, lock: bool) -> None:
    given: dict[str, Any] = {"ObjectOwnership": buckets.ENFORCED}
    if lock:
        given["ObjectLockEnabledForBucket"] = True
    if archive.region != "us-east-1":
        given["CreateBucketConfiguration"] = {"LocationConstraint": archive.region}
    try:
        archive.call("s3", "create_bucket", Bucket=bucket, **given)
    except CloudError as error:
        if error.code != "BucketAlreadyOwnedByYou" or not _is_there(archive, bucket):
            raise


def _is_there(archive: Cloud, bucket: str) -> bool:
    try:
        buckets.ask(archive, "get_bucket_versioning", bucket)
    except Missing:
        return False
    return True
