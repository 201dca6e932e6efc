"""Key policies of customer managed keys: least privilege, and never one that locks the account out.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.baseline import Scope

Document = dict[str, Any]

ADMINISTRATION = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"),
    *("kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"),
    *("kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ReplicateKey", "kms:RevokeGrant", "kms:RotateKeyOnDemand"),
    *("kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"),
    *("kms:UpdateKeyDescription", "kms:UpdatePrimaryRegion"),
)
"""Everything that an administrator does with a key, and nothing that reads what it protects."""
USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""What using a key takes: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""
GRANT = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
UNKNOWN = "ACCOUNT_ID"
"""Stands for the id of an account that does not exist yet."""


def key_policy(scope: Scope, key: Mapping[str, Any], more: Iterable[Document] = ()) -> Document:
    """The policy of a declared key.

    INVARIANT: the account itself may always change the policy, whatever is declared, so that its IAM policies decide
    who can. What it gives to nobody is the use of the key: that takes one of `users`, `services` or `accounts`.
    """
    statements = [
        _allow("AccountAdministers", {"AWS": root(scope, scope.account or UNKNOWN)}, ADMINISTRATION),
        *_administrators(scope, key),
        *_users(scope, key),
        *_services(scope, key),
        *_accounts(scope, key),
        *more,
    ]
    return {"Version": "2012-10-17", "Statement": [canonical(statement) for statement in statements]}


def root(scope: Scope, account: str) -> str:
    """An account as a principal: whoever its own policies allow."""
    return f"arn:{scope.partition}:iam::{account}:root"


def _allow(sid: str, principal: Any, actions: Iterable[str], condition: Mapping[str, Any] | None = None) -> Document:
    statement: Document = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": [*actions], "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})


def _roles(scope: Scope, names: Iterable[str]) -> list[str]:
    """Roles of this account by name, and principals by ARN as they are."""
    start = f"arn:{scope.partition}:iam::{scope.account or UNKNOWN}:role/"
    return [name if name.startswith("arn:") else f"{start}{name}" for name in names]


def _administrators(scope: Scope, key: Mapping[str, Any]) -> Iterable[Document]:
    if key.get("administrators"):
        yield _allow("Administrators", {"AWS": _roles(scope, key["administrators"])}, ADMINISTRATION)


def _users(scope: Scope, key: Mapping[str, Any]) -> Iterable[Document]:
    if key.get("users"):
        users = {"AWS": _roles(scope, key["users"])}
        yield _allow("Users", users, USE)
        yield _allow("GrantsOfUsers", users, GRANT, {"Bool": {"kms:GrantIsForAWSResource": "true"}})


def _services(scope: Scope, key: Mapping[str, Any]) -> Iterable[Document]:
    """Anybody in the account, but only through these services, as AWS's own keys are used.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    if key.get("services"):
        via = [f"{service}.{scope.region}.amazonaws.com" for service in key["services"]]
        inside = {"kms:CallerAccount": scope.account or UNKNOWN, "kms:ViaService": via}
        yield _allow("ThroughServices", {"AWS": "*"}, USE, {"StringEquals": inside})
        granting = {"StringEquals": inside, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        yield _allow("GrantsOfServices", {"AWS": "*"}, GRANT, granting)


def _accounts(scope: Scope, key: Mapping[str, Any]) -> Iterable[Document]:
    """Other accounts of this organization, whose own policies then decide."""
    if key.get("accounts"):
        others = [root(scope, scope.accounts.get(name, UNKNOWN)) for name in key["accounts"]]
        condition = {"StringEquals": {"aws:PrincipalOrgID": scope.organization_id}}
        yield _allow("OtherAccounts", {"AWS": others}, USE, condition)


def canonical(value: Any, key: str = "") -> Any:
    """A part of a policy in one form: KMS gives back lists of one as texts, and account ids as ARNs.

    Lists are sorted; their order means nothing in a policy.
    """
    if isinstance(value, dict):
        return {name: canonical(part, name) for name, part in value.items()}
    if isinstance(value, list):
        if any(isinstance(part, dict) for part in value):
            return [canonical(part) for part in value]
        return sorted(set(map(str, value))) if len(value) > 1 else str(value[0]) if value else []
    if isinstance(value, bool):
        return str(value).lower()
    if key == "AWS" and isinstance(value, str) and value.isdigit():
        return f"arn:aws:iam::{value}:root"
    return value
