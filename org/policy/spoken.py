"""Every statement that speaks to a request, with the guardrail that it comes from and the line that asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access.actions import rcp_services
from org.access.document import document
from org.access.exemptions import is_iam_principal, rcps_apply, scps_apply
from org.access.requests import is_service_linked
from org.access.spec import applies, has_identity_policies
from org.model.request import Layer
from org.policy.chain import LAYERS
from org.policy.render import policy_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.access.document import Document, Statement
    from org.access.policies import Policies
    from org.access.truth import Truth
    from org.model.finding import Span
    from org.model.organization import Organization
    from org.model.policy import Policy
    from org.model.request import Request

    Nodes = Mapping[Layer, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A policy that accounts.yaml asks for, with the Sid of the statement that is meant, and where it is asked for."""

    name: str
    sid: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement that is about a request, or may be: `sure` tells which.

    `guardrails` is the policy itself, or those of a packed one that the statement comes from; empty for what is not
    ours, as FullAWSAccess. `level` counts from the root, and is None outside SCPs and RCPs.
    """

    layer: Layer
    level: int | None
    policy: str
    statement: Statement
    sure: bool
    guardrails: tuple[Guardrail, ...] = ()


def spoken(
    policies: Policies, request: Request, organization: Organization, apart: Iterable[Policy], nodes: Nodes
) -> tuple[Spoken, ...]:
    """What is said to a request: SCPs and RCPs level by level from the root, then the other layers.

    `apart` are the organization's policies before they were packed, `nodes` the node references of the levels.
    """
    origins = _Origins(
        known={(one.kind, one.name): one for one in organization.policies},
        apart={(one.kind, one.name): one for one in apart},
        spans={(policy_name(use), use.target): use.span for use in organization.policy_uses},
        request=request,
    )
    return tuple(
        Spoken(one.layer, level, one.name, statement, truth is True, origins.of(one, statement, node))
        for one, level in asked(policies, request)
        for node in ["" if level is None else nodes[one.layer][level]]
        for statement in one.statements
        for truth in [applies(statement, request)]
        if truth is not False
    )


def exemption(policies: Policies, request: Request, layer: Layer) -> str:
    """Why SCPs or RCPs have no say in a request, in words; empty where they have one (rules 4-9)."""
    principal, action = request.principal, request.action
    of_scps = layer is Layer.SCP
    if of_scps and not is_iam_principal(principal):
        return f"{principal.arn} is no principal of an account"
    if (policies.scps if of_scps else policies.rcps) is None:
        return "the principal is in no declared account" if of_scps else "the resource is in no declared account"
    if scps_apply(request) if of_scps else rcps_apply(request):
        return ""
    if is_service_linked(principal):
        return "the principal is a service-linked role"
    if of_scps:
        return "it is the management account's" if principal.management else f"they never restrict {action}"
    if action.lower().partition(":")[0] not in rcp_services():
        return f"they do not cover {action.partition(':')[0]}"
    return "the resource is the management account's, or one that RCPs never restrict"


def asked(policies: Policies, request: Request) -> Iterator[tuple[Document, int | None]]:
    """The documents that have a say in a request, SCPs and RCPs with their level."""
    for levels, apply in ((policies.scps, scps_apply), (policies.rcps, rcps_apply)):
        for level, documents in enumerate(levels or () if apply(request) else ()):
            yield from ((one, level) for one in documents)
    if policies.guardrails_only:
        return
    limited = has_identity_policies(request)
    own: Sequence[Document | None] = (*policies.identity, policies.boundary, *policies.session) if limited else ()
    yield from ((one, None) for one in (*own, policies.resource) if one is not None)


@dataclass(frozen=True, slots=True)
class _Origins:
    """Where the statements of the organization's policies come from."""

    known: Mapping[tuple[object, str], Policy]
    apart: Mapping[tuple[object, str], Policy]
    spans: Mapping[tuple[str, str], Span | None]
    request: Request

    def of(self, one: Document, statement: Statement, node: str) -> tuple[Guardrail, ...]:
        """The guardrails that a statement of a document on a node comes from."""
        kind = LAYERS.get(one.layer)
        policy = self.known.get((kind, one.name))
        if policy is None:
            return ()
        if not policy.contains:
            return (Guardrail(policy.name, statement.sid, self.span(policy, node)),)
        parts = [self.apart.get((kind, name)) for name in dict.fromkeys(name for name, _ in policy.contains)]
        return tuple(guardrail for part in parts if part for guardrail in self.inside(one.layer, part, statement, node))

    def inside(self, layer: Layer, part: Policy, statement: Statement, node: str) -> Iterator[Guardrail]:
        """The statements of one packed policy that say the same to the request."""
        for own in document(layer, part.name, part.document).statements:
            truth: Truth = applies(own, self.request) if own.denies == statement.denies else False
            if truth is not False:
                yield Guardrail(part.name, own.sid, self.span(part, node))

    def span(self, policy: Policy, node: str) -> Span | None:
        """Where the policy is asked for on that node; of one that a bundle brings, where it is asked for first."""
        return self.spans.get((policy.name, node)) or policy.span
