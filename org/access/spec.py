"""What policies say to a request: the definition, written to be read beside the AWS manual, not to be fast.

The order is that of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html; rule
numbers are those of docs/decide.md. `org.access.evaluate` gives the same answers faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access.exemptions import is_iam_principal, rcps_apply, scps_apply
from org.access.match import action_matches, holds, listed, resource_matches
from org.access.principals import Directness, directness
from org.access.requests import account_of, kind_of
from org.access.truth import Truth, Unknown, all_of, any_of
from org.model.request import Answer, Decision, Layer, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.access.document import Document, Statement
    from org.access.policies import Policies
    from org.model.request import Request

NEEDS_NO_PERMISSION = frozenset(("sts:getcalleridentity",))
"""Rule 21: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
ROLE_TRUST = frozenset(
    f"sts:{name}"
    for name in ("assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity")
)


def decide(policies: Policies, request: Request) -> Decision:
    """The decision: an explicit Deny first (rule 1), then every Allow that is needed, else an implicit Deny."""
    if request.action.lower() in NEEDS_NO_PERMISSION:
        return Decision(Answer.ALLOWED)
    denies = [(reason, truth) for reason, truth in _denies(policies, request) if truth is not False]
    sure = tuple(reason for reason, truth in denies if truth is True)
    if sure:
        return Decision(Answer.EXPLICITLY_DENIED, sure)
    allowed = _allowed(policies, request)
    if allowed.truth is False:
        return Decision(Answer.IMPLICITLY_DENIED, allowed.reasons)
    doubt = any_of([truth for _, truth in denies])
    if doubt is False and allowed.truth is True:
        return Decision(Answer.ALLOWED, allowed.reasons)
    reasons = tuple(reason for reason, _ in denies)
    return _unknown([doubt, allowed.truth], reasons + (allowed.reasons if allowed.truth is not True else ()))


def combined(decisions: Sequence[Decision]) -> Decision:
    """The decision about an action on several resources, from one for each: all must be allowed (rule 55)."""
    for answer in (Answer.EXPLICITLY_DENIED, Answer.IMPLICITLY_DENIED, Answer.UNKNOWN, Answer.ALLOWED):
        same = [decision for decision in decisions if decision.answer is answer]
        if same:
            return Decision(
                answer,
                tuple(dict.fromkeys(reason for decision in same for reason in decision.decided_by)),
                tuple(sorted({key for decision in same for key in decision.depends_on})),
                tuple(sorted({why for decision in same for why in decision.because})),
            )
    raise ValueError("no decisions to combine")


def _unknown(truths: Iterable[Truth], reasons: tuple[Reason, ...]) -> Decision:
    doubts = [truth for truth in truths if isinstance(truth, Unknown)]
    keys = {key for doubt in doubts for key in doubt.keys}
    because = {why for doubt in doubts for why in doubt.because}
    return Decision(Answer.UNKNOWN, reasons, tuple(sorted(keys)), tuple(sorted(because)))


def applies(statement: Statement, request: Request) -> Truth:
    """Whether the statement is about the request and its condition holds; a broken one is about it or nobody knows."""
    return all_of(_parts(statement, request))


def _parts(statement: Statement, request: Request) -> Iterator[Truth]:
    if statement.actions:
        yield listed(
            statement.actions,
            lambda pattern: action_matches(pattern, request.action),
            negated=statement.not_actions,
        )
    if statement.resources:
        yield listed(
            statement.resources,
            lambda pattern: resource_matches(pattern, request, variables=statement.variables),
            negated=statement.not_resources,
        )
    yield directness(statement.principals, request) is not Directness.NOT
    for test in statement.tests:
        yield holds(test, request, variables=statement.variables)
    if statement.broken:
        yield Unknown(because=frozenset((statement.broken,)))


def _speaking(policies: Policies, request: Request) -> Iterator[tuple[Document, int | None]]:
    """The documents that may deny the request, SCPs and RCPs with their level."""
    if policies.scps is not None and scps_apply(request):
        yield from ((document, level) for level, documents in enumerate(policies.scps) for document in documents)
    if policies.rcps is not None and rcps_apply(request):
        yield from ((document, level) for level, documents in enumerate(policies.rcps) for document in documents)
    if policies.guardrails_only:
        return
    if has_identity_policies(request):
        yield from ((document, None) for document in policies.identity)
    if policies.resource is not None:
        yield policies.resource, None
    if has_identity_policies(request):
        limits = (*((policies.boundary,) if policies.boundary else ()), *policies.session)
        yield from ((document, None) for document in limits)


def has_identity_policies(request: Request) -> bool:
    """True for users, roles and their sessions; the root user has none and needs none (rule 20)."""
    return is_iam_principal(request.principal) and not is_root(request)


