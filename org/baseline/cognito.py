"""User pools of Cognito ask for a second factor and strong passwords, and guests get no identity: reported.

https://docs.aws.amazon.com/cognito/latest/developerguide/managing-security.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

LENGTH = 12
CLASSES = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
CHECKS = Checks(
    "pool",
    {
        "second_factor": Check("SEC-12", "does not ask for a second factor", "`ON`, or `OPTIONAL` with `optional`"),
        "passwords": Check("SEC-12", "allows weak passwords"),
        "threats": Check(
            "SEC-12", "does nothing about stolen passwords and odd sign-ins", "threat protection `ENFORCED`"
        ),
        "protected": Check("SEC-12", "can be deleted by accident", "switch deletion protection on"),
        "guests": Check("SEC-12", "gives guests an identity", "let only users who signed in have one"),
    },
)


def read(cloud: Cloud, scope: Scope) -> Things:
    """User pools and identity pools, by their ids: names may be used twice."""
    found: dict[str, Any] = {}
    for listed in cloud.pages("cognito-idp", "list_user_pools", "UserPools", MaxResults=60):
        try:
            told = cloud.call("cognito-idp", "describe_user_pool", UserPoolId=listed["Id"])["UserPool"]
        except Missing:
            continue
        found[listed["Id"]] = _pool(scope, told)
    for listed in cloud.pages("cognito-identity", "list_identity_pools", "IdentityPools", MaxResults=60):
        name = listed["IdentityPoolId"]
        try:
            told = cloud.call("cognito-identity", "describe_identity_pool", IdentityPoolId=name)
        except Missing:
            continue
        found[name] = {"guests": not told["AllowUnauthenticatedIdentities"]}
    return found


def _pool(scope: Scope, told: dict[str, Any]) -> dict[str, Any]:
    enough = ("ON", "OPTIONAL") if scope.settings["optional"] else ("ON",)
    passwords = told.get("Policies", {}).get("PasswordPolicy", {})
    long = passwords.get("MinimumLength", 0) >= scope.settings["length"]
    return {
        "second_factor": told.get("MfaConfiguration", "OFF") in enough,
        "passwords": long and all(passwords.get(kind) for kind in CLASSES),
        "threats": told.get("UserPoolAddOns", {}).get("AdvancedSecurityMode") == "ENFORCED",
        "protected": told.get("DeletionProtection") == "ACTIVE",
    }


component = Component(
    name="cognito",
    title="Cognito",
    description="User pools without a second factor, strong passwords, threat protection or deletion protection are "
    "reported, and identity pools that let guests in. Nothing is changed.",
    where=Where.REGION,
    settings={
        **CHECKS.settings,
        "optional": {
            "type": "boolean",
            "default": False,
            "description": "A second factor that users may leave out is enough.",
        },
        "length": {
            "type": "integer",
            "minimum": 6,
            "maximum": 99,
            "default": LENGTH,
            "description": "The fewest characters of a password.",
        },
    },
    reads=(
        "cognito-idp:ListUserPools",
        "cognito-idp:DescribeUserPool",
        "cognito-identity:ListIdentityPools",
        "cognito-identity:DescribeIdentityPool",
    ),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
