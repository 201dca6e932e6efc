"""User pools of Cognito as they are made and described (API pages CreateUserPool, DescribeUserPool, ListUserPools)."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import known, shelf

MADE = "2026-01-01T00:00:00Z"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PASSWORDS = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
"""https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html"""
DEFAULTS = {"MfaConfiguration": "OFF", "DeletionProtection": "INACTIVE"}


@answers("cognito-idp", Audience.ANYBODY)
def create_user_pool(request: Request) -> dict[str, Any]:
    """A pool is there; pools may share a name."""
    given = request.parameters
    name = f"{request.region}_{''.join(request.world.random.choices(LETTERS, k=9))}"
    passwords = {**PASSWORDS, **given.get("Policies", {}).get("PasswordPolicy", {})}
    pool = {
        **DEFAULTS,
        **{key: value for key, value in given.items() if key != "PoolName"},
        "Id": name,
        "Name": given["PoolName"],
        "Arn": f"arn:aws:cognito-idp:{request.region}:{request.caller.account}:userpool/{name}",
        "Policies": {**given.get("Policies", {}), "PasswordPolicy": passwords},
        "CreationDate": MADE,
        "LastModifiedDate": MADE,
    }
    shelf(request, "pools")[name] = pool
    return {"UserPool": pool}


@answers("cognito-idp", Audience.ANYBODY)
def describe_user_pool(request: Request) -> dict[str, Any]:
    """The pool."""
    name = request.parameters["UserPoolId"]
    found = shelf(request, "pools").get(name)
    if found is None:
        raise Refusal("ResourceNotFoundException", f"User pool {name} does not exist.")
    return known("cognito-idp", "DescribeUserPool", {"UserPool": found})


@answers("cognito-idp", Audience.ANYBODY)
def list_user_pools(request: Request) -> dict[str, Any]:
    """The pools, as many on a page as the call asks for."""
    token = request.parameters.get("NextToken", "0")
    if not token.isdecimal():
        raise Refusal("InvalidParameterException", "The token is not valid.")
    start, size = int(token), request.parameters["MaxResults"]
    shown = ("Id", "Name", "LastModifiedDate", "CreationDate")
    pools = [{key: pool[key] for key in shown} for pool in shelf(request, "pools").values()]
    more = {"NextToken": str(start + size)} if start + size < len(pools) else {}
    return {"UserPools": pools[start : start + size], **more}
