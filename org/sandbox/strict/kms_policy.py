"""Key policies: what KMS refuses to store (Developer Guide page key-policy-default, API page PutKeyPolicy)."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import Refusal

if TYPE_CHECKING:
    from org.sandbox.strict.registry import Request
    from org.sandbox.strict.state import World

LONGEST = 32_768
KEY = re.compile(r"arn:aws[\w-]*:kms:([\w-]+):(\d{12}):key/(.+)")
ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/(?:.*/)?([^/]+)")


def default_policy(account: str) -> str:
    """The policy of a key that was made without one through the API: the account's own IAM policies decide."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def key_policy(world: World, resource: str | None) -> tuple[tuple[str, str], ...]:
    """The policy of the key of that ARN, or behind that alias, with a name; nothing for what is no key.

    A key that does not exist has the default policy, so that whoever asks is told that it does not exist.
    """
    match = KEY.fullmatch(resource or "")
    if not match:
        return ()
    region, account, name = map(str, match.groups())
    identity = str(world.stored.get(("kms", "aliases", account, region), {}).get(name, name))
    key = world.stored.get(("kms", "keys", account, region), {}).get(identity)
    return (("key policy", key.policy if key else default_policy(account)),)


def has_closed_keys(world: World, account: str) -> bool:
    """True where the account has a key that does not leave everything to its IAM policies."""
    with world.lock:
        return any(
            key.policy != default_policy(account)
            for (service, name, owner, _), kept in world.stored.items()
            if (service, name, owner) == ("kms", "keys", account)
            for key in kept.values()
        )


def malformed(message: str) -> Refusal:
    """The refusal of a key policy."""
    return Refusal("MalformedPolicyDocumentException", message)


def check_policy(request: Request) -> None:
    """The policy in the parameters can be stored: it is one, its roles exist, and the caller can change it again."""
    text = request.parameters.get("Policy")
    if text is None:
        return
    if len(text) > LONGEST:
        raise Refusal("LimitExceededException", "The key policy is longer than 32 KB.")
    for statement in statements(text):
        for principal in principals(statement):
            role = ROLE.fullmatch(principal)
            realm = request.world.realm
            if role and realm and role[1] in realm.accounts and not request.roles.has(role[1], role[2]):
                raise malformed("Policy contains a statement with one or more invalid principals.")
    if not request.parameters.get("BypassPolicyLockoutSafetyCheck") and not can_change(request, text):
        message = "The new key policy will not allow you to update the key policy in the future."
        raise malformed(message)


def statements(text: str) -> list[dict[str, Any]]:
    """The statements of a policy; refused where it is none."""
    try:
        document = json.loads(text)
        found = document["Statement"]
        listed: list[dict[str, Any]] = found if isinstance(found, list) else [found]
        for statement in listed:
            if statement["Effect"] not in {"Allow", "Deny"} or not {"Principal", "NotPrincipal"} & statement.keys():
                raise malformed("Policy contains a statement without a valid Effect or Principal.")
            if not {"Action", "NotAction"} & statement.keys() or "Resource" not in statement:
                raise malformed("Policy contains a statement without an Action or a Resource.")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise malformed(f"The policy is not valid: {error}") from error
    return listed


def principals(statement: dict[str, Any]) -> Iterator[str]:
    """The AWS principals that a statement names."""
    named = statement.get("Principal", {})
    found = named.get("AWS", []) if isinstance(named, dict) else named
    yield from found if isinstance(found, list) else [found]


def can_change(request: Request, text: str) -> bool:
    """True where the caller, or the account whose IAM policies then decide, may call PutKeyPolicy under this policy.

    A statement with a condition counts for nothing here, since nobody knows the context of a later call.
    """
    account = request.caller.account
    mine = {"*", account, f"arn:aws:iam::{account}:root", request.caller.arn, request.caller.role}
    for statement in statements(text):
        actions = statement.get("Action", [])
        named = [actions] if isinstance(actions, str) else actions
        allows = any(fnmatch.fnmatchcase("kms:putkeypolicy", pattern.lower()) for pattern in named)
        if (
            statement["Effect"] == "Allow"
            and allows
            and "Condition" not in statement
            and mine & {*principals(statement)}
        ):
            return True
    return False
