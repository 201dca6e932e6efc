"""What a trail needs of others: a bucket that lets it write, a key that it may use, a log group with a role.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from org.access.requests import request as asking
from org.model.request import Answer, Principal
from org.sandbox.authorization import owned
from org.sandbox.authorization.engines import Texts, Written, engine
from org.sandbox.strict.refusal import Refusal

if TYPE_CHECKING:
    from org.sandbox.strict.kms import Key
    from org.sandbox.strict.registry import Request

CLOUDTRAIL = Principal("cloudtrail.amazonaws.com")
KEY = re.compile(r"arn:aws[\w-]*:kms:([\w-]+):(\d{12}):(?:key/|(?=alias/))(.+)")
LOG_GROUP = re.compile(r"arn:aws[\w-]*:logs:([\w-]+):(\d{12}):log-group:([^:]+):\*")
ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/(?:.*/)?([^/]+)")


def check_needs(request: Request, about: dict[str, Any]) -> None:
    """Everything that the trail is to use lets it; a key is shown by its ARN from then on."""
    bucket = about["S3BucketName"]
    if owned.bucket_owner(bucket) is None:
        raise Refusal("S3BucketDoesNotExistException", f"S3 bucket {bucket} does not exist!")
    if delivery_error(request, about):
        raise Refusal("InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for {bucket}")
    if about.get("KmsKeyId"):
        about["KmsKeyId"] = usable_key(request, about)
    check_logs(request, about)


def delivery_error(request: Request, about: dict[str, Any]) -> str:
    """Why a delivery to the bucket fails now; empty where it does not."""
    bucket, realm = about["S3BucketName"], request.world.realm
    if owned.bucket_owner(bucket) is None:
        return "NoSuchBucket"
    text = owned.bucket_policy(bucket)
    policy: Texts = (("bucket policy", text),) if text else ()
    account = owner(about)
    folders = [account, realm.id] if realm and about["IsOrganizationTrail"] else [account]
    prefix = f"{about['S3KeyPrefix']}/" if about.get("S3KeyPrefix") else ""
    arn = f"arn:aws:s3:::{bucket}"
    objects = [("s3:PutObject", f"{arn}/{prefix}AWSLogs/{folder}/x") for folder in folders]
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    needed = [("s3:GetBucketAcl", arn), *objects]
    return "" if all(allowed(policy, action, on, about, acl) for action, on in needed) else "AccessDenied"


def owner(about: dict[str, Any]) -> str:
    """The account whose trail it is."""
    return str(about["TrailARN"].split(":")[4])


def allowed(policy: Texts, action: str, resource: str, about: dict[str, Any], more: dict[str, str]) -> bool:
    """True where the resource's own policy lets CloudTrail do it for this trail."""
    context = {
        "aws:SourceArn": about["TrailARN"],
        "aws:SourceAccount": owner(about),
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        **more,
    }
    asked = asking(CLOUDTRAIL, action, resource, context=context)
    return engine(Written(resource=policy)).decide(asked).answer is Answer.ALLOWED


def usable_key(request: Request, about: dict[str, Any]) -> str:
    """The ARN of the key that the trail names, which lets CloudTrail encrypt with it."""
    key = key_of(request, about)
    if key is None:
        raise Refusal("KmsKeyNotFoundException", f"KMS key {about['KmsKeyId']} does not exist.")
    arn = str(key.about["Arn"])
    if key.about["KeyState"] != "Enabled":
        raise Refusal("KmsKeyDisabledException", f"KMS key {arn} is not enabled.")
    if key.about["KeySpec"] != "SYMMETRIC_DEFAULT":
        raise Refusal("KmsException", f"KMS key {arn} is not symmetric.")
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": str(about["TrailARN"])}
    policy: Texts = (("key policy", key.policy),)
    if not all(allowed(policy, action, arn, about, context) for action in ("kms:GenerateDataKey", "kms:DescribeKey")):
        message = f"Insufficient permissions to access S3 bucket {about['S3BucketName']} or KMS key {arn}."
        raise Refusal("InsufficientEncryptionPolicyException", message)
    return arn


def key_of(request: Request, about: dict[str, Any]) -> Key | None:
    """The key: an id or alias of the caller's own account, or an ARN of any."""
    match = KEY.fullmatch(about["KmsKeyId"])
    here = (request.region, owner(about), str(about["KmsKeyId"]))
    region, account, name = map(str, match.groups()) if match else here
    aliases = request.world.stored.get(("kms", "aliases", account, region), {})
    found: Key | None = request.world.stored.get(("kms", "keys", account, region), {}).get(aliases.get(name, name))
    return found


def check_logs(request: Request, about: dict[str, Any]) -> None:
    """A log group of the trail's own account, with a role that CloudTrail may assume and that may write to it."""
    group, role = about.get("CloudWatchLogsLogGroupArn", ""), about.get("CloudWatchLogsRoleArn", "")
    if not group and not role:
        return
    match = LOG_GROUP.fullmatch(group)
    logs = owned.backend("logs", owner(about), request.region)
    if not match or match[2] != owner(about) or logs is None or match[3] not in logs.groups:
        message = f"CloudTrail cannot validate the specified log group ARN: {group}"
        raise Refusal("InvalidCloudWatchLogsLogGroupArnException", message)
    named = ROLE.fullmatch(role)
    iam = owned.backend("iam", owner(about), "aws")
    found = next((one for one in iam.roles.values() if one.name == named[2]), None) if named and iam else None
    if found is None or not trusts_cloudtrail(found) or not may_write(found, str(group).removesuffix(":*")):
        message = "Access denied. Check the trust relationships for your role."
        raise Refusal("InvalidCloudWatchLogsRoleArnException", message)


def trusts_cloudtrail(role: Any) -> bool:
    """True where the role's trust policy names CloudTrail."""
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return any(CLOUDTRAIL.arn in json.dumps(one.get("Principal", {})) for one in listed)


def may_write(role: Any, group: str) -> bool:
    """True where the role's own policies let it write to streams of the group that CloudTrail makes."""
    policies = tuple(role.policies.items())
    account, region = group.split(":")[4], group.split(":")[3]
    stream = f"{group}:log-stream:{account}_CloudTrail_{region}"
    who = Principal(f"arn:aws:sts::{account}:assumed-role/{role.name}/CloudTrail")
    needed = ("logs:CreateLogStream", "logs:PutLogEvents")
    decide = engine(Written(identity=policies)).decide
    return all(decide(asking(who, action, stream)).answer is Answer.ALLOWED for action in needed)
