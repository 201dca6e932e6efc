"""The password policy of an account's IAM users.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, one
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State

NUMBERS = {
    "MinimumPasswordLength": (14, 6, 128, "The fewest characters of a password."),
    "MaxPasswordAge": (90, 0, 1095, "Days after which a password has to be changed; 0 is never."),
    "PasswordReusePrevention": (24, 0, 24, "How many earlier passwords may not be used again; 0 allows all."),
}
SWITCHES = {
    "RequireLowercaseCharacters": (True, "Ask for a lower-case letter."),
    "RequireUppercaseCharacters": (True, "Ask for an upper-case letter."),
    "RequireNumbers": (True, "Ask for a digit."),
    "RequireSymbols": (True, "Ask for a symbol."),
    "AllowUsersToChangePassword": (True, "Let users change their own password."),
    "HardExpiry": (False, "Lock a user out whose password has expired, until an administrator sets a new one."),
}
ZERO_IS_LEFT_OUT = ("MaxPasswordAge", "PasswordReusePrevention")


def read(cloud: Cloud) -> State | None:
    """Every setting of the policy, None where the account has none; AWS leaves out what is off."""
    try:
        found = cloud.call("iam", "get_account_password_policy")["PasswordPolicy"]
    except Missing:
        return None
    return {name: found.get(name) or 0 for name in NUMBERS} | {name: bool(found.get(name)) for name in SWITCHES}


def write(cloud: Cloud, change: Change) -> None:
    """Set all of them at once: AWS resets every setting that a call leaves out.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
    """
    settings = {name: value for name, value in (change.after or {}).items() if value or name not in ZERO_IS_LEFT_OUT}
    cloud.call("iam", "update_account_password_policy", **settings)


def schema() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each setting."""
    numbers = {
        name: {"type": "integer", "default": default, "minimum": least, "maximum": most, "description": description}
        for name, (default, least, most, description) in NUMBERS.items()
    }
    switches = {
        name: {"type": "boolean", "default": default, "description": description}
        for name, (default, description) in SWITCHES.items()
    }
    return {**numbers, **switches}


component = Component(
    name="iam-password-policy",
    title="IAM password policy",
    description="What passwords of IAM users must be like, in accounts that still have such users.",
    settings=schema(),
    reads=("iam:GetAccountPasswordPolicy",),
    read=one(read),
    writes=("iam:UpdateAccountPasswordPolicy",),
    write=write,
    controls=("SEC-15",),
)
