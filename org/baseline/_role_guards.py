"""What keeps the pipeline from locking itself out: its new roles are asked before they are written.

The answers are kept for the whole run: the pipeline's roles are the same in most accounts.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from org.access.document import document
from org.access.policies import Policies
from org.access.requests import request
from org.access.spec import decide
from org.model.request import Answer, Layer, Principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.baseline import Scope
    from org.baseline._role_templates import Declared

ANY_ACCOUNT = "000000000000"
"""Stands for the account where no text names it, so that the answer holds for all."""
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def locked_out(scope: Scope, role: Declared, keeping: Iterable[str]) -> Iterator[str]:
    """Why nobody could go on with this role of the pipeline, in words; nothing where somebody can."""
    management = scope.management or scope.account
    who = f"arn:{scope.partition}:iam::{management}:role/{role.name}"
    trust, texts = _text(role.rendered.trust), tuple(map(_text, role.rendered.permissions))
    account = scope.account if any(scope.account in text for text in (trust, *texts)) else ANY_ACCOUNT
    here = f"arn:{scope.partition}:iam::{account}:role/{role.name}"
    if scope.account != management and not _lets_in(trust, who, here, scope.organization_id):
        yield f"its trust would not let `{who}` in"
    if role.kind == "apply" and (lost := _lost(texts, here, tuple(sorted(keeping)))):
        yield f"it could not keep itself any more: {', '.join(lost)}"


def federated(role: Declared) -> set[str]:
    """The identity providers that the role's trust names."""
    found: set[str] = set()
    statements = role.rendered.trust.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        named = principal.get("Federated", ()) if isinstance(principal, dict) else ()
        found.update([named] if isinstance(named, str) else named)
    return {one for one in found if one.startswith("arn:")}


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True)


@lru_cache(maxsize=1_024)
def _lets_in(trust: str, who: str, role: str, organization: str) -> bool:
    policies = Policies(
        identity=(document(Layer.IDENTITY, "caller", ANYTHING),),
        resource=document(Layer.RESOURCE, "trust", json.loads(trust)),
    )
    asked = request(Principal(who, org_id=organization or None), "sts:AssumeRole", role)
    return decide(policies, asked).answer is Answer.ALLOWED


@lru_cache(maxsize=1_024)
def _lost(permissions: tuple[str, ...], role: str, keeping: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the actions that the permissions would not allow on the role and its policies."""
    policies = Policies(identity=tuple(document(Layer.IDENTITY, "", json.loads(text)) for text in permissions))
    policy = role.replace(":role/", ":policy/org-baseline/") + "-1"
    found = []
    for action in keeping:
        about = policy if "Policy" in action and "Role" not in action else role
        asked = request(Principal(role), action, "*" if action.startswith("iam:ListOpen") else about)
        if decide(policies, asked).answer is not Answer.ALLOWED:
            found.append(action)
    return tuple(found)
