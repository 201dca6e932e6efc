"""Every bucket of an account: open to whom, encrypted how, and reachable without TLS or not.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from org.baseline import Component
from org.baseline import _buckets as buckets
from org.baseline._keys import Keys
from org.errors import CloudError, Denied, Missing
from org.model.place import partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding

BLOCK, OWN, ENCRYPT, TLS, POLICY, GRANTS = (
    *("public-access-block", "object-ownership", "encryption", "tls-only"),
    *("public-policy", "acl-grants"),
)
WEBSITE = "website"
OFF = "InvalidToken"
"""What S3 answers in a Region that is not on in the account, where buckets may be from before it was switched off."""
CORRECTED = (BLOCK, OWN, ENCRYPT, TLS)
CHECKS = {BLOCK: "S3-02", OWN: "S3-03", GRANTS: "S3-03", POLICY: "S3-04", TLS: "S3-05", ENCRYPT: "S3-08"}
"""Every check with its control."""
GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everybody",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "everybody with an AWS account",
    "http://acs.amazonaws.com/groups/s3/LogDelivery": "S3's log delivery",
}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups"""


def read(cloud: Cloud, scope: Scope) -> Things:
    """Every bucket, each read in its own Region; a bucket that is gone meanwhile is left out."""
    found: dict[str, Any] = {}
    keys: dict[str, Keys] = {}
    for listed in cloud.pages("s3", "list_buckets", "Buckets", token="ContinuationToken", MaxBuckets=1000):
        region = listed.get("BucketRegion") or scope.region
        there = cloud if region == cloud.region else cloud.in_region(region)
        try:
            state = _bucket(there, scope, listed["Name"], keys.setdefault(region, Keys(there)))
        except Missing:
            continue
        except CloudError as error:
            if error.code != OFF:
                raise
            state = {"off": True, "denied": []}
        found[listed["Name"]] = {"region": region, **state}
    return found


def _bucket(there: Cloud, scope: Scope, bucket: str, keys: Keys) -> dict[str, Any]:
    """What is known of a bucket: ACLs are asked for only where they count, the policy's status where it allows."""
    asked = _Asked()
    state: dict[str, Any] = {
        BLOCK: asked(lambda: all(buckets.blocks(there, bucket).values())),
        OWN: asked(lambda: buckets.ownership(there, bucket)),
        ENCRYPT: asked(lambda: _encryption(there, bucket, scope.settings["key"], keys)),
    }
    if state[OWN] not in (buckets.ENFORCED, None):
        state[GRANTS] = asked(lambda: grants(there, bucket))
    policy = asked(lambda: buckets.policy(there, bucket))
    if policy is not None:
        state[TLS] = refuses_plain(policy["Statement"], _arn(there.region, bucket))
        allows = any(one.get("Effect") == "Allow" for one in policy["Statement"])
        state[POLICY] = asked(lambda: _public(there, bucket)) if allows else False
    if TLS in scope.settings["correct"] and state.get(TLS) is False and _named(scope, bucket):
        state[WEBSITE] = asked(lambda: _website(there, bucket))
    if scope.settings["correct"] and scope.settings["tags"] and _named(scope, bucket):
        state["tags"] = asked(lambda: _tags(there, bucket)) or {}
    return {**state, "denied": asked.denied}


