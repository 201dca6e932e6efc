"""Requests with every context key that follows from who asks and whose the resource is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.model.request import Principal, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.model.request import Value

ARN = re.compile(r"arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)", re.DOTALL)
ACCOUNT = re.compile(r"\d{12}")
SERVICE = re.compile(r"[A-Za-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|api\.aws)")
SERVICE_LINKED = re.compile(r"role/aws-service-role/")


def request(
    principal: Principal,
    action: str,
    resource: str | None = "*",
    *,
    resource_account: str | None = None,
    context: Mapping[str, Value | None] | None = None,
    unknown: Iterable[str] = (),
    resource_management: bool = False,
) -> Request:
    """The request with derived keys; a key that the context gives wins, and one that it gives as None is absent.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    given = {key.lower(): value for key, value in (context or {}).items()}
    account = resource_account or account_of_resource(resource)
    not_known = frozenset(key.lower() for key in unknown)
    merged = {**derived(principal), **({"aws:resourceaccount": account} if account else {}), **given}
    known = {
        key: value for key, value in merged.items() if value is not None and (key in given or key not in not_known)
    }
    return Request(principal, action, resource, account, known, not_known - set(given), resource_management)


def derived(principal: Principal) -> dict[str, Value | None]:
    """The keys of the principal: its ARN, account, type, tags and organization (rules 36, 38)."""
    keys: dict[str, Value | None] = {
        f"aws:principaltag/{name.lower()}": value for name, value in principal.tags.items()
    }
    if principal.org_id:
        keys["aws:principalorgid"] = principal.org_id
    if principal.org_paths:
        keys["aws:principalorgpaths"] = principal.org_paths
    if is_service(principal.arn):
        return keys | {"aws:principalisawsservice": "true", "aws:principalservicename": principal.arn}
    keys["aws:principalisawsservice"] = "false"
    account = account_of(principal.arn)
    if account is None:
        return keys | {"aws:principaltype": "Anonymous"}
    keys |= {"aws:principalaccount": account, "aws:principalarn": principal_arn(principal)}
    kind, name = kind_of(principal.arn)
    keys["aws:principaltype"] = {
        "root": "Account",
        "user": "User",
        "federated-user": "FederatedUser",
    }.get(kind, "AssumedRole")
    if kind == "user":
        keys["aws:username"] = name.rpartition("/")[2]
    return keys


def principal_arn(principal: Principal) -> str:
    """What `aws:PrincipalArn` holds: for a role session the ARN of its role, with its path where known (rule 36)."""
    kind, name = kind_of(principal.arn)
    if kind == "assumed-role":
        parts = ARN.fullmatch(principal.arn)
        assert parts is not None
        return principal.issuer or f"arn:{parts[1]}:iam::{parts[4]}:role/{name.partition('/')[0]}"
    if ACCOUNT.fullmatch(principal.arn):
        return f"arn:aws:iam::{principal.arn}:root"
    return principal.arn


def kind_of(arn: str) -> tuple[str, str]:
    """`user`, `role`, `assumed-role`, `federated-user` or `root`, and the rest of the ARN; empty texts for others."""
    if ACCOUNT.fullmatch(arn):
        return "root", ""
    parts = ARN.fullmatch(arn)
    if parts is None or parts[2] not in ("iam", "sts"):
        return "", ""
    kind, _, name = parts[5].partition("/")
    return kind, name


def account_of(arn: str) -> str | None:
    """The account of a principal; None for services and anonymous callers."""
    if ACCOUNT.fullmatch(arn):
        return arn
    parts = ARN.fullmatch(arn)
    return parts[4] if parts and ACCOUNT.fullmatch(parts[4]) else None


def account_of_resource(arn: str | None) -> str | None:
    """The account in a resource's ARN; None where it has none, as in those of S3 buckets."""
    parts = ARN.fullmatch(arn) if arn else None
    return parts[4] if parts and ACCOUNT.fullmatch(parts[4]) else None


def is_service(arn: str) -> bool:
    """True for a service principal such as `ec2.amazonaws.com`."""
    return SERVICE.fullmatch(arn) is not None


def is_service_linked(principal: Principal) -> bool:
    """True for a service-linked role, told by its path, never by its name (rule 5)."""
    return principal.service_linked or any(
        SERVICE_LINKED.search(arn) is not None for arn in (principal.arn, principal.issuer) if arn
    )
