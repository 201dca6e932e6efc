"""Account-level S3 Block Public Access (S3 User Guide page access-control-block-public-access)."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.effective import s3_mode
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Request, answers

SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def denied() -> Refusal:
    """S3's refusal, which says no more than this."""
    return Refusal("AccessDenied", "Access Denied", status=403)


def own_account(request: Request) -> str:
    """The account that is asked about, which must be the caller's own."""
    account: str = request.parameters["AccountId"]
    if account != request.caller.account:
        raise denied()
    return account


@answers("s3control")
def get_public_access_block(request: Request) -> dict[str, Any]:
    """The settings in force (API page GetPublicAccessBlock); an S3 policy from above comes first."""
    account = own_account(request)
    mode = s3_mode(request.world.realm, account)
    if mode is not None:
        return {"PublicAccessBlockConfiguration": dict.fromkeys(SWITCHES, mode == "all")}
    settings = request.world.public_access.get(account)
    if settings is None:
        message = "The public access block configuration was not found"
        raise Refusal("NoSuchPublicAccessBlockConfiguration", message, status=404)
    return {"PublicAccessBlockConfiguration": dict(settings)}


@answers("s3control")
def put_public_access_block(request: Request) -> dict[str, Any]:
    """All four switches are as given, and off where not given (API page PutPublicAccessBlock)."""
    account = own_account(request)
    check_unmanaged(request, account)
    given = request.parameters["PublicAccessBlockConfiguration"]
    request.world.public_access[account] = {switch: bool(given.get(switch, False)) for switch in SWITCHES}
    return {}


@answers("s3control")
def delete_public_access_block(request: Request) -> dict[str, Any]:
    """The account has no settings of its own (API page DeletePublicAccessBlock)."""
    account = own_account(request)
    check_unmanaged(request, account)
    request.world.public_access.pop(account, None)
    return {}


def check_unmanaged(request: Request, account: str) -> None:
    """No S3 policy decides for the account (S3 User Guide page configuring-block-public-access-account).

    "If your account is managed by an organization-level Block Public Access policy, you cannot modify these settings."
    """
    if s3_mode(request.world.realm, account) is not None:
        raise denied()