def is_root(request: Request) -> bool:
    """True for the root user of an account."""
    return kind_of(request.principal.arn)[0] == "root"


def _denies(policies: Policies, request: Request) -> Iterator[tuple[Reason, Truth]]:
    for document, level in _speaking(policies, request):
        for statement in document.statements:
            if statement.denies:
                yield reason_of(document, statement, level), applies(statement, request)


def reason_of(document: Document, statement: Statement, level: int | None) -> Reason:
    """The statement as an answer names it."""
    return Reason(document.layer, document.name, statement.number, statement.sid, level)


@dataclass(frozen=True, slots=True)
class Vote:
    """Whether what is needed is allowed, and by which statements; where it is not, which layers lack an Allow."""

    truth: Truth
    reasons: tuple[Reason, ...] = ()


def _allowed(policies: Policies, request: Request) -> Vote:
    votes = []
    if policies.scps is not None and scps_apply(request):
        votes += [_vote(request, Layer.SCP, level, number) for number, level in enumerate(policies.scps)]
    if not policies.guardrails_only:
        votes.append(_granted(policies, request))
    return _both(*votes)


def _vote(
    request: Request,
    layer: Layer,
    documents: Iterable[Document],
    level: int | None = None,
    least: Directness = Directness.ACCOUNT,
) -> Vote:
    """What the documents of one layer or level say together: one Allow that speaks directly enough will do (rule 2)."""
    doubts: list[Unknown] = []
    reasons: list[Reason] = []
    for document in documents:
        for statement in document.statements:
            if not statement.allows or directness(statement.principals, request) < least:
                continue
            truth = applies(statement, request)
            reason = reason_of(document, statement, level)
            if truth is True and not statement.denies:
                return Vote(True, (reason,))
            if isinstance(truth, Unknown):
                doubts.append(truth)
                reasons.append(reason)
    return Vote(any_of(doubts), tuple(reasons)) if doubts else Vote(False, (Reason(layer, level=level),))


def _both(*votes: Vote) -> Vote:
    """All are needed."""
    truth = all_of(vote.truth for vote in votes)
    if isinstance(truth, Unknown):
        return Vote(truth, tuple(r for vote in votes if isinstance(vote.truth, Unknown) for r in vote.reasons))
    return Vote(truth, tuple(r for vote in votes if vote.truth is truth for r in vote.reasons))


def _either(*votes: Vote) -> Vote:
    """One is enough, and the first that allows is named."""
    truth = any_of(vote.truth for vote in votes)
    if truth is True:
        return next(vote for vote in votes if vote.truth is True)
    if isinstance(truth, Unknown):
        return Vote(truth, tuple(r for vote in votes if isinstance(vote.truth, Unknown) for r in vote.reasons))
    return Vote(False, tuple(dict.fromkeys(r for vote in votes for r in vote.reasons)))


def _granted(policies: Policies, request: Request) -> Vote:
    """Whether identity and resource policies grant the request, each side as its account needs it."""
    resource = (policies.resource,) if policies.resource is not None else ()

    def named(least: Directness) -> Vote:
        return _vote(request, Layer.RESOURCE, resource, least=least)

    if not is_iam_principal(request.principal):
        return named(Directness.ITSELF)
    identity = Vote(True) if is_root(request) else _limited(policies, request, _identity(policies, request))
    other = request.resource_account not in (None, account_of(request.principal.arn))
    if other or decides_by_itself(request):
        both = _both(identity, named(Directness.ACCOUNT))
        if other or is_root(request):
            return both
        return _either(both, _limited(policies, request, named(Directness.ROLE)), named(Directness.ITSELF))
    if is_root(request):
        return identity
    return _either(identity, _limited(policies, request, named(Directness.ROLE)), named(Directness.ITSELF))


def _identity(policies: Policies, request: Request) -> Vote:
    return _vote(request, Layer.IDENTITY, policies.identity)


def _limited(policies: Policies, request: Request, vote: Vote) -> Vote:
    """The vote, as far as boundary and session policies allow the request too (rules 18, 19).

    A session of GetFederationToken without a session policy may do nothing by identity.
    """
    votes = [vote]
    if policies.boundary is not None:
        votes.append(_vote(request, Layer.BOUNDARY, (policies.boundary,)))
    if policies.session or kind_of(request.principal.arn)[0] == "federated-user":
        votes.append(_vote(request, Layer.SESSION, policies.session))
    return _both(*votes)


def decides_by_itself(request: Request) -> bool:
    """True for KMS keys and role trust, whose own policy must allow even inside the account (rule 11)."""
    action, resource = request.action.lower(), request.resource or ""
    if action in ROLE_TRUST:
        return ":role/" in resource
    return action.startswith("kms:") and ":key/" in resource