class _Asked:
    """Asks, and keeps in mind what was denied: a policy of the bucket may shut its own account out."""

    def __init__(self) -> None:
        self.denied: list[str] = []

    def __call__(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except Denied as denied:
            self.denied.append(denied.operation)
            return None


def _encryption(there: Cloud, bucket: str, key: str | None, keys: Keys) -> dict[str, str]:
    found = buckets.encryption(there, bucket)
    return {**found, "key": keys.by_its_name(found["key"], key)} if found["key"] else found


def _public(there: Cloud, bucket: str) -> bool:
    """What S3 itself says of the bucket's policy."""
    return bool(buckets.ask(there, "get_bucket_policy_status", bucket).get("PolicyStatus", {}).get("IsPublic"))


def _website(there: Cloud, bucket: str) -> bool:
    found = buckets.ask(there, "get_bucket_website", bucket)
    return not found.keys().isdisjoint({"IndexDocument", "RedirectAllRequestsTo"})


def _tags(there: Cloud, bucket: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in buckets.ask(there, "get_bucket_tagging", bucket).get("TagSet", ())}


def grants(there: Cloud, bucket: str) -> list[str]:
    """To whom but its owner the bucket's ACL gives something."""
    found = buckets.ask(there, "get_bucket_acl", bucket)
    owner = found["Owner"]["ID"]
    strangers = [(one["Grantee"], one["Permission"]) for one in found.get("Grants", ())]
    return sorted(
        f"{GROUPS.get(who.get('URI', ''), who.get('URI') or who.get('ID', ''))}: {what}"
        for who, what in strangers
        if who.get("ID") != owner
    )


def _arn(region: str, bucket: str) -> str:
    return f"arn:{partition(region)}:s3:::{bucket}"


def refuses_plain(statements: Iterable[Mapping[str, Any]], arn: str) -> bool:
    """True where statements deny everything on the bucket and on all its objects to whoever comes without TLS."""
    refused: set[str] = set()
    for one in statements:
        everybody = one.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        everything = {"s3:*", "*"} & {action.lower() for action in _listed(one.get("Action"))}
        if one.get("Effect") == "Deny" and everybody and everything and _is_plain(one.get("Condition") or {}):
            refused.update(_listed(one.get("Resource")))
    return "*" in refused or f"{arn}*" in refused or {arn, f"{arn}/*"} <= refused


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _is_plain(condition: Mapping[str, Any]) -> bool:
    """True for a condition that every request without TLS meets."""
    keys = [
        (operator, key.lower(), [str(one).lower() for one in (value if isinstance(value, list) else [value])])
        for operator, by_key in condition.items()
        for key, value in by_key.items()
    ]
    return (
        len(keys) == 1
        and keys[0][0] in ("Bool", "BoolIfExists")
        and keys[0][1:]
        == (
            "aws:securetransport",
            ["false"],
        )
    )


def _named(scope: Scope, bucket: str) -> bool:
    return any(fnmatchcase(bucket, pattern) for pattern in scope.settings["names"])


def _exempt(scope: Scope, bucket: str, check: str) -> bool:
    exceptions = scope.settings["exceptions"]
    return any(check in checks for pattern, checks in exceptions.items() if fnmatchcase(bucket, pattern))


def _declared(scope: Scope, bucket: str, state: Mapping[str, Any]) -> set[str]:
    """What is corrected of this bucket. A step that would break what works, or that S3 would refuse, is none.

    S3 refuses to end ACLs that still give something away, and to store a policy that is public. A website of S3 knows
    no TLS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
    """
    tags = state.get("tags", {})
    wanted = scope.settings["tags"]
    if not _named(scope, bucket) or not all(fnmatchcase(tags.get(key, ""), value) for key, value in wanted.items()):
        return set()
    if any(key not in tags for key in wanted):
        return set()
    unsafe = {OWN} if state.get(GRANTS) or state.get(GRANTS, ()) is None else set()
    unsafe |= {TLS} if any(state.get(one) or state.get(one, ()) is None for one in (POLICY, WEBSITE)) else set()
    chosen = set(scope.settings["correct"]) - unsafe
    return {check for check in chosen if state.get(check) is not None and not _exempt(scope, bucket, check)}


def _right(scope: Scope, check: str, state: Mapping[str, Any]) -> bool:
    """True where the check has nothing to say of the bucket, or could not be asked."""
    value, key = state.get(check), scope.settings["key"]
    if value is None:
        return True
    if check == ENCRYPT:
        return bool(value["algorithm"]) if key is None else "kms" in value["algorithm"] and value["key"] == key
    if check == OWN:
        return bool(value == buckets.ENFORCED)
    return not value if check in (POLICY, GRANTS) else bool(value)


def wanted(scope: Scope, found: Things) -> Things:
    """Each bucket that is to be corrected, with what is wrong of it put right."""
    states: dict[str, Any] = {}
    for bucket, state in found.items():
        wrong = sorted(one for one in _declared(scope, bucket, state or {}) if not _right(scope, one, state or {}))
        if wrong and state:
            right = {BLOCK: True, OWN: buckets.ENFORCED, ENCRYPT: _encrypted(scope, state), TLS: True}
            states[bucket] = {"region": state["region"], **{check: right[check] for check in wrong}}
    return states


def _encrypted(scope: Scope, state: Mapping[str, Any]) -> dict[str, str]:
    """The encryption that a bucket gets: what has two layers keeps them."""
    key = scope.settings["key"]
    had = (state.get(ENCRYPT) or {}).get("algorithm", "")
    return {"algorithm": had if "kms" in had else "aws:kms", "key": key} if key else {"algorithm": "AES256", "key": ""}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """What is wrong with a bucket and stays so, and what could not be asked."""
    for bucket, about in sorted(found.items()):
        state = about or {}
        corrected = _declared(scope, bucket, state)
        for check, control in CHECKS.items():
            if check not in corrected and not _right(scope, check, state) and not _exempt(scope, bucket, check):
                message = f"bucket `{bucket}` {_says(scope, check, state)}"
                yield scope.finding(control, message, advice=_advice(scope, check, state))
        if state.get("off"):
            message = f"bucket `{bucket}` is in {state['region']}, which is not on in this account, and cannot be read"
            yield scope.finding("S3-02", message, advice="switch the Region on, with `region-opt-in`, and look at it")
        if state["denied"]:
            operations = ", ".join(state["denied"])
            yield scope.finding("S3-02", f"bucket `{bucket}` cannot be read whole: {operations} denied")


def _says(scope: Scope, check: str, state: Mapping[str, Any]) -> str:
    """What the finding of a check says of the bucket."""
    key = scope.settings["key"]
    return {
        BLOCK: "does not block public access itself",
        OWN: f"still obeys ACLs ({state.get(OWN)})",
        GRANTS: f"is shared by its ACL with {', '.join(state.get(GRANTS) or ())}",
        POLICY: "has a public policy",
        TLS: "can be reached without TLS",
        ENCRYPT: f"is not encrypted with `{key}` by default" if key else "is not encrypted by default",
    }[check]


def _advice(scope: Scope, check: str, state: Mapping[str, Any]) -> str:
    """What to do about what a check finds."""
    if check in CORRECTED and check not in scope.settings["correct"]:
        return f"declare `{check}` in `correct`, or the bucket in `exceptions`"
    if check == TLS and state.get(WEBSITE):
        return "a website of S3 knows no TLS: serve it with CloudFront, or declare the bucket in `exceptions`"
    return "declare the bucket in `exceptions` if that is meant to be"


def write(cloud: Cloud, change: Change) -> None:
    """The bucket is as the change says. Its policy gets one statement more, and keeps all it has.

    The policy comes first: once public access is blocked, S3 stores none that it takes for public.
    """
    after, bucket = change.after or {}, change.name
    there = cloud.in_region(after["region"])
    if TLS in after:
        ours = {buckets.TLS_ONLY: buckets.tls_only(partition(after["region"]), bucket)}
        buckets.merge(there, bucket, ours, ours)
    if OWN in after:
        buckets.own(there, bucket)
    if ENCRYPT in after:
        key = after[ENCRYPT]["key"]
        arn = there.call("kms", "describe_key", KeyId=key)["KeyMetadata"]["Arn"] if key else ""
        algorithm = after[ENCRYPT]["algorithm"]
        buckets.encrypt(there, bucket, arn, algorithm=algorithm, bucket_key=algorithm == "aws:kms")
    if BLOCK in after:
        buckets.block(there, bucket)


PATTERN = {"type": "string", "minLength": 1, "maxLength": 63}
component = Component(
    name="s3-buckets",
    title="S3 buckets",
    description="Every bucket of the account is looked at: its own Block Public Access, who owns its objects, ACLs "
    "that give something away, a public policy, encryption, and whether it can be reached without TLS. It is reported "
    "what is wrong; only what is declared in `correct` is put right, and statements of a bucket's owner stay.",
    settings={
        "correct": {
            "type": "array",
            "uniqueItems": True,
            "default": [],
            "items": {"type": "string", "enum": list(CORRECTED)},
            "description": "What is put right, not only reported. Ownership is left alone while the bucket's ACL gives "
            "something away, and the policy while it is public or the bucket is a website, which knows no TLS. ACLs of "
            "objects count no more once the bucket's owner owns them.",
            "examples": [["public-access-block", "encryption", "tls-only"]],
        },
        "names": {
            "type": "array",
            "default": ["*"],
            "items": PATTERN,
            "description": "Buckets that are corrected, by name, with `*` and `?`; all are reported.",
        },
        "tags": {
            "type": "object",
            "default": {},
            "additionalProperties": {"type": "string", "maxLength": 256},
            "description": "Only buckets with all of these tags, whose values may have `*` and `?`, are corrected.",
            "examples": [{"data": "internal*"}],
        },
        "exceptions": {
            "type": "object",
            "default": {},
            "propertyNames": PATTERN,
            "additionalProperties": {
                "type": "array",
                "items": {"type": "string", "enum": sorted(CHECKS)},
            },
            "description": "Checks that buckets of a name neither are reported for nor corrected by.",
            "examples": [{"www-*": ["public-access-block", "public-policy"]}],
        },
        "key": {
            "type": ["string", "null"],
            "default": None,
            "minLength": 1,
            "maxLength": 2048,
            "description": "The KMS key that encrypts by default, as an alias of each Region or an ARN; with null any "
            "encryption will do.",
            "examples": ["alias/baseline"],
        },
    },
    reads=(
        *("s3:ListAllMyBuckets", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls", "s3:GetBucketAcl"),
        *("s3:GetEncryptionConfiguration", "s3:GetBucketPolicy", "s3:GetBucketPolicyStatus", "s3:GetBucketTagging"),
        "s3:GetBucketWebsite",
        "kms:DescribeKey",
    ),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        *("s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutEncryptionConfiguration"),
        "s3:PutBucketPolicy",
    ),
    write=write,
    after=("kms-keys",),
    controls=("S3-02", "S3-03", "S3-04", "S3-05", "S3-08"),
)
