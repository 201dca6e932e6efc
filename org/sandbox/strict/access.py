"""Who may call AWS Organizations: the management account, delegated administrators, members."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import NotCovered, Refusal, access_denied
from org.sandbox.strict.registry import Audience

if TYPE_CHECKING:
    from org.sandbox.strict.registry import Operation, Request
    from org.sandbox.strict.state import Realm


def check_audience(request: Request, operation: Operation) -> None:
    """The caller may make this call (the sentence `You can call this operation only from` of each API page)."""
    realm, caller = request.world.realm, request.caller.account
    if operation.audience is Audience.ANYBODY:
        return
    if realm is None or caller not in realm.accounts:
        message = "Your account is not a member of an organization."
        raise Refusal("AWSOrganizationsNotInUseException", message)
    if caller == realm.management or operation.audience is Audience.MEMBERS:
        return
    if operation.audience is Audience.DELEGATES and caller in realm.delegates:
        return
    if not delegated(realm, caller, request.operation):
        raise access_denied()


def delegated(realm: Realm, caller: str, operation: str) -> bool:
    """True where the delegation policy lets the member make the call (User Guide page orgs_delegate_policies).

    Only principals and actions are read; a statement with a Condition or with named resources that would decide is more
    than the sandbox can imitate.
    """
    if realm.resource_policy is None:
        return False
    statements = json.loads(realm.resource_policy)["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    matching = [statement for statement in statements if concerns(statement, caller, operation)]
    if any(statement.get("Condition") or statement.get("Resource", "*") != "*" for statement in matching):
        raise NotCovered(f"a delegation policy with conditions or resources, which {operation} depends on")
    return bool(matching) and all(statement.get("Effect") == "Allow" for statement in matching)


def concerns(statement: dict[str, Any], caller: str, operation: str) -> bool:
    """True where the statement speaks of this caller and this operation."""
    principal = statement["Principal"]
    principals = texts(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
    named = any(name in {"*", caller} or name.startswith(f"arn:aws:iam::{caller}:") for name in principals)
    action = f"organizations:{operation}".lower()
    return named and any(fnmatchcase(action, pattern.lower()) for pattern in texts(statement.get("Action", [])))


def texts(value: Any) -> list[str]:
    """The value as a list."""
    return value if isinstance(value, list) else [value]
