"""Whom a resource's policy opens it to outside the organization, decided as AWS decides a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from org.access.document import document
from org.access.evaluate import compiled
from org.access.policies import Policies
from org.access.requests import account_of, request
from org.model.request import Answer, Layer, Principal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.access.document import Document
    from org.access.evaluate import Engine
    from org.baseline import Scope

EVERYTHING = document(
    Layer.IDENTITY,
    "all that they may",
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
)
"""What outsiders allow themselves is not ours to know, so it is taken for everything."""
NOBODY = "000000000000"
ELSEWHERE = "o-elsewhere0"
KNOWN = {"aws:SecureTransport": "true"}
"""What every caller can bring about, so that a policy which asks for it keeps nobody out."""


def strangers(scope: Scope, resource: str, text: str, actions: Sequence[str]) -> Iterator[str]:
    """What a policy gives to outsiders, in words: `lets anybody do X`, `may let anybody do X: depends on KEY`.

    Nobody knows from where an outsider would call, so a condition on that makes the answer `may`.
    """
    try:
        policy = document(Layer.RESOURCE, "its policy", json.loads(text))
    except ValueError:
        yield "cannot be read: it is not JSON"
        return
    engine = compiled(Policies(identity=(EVERYTHING,), resource=policy))
    anybody = list(_given(engine, NOBODY, resource, actions))
    yield from (f"{verb} anybody {what}" for verb, what in anybody)
    for principal in _named(scope, policy):
        given = list(_given(engine, principal, resource, actions))
        if given != anybody:
            yield from (f"{verb} `{principal}`, which is not of the organization, {what}" for verb, what in given)


def _named(scope: Scope, policy: Document) -> list[str]:
    """The principals of foreign accounts that the policy names."""
    ours = {scope.account, scope.management, *scope.accounts.values()}
    named = {
        value
        for statement in policy.statements
        if statement.allows and statement.principals and not statement.principals.negated
        for kind, value in statement.principals.listed
        if kind == "AWS" and account_of(value) and account_of(value) not in ours
    }
    return sorted(named)


def _given(engine: Engine, arn: str, resource: str, actions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What one outsider may do surely, and what perhaps."""
    principal = Principal(f"arn:aws:iam::{arn}:root" if arn.isdecimal() else arn, org_id=ELSEWHERE)
    decided = {
        action: engine.decide(request(principal, action, resource, context=KNOWN, unknown=("*",))) for action in actions
    }
    sure = [action for action, decision in decided.items() if decision.answer is Answer.ALLOWED]
    if sure:
        yield "lets", f"do {_some(sure)}"
    perhaps = [action for action, decision in decided.items() if decision.answer is Answer.UNKNOWN]
    if perhaps:
        doubt = decided[perhaps[0]]
        why = ", ".join(f"`{key}`" for key in doubt.depends_on) or "; ".join(doubt.because)
        yield "may let", f"do {_some(perhaps)}, depending on {why}"


def _some(actions: Sequence[str]) -> str:
    first = f"`{actions[0]}`"
    return first if len(actions) == 1 else f"{first} and {len(actions) - 1} more"
