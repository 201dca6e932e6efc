"""Chains and requests in the JSON that `org decide` takes, so that anybody can check a claim: `scenario` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.access.requests import derived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from org.access.document import Document
    from org.access.policies import Policies
    from org.model.request import Request

ALLOW_ALL: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
ALLOW_ALL_TO_ALL = {"Version": "2012-10-17", "Statement": [{**ALLOW_ALL["Statement"][0], "Principal": "*"}]}


def scenario(policies: Policies, content: Callable[[Document], Mapping[str, Any]]) -> dict[str, Any]:
    """The scenario of a chain, in which everything but SCPs and RCPs allows all: only they decide.

    `content` gives the JSON of a document.
    """

    def levels(found: tuple[tuple[Document, ...], ...] | None) -> list[Any] | None:
        if found is None:
            return None
        return [[{"name": one.name, "document": dict(content(one))} for one in level] for level in found]

    return {
        "identity_policies": [{"name": "everything", "document": ALLOW_ALL}],
        "resource_policy": {"name": "everybody", "document": ALLOW_ALL_TO_ALL},
        "scps": levels(policies.scps),
        "rcps": levels(policies.rcps),
    }


def asked(request: Request) -> dict[str, Any]:
    """The request; a key that would follow from the principal but is not in the request is null, which is absent."""
    who = request.principal
    missing = dict.fromkeys([*derived(who), *(["aws:resourceaccount"] if request.resource_account else [])])
    known = {key: list(value) if isinstance(value, tuple) else value for key, value in request.context.items()}
    context = {key: value for key, value in {**missing, **known}.items() if key not in request.unknown}
    facts: Mapping[str, Any] = {
        "principal": who.arn,
        "principal_tags": dict(who.tags),
        "principal_org": {"id": who.org_id, "paths": list(who.org_paths)} if who.org_id or who.org_paths else None,
        "is_management_account": who.management,
        "is_service_linked_role": who.service_linked,
        "issuer": who.issuer,
        "resource_account": request.resource_account,
        "resource_in_management_account": request.resource_management,
        "unknown": sorted(request.unknown),
    }
    shown = {key: value for key, value in facts.items() if value}
    return {"action": request.action, "resource": request.resource, **shown, "context": dict(sorted(context.items()))}
