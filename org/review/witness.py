"""Chains and requests as the JSON that `org decide` takes, so that anybody can check a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.access.requests import derived
from org.model.policy import PolicyType
from org.model.request import Layer
from org.policy.chain import FULL_ACCESS, LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.access.document import Document
    from org.access.policies import Policies
    from org.model.organization import Organization
    from org.model.request import Request

ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ALLOW_ALL_TO_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def scenario(policies: Policies, organization: Organization) -> dict[str, Any]:
    """The scenario of a chain, in which everything but SCPs and RCPs allows all: only they decide."""
    content = {(policy.kind, policy.name): policy.document for policy in organization.policies}

    def levels(layer: Layer, found: tuple[tuple[Document, ...], ...] | None) -> list[Any] | None:
        return None if found is None else [[named(layer, one.name) for one in level] for level in found]

    def named(layer: Layer, name: str) -> dict[str, Any]:
        known = name == FULL_ACCESS and LAYERS[layer] is PolicyType.SERVICE_CONTROL_POLICY
        return {"name": name, "document": ALLOW_ALL if known else dict(content[LAYERS[layer], name])}

    return {
        "identity_policies": [{"name": "everything", "document": ALLOW_ALL}],
        "resource_policy": {"name": "everybody", "document": ALLOW_ALL_TO_ALL},
        "scps": levels(Layer.SCP, policies.scps),
        "rcps": levels(Layer.RCP, policies.rcps),
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
