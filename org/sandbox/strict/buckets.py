"""Buckets: their list with Regions, and what S3 refuses to store of policies and ownership; the rest is moto's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.sandbox.authorization import owned
from org.sandbox.strict.effective import s3_mode
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 10_000
LONGEST_POLICY = 20_480
ENFORCED = "BucketOwnerEnforced"
PARAMETERS = {"MaxBuckets", "ContinuationToken", "Prefix", "BucketRegion"}
"""With one of these the answer has Regions and pages; without any it has neither."""


@answers("s3", Audience.ANYBODY)
def list_buckets(request: Request) -> dict[str, Any]:
    """The account's buckets by name, as many as are asked for."""
    given, s3 = request.parameters, owned.backend("s3", request.caller.account, "aws")
    there = sorted(s3.buckets.values(), key=lambda bucket: bucket.name) if s3 else []
    listed = [
        {"Name": one.name, "CreationDate": one.creation_date, "BucketRegion": one.region_name}
        for one in there
        if one.name.startswith(given.get("Prefix", ""))
        and given.get("BucketRegion", one.region_name) == one.region_name
    ]
    if not given.keys() & PARAMETERS:
        return {"Buckets": [{k: v for k, v in one.items() if k != "BucketRegion"} for one in listed]}
    token = given.get("ContinuationToken", "0")
    if not token.isdecimal():
        raise Refusal("InvalidArgument", "The continuation token provided is incorrect")
    start, size = int(token), min(given.get("MaxBuckets", MOST), MOST)
    more = {"ContinuationToken": str(start + size)} if start + size < len(listed) else {}
    return {"Buckets": listed[start : start + size], **more}


def bucket_of(request: Request) -> Any:
    """The bucket that the call names, as moto keeps it; an owner that is expected must be its owner."""
    name = request.parameters["Bucket"]
    owner = owned.bucket_owner(name)
    if owner is None:
        raise Refusal("NoSuchBucket", "The specified bucket does not exist", status=404)
    if request.parameters.get("ExpectedBucketOwner", owner) != owner:
        raise denied()
    return owned.backend("s3", owner, "aws").buckets[name]


def denied() -> Refusal:
    """S3's refusal, which says no more than this."""
    return Refusal("AccessDenied", "Access Denied", status=403)


@answers("s3", Audience.ANYBODY)
def put_bucket_policy(request: Request) -> dict[str, Any]:
    """The bucket has the policy; a public one is denied where that is blocked (API page PutPublicAccessBlock)."""
    bucket, text = bucket_of(request), request.parameters["Policy"]
    check_policy(text, bucket.name)
    if blocks_policies(request, bucket) and is_public(text):
        raise denied()
    bucket.policy = text.encode()
    return {}


def check_policy(text: str, bucket: str) -> None:
    """The policy is one, is not too long, and is about this bucket (User Guide page bucket-policies)."""
    try:
        found = json.loads(text)["Statement"]
        statements = found if isinstance(found, list) else [found]
        resources = [listed(one["Resource"] if "Resource" in one else one["NotResource"]) for one in statements]
        for one in statements:
            if one["Effect"] not in {"Allow", "Deny"} or not {"Principal", "NotPrincipal"} & one.keys():
                raise Refusal("MalformedPolicy", "Missing required field Principal or Effect")
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'") from error
    if len(text) > LONGEST_POLICY:
        raise Refusal("PolicyTooLarge", "Policy exceeds the maximum allowed document size.")
    arns = (f":::{bucket}", f":::{bucket}/")
    for resource in (one for many in resources for one in many):
        if resource != "*" and not (resource.endswith(arns[0]) or arns[1] in resource or "*" in resource):
            raise Refusal("MalformedPolicy", "Policy has invalid resource")


def listed(value: Any) -> list[str]:
    """A text as a list of one."""
    return [value] if isinstance(value, str) else list(value)


def is_public(text: str) -> bool:
    """What S3 takes for public (User Guide page access-control-block-public-access), as far as moto knows it."""
    from moto.s3.utils import bucket_policy_is_public

    return bool(bucket_policy_is_public(text))


def blocks_policies(request: Request, bucket: Any) -> bool:
    """True where the bucket, its account or the organization blocks public policies."""
    own = bucket.public_access_block
    account = request.world.public_access.get(bucket.account_id, {})
    above = s3_mode(request.world.realm, bucket.account_id)
    closed = above == "all" if above else bool(account.get("BlockPublicPolicy"))
    return bool(closed or (own and own.block_public_policy))


@answers("s3", Audience.ANYBODY)
def put_bucket_ownership_controls(request: Request) -> dict[str, Any]:
    """Who owns objects; an ACL that gives something away keeps ACLs on (User Guide page about-object-ownership)."""
    bucket = bucket_of(request)
    rule = request.parameters["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    if rule == ENFORCED and any(strangers(bucket)):
        message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        raise Refusal("InvalidBucketAclWithObjectOwnership", message)
    bucket.ownership_rule = rule
    return {}


def strangers(bucket: Any) -> Iterator[str]:
    """Whom, but its owner, the ACL of the bucket names."""
    from moto.s3.models import OWNER

    for grant in bucket.acl.grants if bucket.acl else ():
        yield from (one.uri or one.id for one in grant.grantees if one.uri or one.id != OWNER)
