"""IAM users, their passwords and their access keys: reported, because people come by IAM Identity Center.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from org.baseline import Component
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.finding import Finding


def read(cloud: Cloud, _: Scope) -> Things:
    """For each user whether it has a password, and for each access key its state, age and last use in days."""
    now = datetime.now(UTC)
    return {
        user["UserName"]: {"password": _has_password(cloud, user["UserName"]), "keys": _keys(cloud, user, now)}
        for user in cloud.pages("iam", "list_users", "Users", token="Marker")
    }


def _has_password(cloud: Cloud, user: str) -> bool:
    try:
        cloud.call("iam", "get_login_profile", UserName=user)
    except Missing:
        return False
    return True


def _keys(cloud: Cloud, user: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    keys = []
    listed = cloud.pages("iam", "list_access_keys", "AccessKeyMetadata", token="Marker", UserName=user["UserName"])
    for key in sorted(listed, key=lambda key: str(key["AccessKeyId"])):
        used = cloud.call("iam", "get_access_key_last_used", AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
        last = used.get("LastUsedDate")
        keys.append(
            {
                "id": key["AccessKeyId"],
                "active": key["Status"] == "Active",
                "age": (now - key["CreateDate"]).days,
                "unused": None if last is None else (now - last).days,
            }
        )
    return keys


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Each user that is not declared, and each old or unused key."""
    for name, state in found.items():
        if name in scope.settings["users"]:
            yield from _old_keys(scope, name, state or {})
            continue
        has = [f"{len((state or {})['keys'])} access keys", *(["a password"] if (state or {})["password"] else [])]
        advice = "let people come by IAM Identity Center and programs by roles, or name the user under `users`"
        yield scope.finding("ORG-08", f"IAM user `{name}` with {' and '.join(has)}", advice=advice)


def _old_keys(scope: Scope, name: str, state: Mapping[str, Any]) -> Iterable[Finding]:
    most = scope.settings["days"]
    for key in state["keys"]:
        if key["active"] and key["age"] > most:
            message = f"access key `{key['id']}` of IAM user `{name}` is {key['age']:,} days old"
            yield scope.finding("ORG-08", message, advice=f"make a new one; {most:,} days are allowed")
        elif key["active"] and (key["unused"] is None or key["unused"] > most):
            ago = "never" if key["unused"] is None else f"{key['unused']:,} days ago"
            message = f"access key `{key['id']}` of IAM user `{name}` was last used {ago}"
            yield scope.finding("ORG-08", message, advice="deactivate it")


component = Component(
    name="iam-users",
    title="IAM users and access keys",
    description="IAM users are reported, and for those that are meant to be there access keys that are old or not "
    "used. Nothing is taken away.",
    settings={
        "users": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Users that are meant to be there.",
            "examples": [["mail-gateway"]],
        },
        "days": {
            "type": "integer",
            "minimum": 1,
            "default": 90,
            "description": "How old an access key may become, and how long it may go unused.",
        },
    },
    reads=("iam:ListUsers", "iam:GetLoginProfile", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"),
    read=read,
    findings=findings,
    controls=("ORG-08",),
)
