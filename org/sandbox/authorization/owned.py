"""What moto knows about things that a call names only in part: whose a bucket is, which path a role has.

Nothing here loads moto: where it was never used, there is nothing to know.
"""

from __future__ import annotations

import sys
from typing import Any

NAMED = {"role": "roles", "user": "users", "group": "groups", "instance-profile": "instance_profiles"}
"""Where moto's IAM keeps what a resource type of IAM is."""


def backend(service: str, account: str, region: str) -> Any:
    """moto's backend of a service for an account and Region; None where moto was never asked for that service."""
    module = sys.modules.get(f"moto.{service}.models")
    return getattr(module, f"{service}_backends")[account][region] if module else None


def bucket_owner(bucket: str) -> str | None:
    """The account whose bucket it is; None where there is no such bucket."""
    module = sys.modules.get("moto.s3.models")
    found = module.s3_backends.bucket_accounts.get(bucket) if module else None
    return found[1] if found else None


def bucket_policy(bucket: str) -> str | None:
    """The text of a bucket's policy; None where it has none, or where there is no such bucket."""
    owner = bucket_owner(bucket)
    found = backend("s3", owner, "aws").buckets.get(bucket) if owner else None
    return found.policy.decode() if found is not None and found.policy else None


def iam_arn(account: str, kind: str, name: str) -> str | None:
    """The ARN of a role, user, group or instance profile with its path; None where there is none of that name."""
    iam = backend("iam", account, "aws")
    if iam is None or kind not in NAMED:
        return None
    things = getattr(iam, NAMED[kind]).values()
    return next((str(one.arn) for one in things if one.name == name), None)


def secret_arn(account: str, region: str, name: str) -> str | None:
    """The ARN of a secret with the six characters behind its name; None where there is no such secret."""
    secrets = backend("secretsmanager", account, region)
    found = secrets.secrets.get(name) if secrets else None
    return str(found.arn) if found else None
