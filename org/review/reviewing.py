"""A review from beginning to end: both sides read, put side by side, compared, and everything dangerous named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.model.review import Cause, Danger, Name, Review, SideOf, Trip
from org.reconcile.align import align
from org.review.accounts import matched
from org.review.behind import Behind
from org.review.chains import changed_chains
from org.review.claims import Claims
from org.review.declared import effective_changes
from org.review.documents import policy_changes
from org.review.facts import account_changes, differing, organization_facts, switched_off
from org.review.guards import as_found, tripped
from org.review.lockout import lockouts
from org.review.quotas import document_uses, is_near, slot_uses
from org.review.replayed import denied, replayed
from org.review.scope import Scopes
from org.review.sides import Side, accounts_path, committed, working_tree
from org.review.staying import called, names, staying
from org.review.weakened import weakened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from org.model.finding import Finding
    from org.model.organization import Organization
    from org.model.review import DocumentUse, SlotUse
    from org.replay.corpus import Corpus
    from org.review.chains import Chains
    from org.review.repository import Repository


@dataclass(frozen=True, slots=True)
class Asked:
    """What to review: names of commits; without a head the working tree; with `exact`, base itself is compared."""

    base: str
    head: str | None = None
    exact: bool = False


def sides(repository: Repository, asked: Asked, file: Path) -> tuple[Side, Side]:
    """Base and head, read. Raises `GitFailed` where a commit cannot be found."""
    base = repository.commit(asked.base)
    head = repository.commit(asked.head or "HEAD")
    path = accounts_path(repository, file)
    start = base if asked.exact else repository.merge_base(base, head)
    name = asked.base if start == base else f"the merge base with {asked.base}"
    old = committed(repository, start, path, name)
    new = committed(repository, head, path, asked.head) if asked.head else working_tree(repository, path)
    return old, new


def review(base: Side, head: Side, corpus: Corpus | None = None) -> Review:
    """Everything that changes between two sides; nothing is claimed where one of them cannot be read.

    With a corpus, also what changes for the calls in it.
    """
    shown = _shown(base, ()), _shown(head, base.findings)
    if head.organization is None or (base.organization is None and not base.missing):
        return Review(*shown, file=head.file, compared=False)
    return replace(_Reviewing(base, head.organization, head).review(*shown, corpus), file=head.file)


def _shown(side: Side, known: Sequence[Finding]) -> SideOf:
    """A side as a report names it, with its errors, and the warnings that the other side does not have."""
    before = {finding.fingerprint for finding in known}
    findings = tuple(
        finding
        for finding in side.findings
        if finding.severity is Severity.ERROR
        or (finding.severity is Severity.WARNING and finding.fingerprint not in before)
    )
    return SideOf(side.name, side.commit, findings, side.organization is not None, side.missing)


class _Reviewing:
    """One review of two organizations."""

    def __init__(self, base: Side, organization: Organization, head: Side) -> None:
        self.declared = organization
        before = base.organization or type(organization)(home_region=organization.home_region)
        first = tuple(matched(before.accounts, organization.accounts))
        self.found = as_found(before, first)
        known = names(first)
        self.base = called(align(organization, self.found).found, known)
        self.head = staying(organization, self.base)
        homes = {account.key: account.ou for account in self.base.accounts}
        self.pairs = tuple(
            (replace(old, ou=homes.get(new.key, old.ou)) if old is not None and new is not None else old, new)
            for old, new in first
        )
        declared = {account.key for account in organization.accounts}
        self.left = tuple((account, account) for account in self.head.accounts if account.key not in declared)
        apart = called(align(organization, as_found(replace(before, policies=base.apart), first)).found, known)
        self.apart = apart.policies, staying(replace(organization, policies=head.apart), apart).policies
        self.before = base.organization

    def review(self, base: SideOf, head: SideOf, corpus: Corpus | None) -> Review:
        """The finished review."""
        pairs = (*self.pairs, *self.left)
        chains = tuple(changed_chains(self.base, self.head, pairs))
        scopes = Scopes.of(self.head.accounts)
        claims = Claims(self.base, self.head, Behind.of(self.base, self.head, self.apart), scopes)
        found = claims.compared(chains)
        locked = tuple(lockouts(claims, self.without_left(chains), self.declared))
        replay = replayed(corpus, claims) if corpus is not None else None
        documents, slots = tuple(document_uses(self.base, self.head)), tuple(slot_uses(self.base, self.head))
        dangers = (
            *locked,
            *weakened(found, self.base),
            *switched_off(self.pairs, scopes),
            *self.guards(),
            *near(documents, slots),
            *(denied(replay, scopes) if replay is not None else ()),
        )
        order = list(Trip)
        affected = {key for claim in found if claim.cause is not Cause.NEW for key in claim.scope.accounts}
        return Review(
            base,
            head,
            policies=tuple(policy_changes(*self.apart)),
            claims=found,
            dangers=tuple(sorted(dangers, key=lambda danger: order.index(danger.trip))),
            accounts=tuple(account_changes(self.pairs)) if self.before else (),
            effective=tuple(effective_changes(self.base, self.head, pairs, scopes)),
            documents=documents,
            slots=slots,
            others=tuple(differing(organization_facts(self.before), organization_facts(self.declared)))
            if self.before
            else (),
            replay=replay,
            scenarios=claims.scenarios,
            chains=len(chains),
            affected=len(affected),
            total=len(scopes.homes),
        )

    def without_left(self, chains: Sequence[Chains]) -> Iterator[Chains]:
        """The chains of accounts that head declares: the pipeline has nothing to do in others."""
        left = {account.key for account, _ in self.left}
        for one in chains:
            accounts = tuple(account for account in one.accounts if account.key not in left)
            if accounts:
                yield replace(one, accounts=accounts)

    def guards(self) -> Iterator[Danger]:
        """The guards that trip, and roles of the pipeline that get another name; a first commit has no before."""
        if self.before is None:
            return
        yield from tripped(self.found, self.declared)
        for role in ("plan_role", "apply_role", "break_glass_role"):
            old, new = getattr(self.before.pipeline, role), getattr(self.declared.pipeline, role)
            if old != new:
                what = ("the pipeline takes the role ", Name(new), " in place of ", Name(old))
                yield Danger(Trip.LOCKOUT, (*what, ", which must be in every account first"))


def near(documents: Sequence[DocumentUse], slots: Sequence[SlotUse]) -> Iterator[Danger]:
    """What comes near to a quota."""
    for use in documents:
        if is_near(use):
            taken = f" takes {use.after:,} of {use.quota:,} characters"
            yield Danger(Trip.QUOTA, (f"the {use.kind} ", Name(use.name), taken))
    for slot in slots:
        if slot.near and slot.after > slot.before:
            yield Danger(
                Trip.QUOTA, (Name(slot.target), f" carries {slot.after} of {slot.quota} policies ({slot.kind})")
            )
