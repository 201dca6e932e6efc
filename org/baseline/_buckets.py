"""Settings of S3 buckets as components read and write them; statements of a bucket policy that are not ours stay.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.baseline._key_policies import canonical
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud

NO_BUCKET = "NoSuchBucket"
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ENFORCED = "BucketOwnerEnforced"
BLOCKED = "BlockedEncryptionTypes"
TLS_ONLY = "OrgBaselineOnlyTLS"
"""The Sid of our statement that refuses requests without TLS; one that nobody else gives a statement of his own."""

Statements = dict[str, dict[str, Any]]
"""Statements of ours by their Sid."""


def ask(cloud: Cloud, operation: str, bucket: str) -> dict[str, Any]:
    """A setting of a bucket, empty where it was never set; raises `Missing` where there is no such bucket.

    The owner is named, so that somebody else's bucket of that name is denied to us, and not taken for ours.
    """
    try:
        return cloud.call("s3", operation, Bucket=bucket, ExpectedBucketOwner=cloud.place.account)
    except Missing as error:
        if error.code == NO_BUCKET:
            raise
        return {}


def put(cloud: Cloud, operation: str, bucket: str, **parameters: Any) -> None:
    """A setting of our own bucket is as given."""
    cloud.call("s3", operation, Bucket=bucket, ExpectedBucketOwner=cloud.place.account, **parameters)


def blocks(cloud: Cloud, bucket: str) -> dict[str, bool]:
    """The bucket's own Block Public Access switches."""
    found = ask(cloud, "get_public_access_block", bucket).get("PublicAccessBlockConfiguration", {})
    return {switch: bool(found.get(switch)) for switch in BLOCKS}


def block(cloud: Cloud, bucket: str) -> None:
    """All four switches of the bucket are on."""
    put(cloud, "put_public_access_block", bucket, PublicAccessBlockConfiguration=dict.fromkeys(BLOCKS, True))


def ownership(cloud: Cloud, bucket: str) -> str:
    """Who owns objects in the bucket; a bucket without the setting is one that still obeys ACLs."""
    rules = ask(cloud, "get_bucket_ownership_controls", bucket).get("OwnershipControls", {}).get("Rules", ())
    return next((str(rule["ObjectOwnership"]) for rule in rules), "ObjectWriter")


def own(cloud: Cloud, bucket: str) -> None:
    """The bucket's owner owns every object in it, and ACLs mean nothing."""
    rules = {"Rules": [{"ObjectOwnership": ENFORCED}]}
    put(cloud, "put_bucket_ownership_controls", bucket, OwnershipControls=rules)


def encryption(cloud: Cloud, bucket: str) -> dict[str, str]:
    """How new objects are encrypted: the algorithm and, with KMS, the key; both are empty where nothing is."""
    found = ask(cloud, "get_bucket_encryption", bucket).get("ServerSideEncryptionConfiguration", {})
    rules = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in found.get("Rules", ())]
    rule: dict[str, str] = next(iter(rules), {})
    return {"algorithm": rule.get("SSEAlgorithm", ""), "key": rule.get("KMSMasterKeyID", "")}


def encrypt(cloud: Cloud, bucket: str, key: str = "", *, algorithm: str = "aws:kms", bucket_key: bool = False) -> None:
    """New objects are encrypted by S3, with the KMS key of that ARN if any; a bucket key saves calls to KMS.

    What the bucket says of encryption with keys of its callers stays, which this call sets too:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
    """
    found = ask(cloud, "get_bucket_encryption", bucket).get("ServerSideEncryptionConfiguration", {})
    rule: dict[str, Any] = next(iter(found.get("Rules", ())), {})
    kept = {name: value for name, value in rule.items() if name == BLOCKED}
    default = {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key, **kept}]}
    put(cloud, "put_bucket_encryption", bucket, ServerSideEncryptionConfiguration=rules)


def policy(cloud: Cloud, bucket: str) -> dict[str, Any]:
    """The bucket's policy; one without statements where it has none."""
    text = ask(cloud, "get_bucket_policy", bucket).get("Policy")
    found: dict[str, Any] = json.loads(text) if text else {"Version": "2012-10-17"}
    statements = found.get("Statement", [])
    return {**found, "Statement": statements if isinstance(statements, list) else [statements]}


def of_sids(found: Mapping[str, Any], sids: Iterable[str]) -> Statements:
    """Those statements of a policy that have one of these Sids, each in one form."""
    wanted = set(sids)
    return {one["Sid"]: canonical(one) for one in found["Statement"] if one.get("Sid") in wanted}


def merge(cloud: Cloud, bucket: str, sids: Iterable[str], ours: Statements) -> None:
    """The bucket's policy has our statements as they are given, and none other with one of our Sids.

    INVARIANT: everything else in the policy stays as it is; it is read again right before it is written.
    """
    found, mine = policy(cloud, bucket), {*sids}
    theirs = [one for one in found["Statement"] if one.get("Sid") not in mine]
    text = json.dumps({**found, "Statement": [*theirs, *ours.values()]}, separators=(",", ":"))
    put(cloud, "put_bucket_policy", bucket, Policy=text)


def tls_only(partition: str, bucket: str) -> dict[str, Any]:
    """The statement that refuses every request without TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    return {
        "Sid": TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
