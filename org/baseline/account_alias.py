"""The name in an account's sign-in address.

https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, one

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State

KEY = "{key}"


def read(cloud: Cloud) -> State:
    """The alias, or None: an account has one at most."""
    return {"alias": next(iter(cloud.call("iam", "list_account_aliases")["AccountAliases"]), None)}


def wanted(scope: Scope, _: Things) -> Things:
    """The declared alias with the account's key in it."""
    return {HERE: {"alias": scope.settings["alias"].replace(KEY, scope.place.name)}}


def write(cloud: Cloud, change: Change) -> None:
    """The account has the alias; a new one takes the place of the old one."""
    cloud.call("iam", "create_account_alias", AccountAlias=(change.after or {})["alias"])


component = Component(
    name="account-alias",
    title="Account alias",
    description="The account's sign-in address has a name that people recognise. Aliases are unique among all accounts "
    "of AWS: one that is taken fails for its account alone.",
    settings={
        "alias": {
            "type": "string",
            "default": KEY,
            "pattern": r"^([a-z0-9]|\{key\})([a-z0-9-]|\{key\})*$",
            "minLength": 3,
            "maxLength": 63,
            "description": "The alias; `{key}` in it is the account's key.",
            "examples": ["acme-{key}"],
        },
    },
    reads=("iam:ListAccountAliases",),
    read=one(read),
    wanted=wanted,
    writes=("iam:CreateAccountAlias",),
    write=write,
    controls=("ORG-11",),
)
