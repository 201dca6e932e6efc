"""Whom a statement of a resource policy is about, and how directly it speaks to the principal (rules 11-17, 34, 35).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from org.access.requests import account_of, is_service, kind_of, principal_arn

if TYPE_CHECKING:
    from org.access.document import Principals
    from org.model.request import Request


class Directness(IntEnum):
    """How a statement names the principal, the more direct the greater."""

    NOT = 0
    ACCOUNT = 1
    """The account, which decides by its identity policies (rule 16)."""
    ROLE = 2
    """The role, or the user who federated: boundary and session policy still limit (rules 12, 14)."""
    ITSELF = 3
    """The session, the user, or everyone: nothing limits but an explicit Deny (rules 13, 15)."""


def directness(principals: Principals | None, request: Request) -> Directness:
    """How directly a statement speaks to the principal of the request; the most direct of its entries counts."""
    if principals is None:
        return Directness.ITSELF
    if principals.negated:
        return Directness.NOT if _is_excepted(principals, request) else Directness.ITSELF
    return max((_named(kind, value, request) for kind, value in principals.listed), default=Directness.NOT)


def _named(kind: str, value: str, request: Request) -> Directness:
    arn = request.principal.arn
    if kind in ("*", "AWS") and value == "*":
        return Directness.ITSELF
    if kind == "AWS":
        return _named_arn(value, request)
    everyone = value == "*" and kind == "Service" and is_service(arn)
    return Directness.ITSELF if everyone or value == arn else Directness.NOT


def _named_arn(value: str, request: Request) -> Directness:
    """Names are compared as they are: no wildcard has a meaning in them (rule 34)."""
    arn = request.principal.arn
    account = account_of(arn)
    if account is not None and value in _account_names(account, arn):
        return Directness.ACCOUNT
    if kind_of(value)[0] == "role":
        return Directness.ROLE if value == _role(request) else Directness.NOT
    if value == arn:
        return Directness.ITSELF
    return Directness.ROLE if value == request.principal.issuer else Directness.NOT


def _account_names(account: str, arn: str) -> tuple[str, str]:
    partition = arn.split(":")[1] if arn.startswith("arn:") else "aws"
    return account, f"arn:{partition}:iam::{account}:root"


def _role(request: Request) -> str | None:
    """The ARN of the role behind the principal; the context may know its path (rule 36)."""
    if kind_of(request.principal.arn)[0] not in ("role", "assumed-role"):
        return None
    known = request.context.get("aws:principalarn")
    return known if isinstance(known, str) else principal_arn(request.principal)


def _is_excepted(principals: Principals, request: Request) -> bool:
    """True where NotPrincipal lists the principal and all that stands behind it: account, role, session (rule 35)."""
    values = {value for _, value in principals.listed}
    if "*" in values:
        return True
    arn = request.principal.arn
    account = account_of(arn)
    if account is None:
        return arn in values
    behind = {arn, _role(request), request.principal.issuer} - {None, account, f"arn:aws:iam::{account}:root"}
    return not values.isdisjoint(_account_names(account, arn)) and behind <= values
