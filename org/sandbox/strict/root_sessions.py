"""Sessions of members' root users, and the credentials that a root user has (STS API page AssumeRoot).

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html has the policies of the tasks.
The operations of IAM here are answered for root users alone; those of users are moto's.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from org.sandbox.callers import session_token
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf
from org.sandbox.strict.sts import USABLE

READING = ("ListAccessKeys", "ListSigningCertificates", "GetLoginProfile", "ListMFADevices", "GetUser")
LAST_USED = "GetAccessKeyLastUsed"
TASKS = {
    "IAMAuditRootUserCredentials": ("iam", (*READING, LAST_USED, "GetAccountSummary")),
    "IAMCreateRootUserPassword": ("iam", ("CreateLoginProfile", "GetLoginProfile")),
    "IAMDeleteRootUserCredentials": (
        "iam",
        (
            *(*READING, LAST_USED, "DeleteAccessKey", "DeleteSigningCertificate", "DeleteLoginProfile"),
            *("DeactivateMFADevice", "DeleteVirtualMFADevice"),
        ),
    ),
    "S3UnlockBucketPolicy": ("s3", ("DeleteBucketPolicy", "PutBucketPolicy", "GetBucketPolicy", "ListAllMyBuckets")),
    "SQSUnlockQueuePolicy": ("sqs", ("SetQueueAttributes", "GetQueueAttributes", "ListQueues", "GetQueueUrl")),
}
"""What a session of each task may do."""
TASK = "arn:aws:iam::aws:policy/root-task/"
SECONDS = 900
MOMENT = "2024-11-15T00:00:00Z"
"""When everything that a root user has was made; nobody asks."""
KINDS = {"access_keys": "AccountAccessKeysPresent", "certificates": "AccountSigningCertificatesPresent"}


@answers("sts", Audience.ANYBODY)
def assume_root(request: Request) -> dict[str, Any]:
    """Credentials of a member's root user for one task; any doubt about the member is the one answer AccessDenied."""
    given, realm = request.parameters, request.world.realm
    policy = given["TaskPolicyArn"].get("arn", "")
    task = TASKS.get(policy.removeprefix(TASK)) if policy.startswith(TASK) else None
    if task is None:
        raise Refusal("ValidationError", f"{policy} is not a policy of a privileged task")
    target = given["TargetPrincipal"].removeprefix("arn:aws:iam::").removesuffix(":root")
    caller = request.caller
    denied = f"User: {caller.arn} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::{target}:root"
    member = realm.accounts.get(target) if realm else None
    feature = "RootCredentialsManagement" if task[0] == "iam" else "RootSessions"
    if (
        realm is None
        or caller.root
        or caller.account != realm.management
        or member is None
        or target == realm.management
        or member.state not in USABLE
        or feature not in on(request, realm.management)
    ):
        raise Refusal("AccessDenied", denied, status=403)
    allowed = [f"{task[0]}:{name}" for name in task[1]]
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}]})
    seconds = given.get("DurationSeconds", SECONDS)
    key, session = request.callers.issue_root(target, seconds, (policy.removeprefix(TASK), text))
    ends = datetime.datetime.fromtimestamp(session.expires or 0, datetime.UTC)
    credentials = {
        "AccessKeyId": key,
        "SecretAccessKey": f"sandbox/{key.lower()}/secret".ljust(40, "0"),
        "SessionToken": session_token(key),
        "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {"Credentials": credentials}


def on(request: Request, management: str) -> dict[str, Any]:
    """The features of central root access that are on."""
    kept: dict[str, Any] = request.world.stored.get(("iam", "features", management, ""), {})
    return kept


def credentials_of(request: Request) -> dict[str, Any]:
    """What the caller, a root user, has: a password, and by id access keys, certificates and MFA devices."""
    return shelf(request, "root credentials", regional=False)


def things(request: Request, kind: str) -> dict[str, Any]:
    """The access keys, certificates or MFA devices by id."""
    kept: dict[str, Any] = credentials_of(request).setdefault(kind, {})
    return kept


def taken_away(request: Request, kind: str, identity: str) -> dict[str, Any]:
    """The thing is gone; refused where there is none."""
    if things(request, kind).pop(identity, None) is None:
        raise Refusal("NoSuchEntity", f"The {identity} cannot be found.", status=404)
    return {}


@answers("iam", Audience.ANYBODY, roots=True)
def get_account_summary(request: Request) -> dict[str, Any]:
    """Which credentials the root user has."""
    present = {name: int(bool(things(request, kind))) for kind, name in KINDS.items()}
    password, mfa = bool(credentials_of(request).get("password")), bool(things(request, "mfa"))
    return {"SummaryMap": {**present, "AccountPasswordPresent": int(password), "AccountMFAEnabled": int(mfa)}}


@answers("iam", Audience.ANYBODY, roots=True)
def get_login_profile(request: Request) -> dict[str, Any]:
    """The root user's password, if it has one."""
    if not credentials_of(request).get("password"):
        raise Refusal("NoSuchEntity", "Login Profile for User root cannot be found.", status=404)
    return {"LoginProfile": {"UserName": "root", "CreateDate": MOMENT}}


@answers("iam", Audience.ANYBODY, roots=True)
def create_login_profile(request: Request) -> dict[str, Any]:
    """The root user has a password, or a way to set one."""
    if credentials_of(request).get("password"):
        raise Refusal("EntityAlreadyExists", "Login Profile for user root already exists.", status=409)
    credentials_of(request)["password"] = True
    return {"LoginProfile": {"UserName": "root", "CreateDate": MOMENT}}


@answers("iam", Audience.ANYBODY, roots=True)
def delete_login_profile(request: Request) -> dict[str, Any]:
    """The root user has no password."""
    get_login_profile(request)
    del credentials_of(request)["password"]
    return {}


@answers("iam", Audience.ANYBODY, roots=True)
def list_access_keys(request: Request) -> dict[str, Any]:
    """The root user's access keys."""
    keys = [{"AccessKeyId": key, "Status": "Active", "CreateDate": MOMENT} for key in things(request, "access_keys")]
    return {"AccessKeyMetadata": keys, "IsTruncated": False}


@answers("iam", Audience.ANYBODY, roots=True)
def create_access_key(request: Request) -> dict[str, Any]:
    """The root user has one more access key, of two at most."""
    keys = things(request, "access_keys")
    if len(keys) >= 2:
        raise Refusal("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", status=409)
    key = f"AKIA{request.caller.account}{len(keys):04}"
    keys[key] = True
    made = {"UserName": "root", "AccessKeyId": key, "Status": "Active", "SecretAccessKey": "0" * 40}
    return {"AccessKey": {**made, "CreateDate": MOMENT}}


@answers("iam", Audience.ANYBODY, roots=True)
def delete_access_key(request: Request) -> dict[str, Any]:
    """The root user's access key is gone."""
    return taken_away(request, "access_keys", request.parameters["AccessKeyId"])


@answers("iam", Audience.ANYBODY, roots=True)
def list_signing_certificates(request: Request) -> dict[str, Any]:
    """The root user's signing certificates."""
    listed = [
        {"CertificateId": one, "UserName": "root", "CertificateBody": "-----BEGIN", "Status": "Active"}
        for one in things(request, "certificates")
    ]
    return {"Certificates": listed, "IsTruncated": False}


@answers("iam", Audience.ANYBODY, roots=True)
def upload_signing_certificate(request: Request) -> dict[str, Any]:
    """The root user has a signing certificate."""
    name = f"CERTIFICATE{len(things(request, 'certificates')):013}"
    things(request, "certificates")[name] = True
    body = request.parameters["CertificateBody"]
    made = {"UserName": "root", "CertificateId": name, "CertificateBody": body, "Status": "Active"}
    return {"Certificate": made}


@answers("iam", Audience.ANYBODY, roots=True)
def delete_signing_certificate(request: Request) -> dict[str, Any]:
    """The root user's certificate is gone."""
    return taken_away(request, "certificates", request.parameters["CertificateId"])


@answers("iam", Audience.ANYBODY, roots=True)
def list_mfa_devices(request: Request) -> dict[str, Any]:
    """The root user's second factors."""
    devices = [{"UserName": "root", "SerialNumber": one, "EnableDate": MOMENT} for one in things(request, "mfa")]
    return {"MFADevices": devices, "IsTruncated": False}


@answers("iam", Audience.ANYBODY, roots=True)
def enable_mfa_device(request: Request) -> dict[str, Any]:
    """The root user has a second factor."""
    things(request, "mfa")[request.parameters["SerialNumber"]] = True
    return {}


@answers("iam", Audience.ANYBODY, roots=True)
def deactivate_mfa_device(request: Request) -> dict[str, Any]:
    """The root user's second factor is gone."""
    return taken_away(request, "mfa", request.parameters["SerialNumber"])
