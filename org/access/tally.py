"""What the statements about a request come to: the votes of `org.access.spec`, taken over sets of statements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from org.access.compile_statements import bits
from org.access.principals import Directness
from org.access.truth import Truth, Unknown, all_of, any_of
from org.model.request import Answer, Decision, Layer, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from org.access.compile_statements import Program


class Grant(IntEnum):
    """Who must grant a request, beside the SCPs."""

    NOBODY = auto()
    """Only guardrails are asked."""
    RESOURCE = auto()
    """The resource policy: a service, a provider or an anonymous caller asks."""
    ROOT = auto()
    """Nobody: the root user asks in its own account."""
    ROOT_AND_RESOURCE = auto()
    """The resource policy: the root user asks elsewhere, or for a key or a role."""
    EITHER = auto()
    """The identity policies or the resource policy."""
    RESOURCE_DELEGATES = auto()
    """The resource policy, by itself or by leaving it to the identity policies: a key or a role in the account."""
    BOTH = auto()
    """Both sides: the resource is in another account."""


@dataclass(frozen=True, slots=True)
class Vote:
    """Whether something is allowed, and why."""

    truth: Truth
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """One count: `maybe` are the statements that are about the request, `unsure` those of them that only may be.

    `direct` has the statements that speak to the principal's account at least, to its role at least, and to itself.
    `doubts` says what an unsure statement hangs on. `limited` is true where a session without a session policy may do
    nothing by identity (rule 19).
    """

    program: Program
    maybe: int
    unsure: int
    direct: tuple[int, int, int]
    doubts: Callable[[int], Unknown]
    limited: bool

    def decision(self, grant: Grant, *, scps: bool) -> Decision:
        """An explicit Deny first, then every Allow that is needed, else an implicit Deny (rule 1)."""
        denies = self.maybe & self.program.denies
        sure = denies & ~self.unsure
        if sure:
            return Decision(Answer.EXPLICITLY_DENIED, self.reasons(sure))
        allowed = self.allowed(grant, scps=scps)
        if allowed.truth is False:
            return Decision(Answer.IMPLICITLY_DENIED, allowed.reasons)
        if allowed.truth is True and not denies:
            return Decision(Answer.ALLOWED, allowed.reasons)
        doubts = [self.doubts(number) for number in bits(denies)]
        reasons = self.reasons(denies)
        if isinstance(allowed.truth, Unknown):
            doubts.append(allowed.truth)
            reasons += allowed.reasons
        keys = {key for doubt in doubts for key in doubt.keys}
        because = {why for doubt in doubts for why in doubt.because}
        return Decision(Answer.UNKNOWN, reasons, tuple(sorted(keys)), tuple(sorted(because)))

    def reasons(self, mask: int) -> tuple[Reason, ...]:
        """The statements as answers name them."""
        reasons = self.program.reasons
        return tuple(reasons[number] for number in bits(mask))

    def allowed(self, grant: Grant, *, scps: bool) -> Vote:
        """Every level of SCPs, and whoever must grant."""
        masks = self.program.levels[Layer.SCP] if scps else ()
        votes = [self.vote(mask, Layer.SCP, level) for level, mask in enumerate(masks)]
        if grant is not Grant.NOBODY:
            votes.append(self.granted(grant))
        return all_votes(votes)

    def vote(self, mask: int, layer: Layer, level: int | None = None) -> Vote:
        """What some statements say together: the first that surely allows will do (rule 2)."""
        allows = mask & self.maybe & self.program.allows
        sure = allows & ~self.unsure
        if sure:
            return Vote(True, self.reasons(sure & -sure))
        if allows:
            return Vote(any_of(map(self.doubts, bits(allows))), self.reasons(allows))
        return Vote(False, (Reason(layer, level=level),))

    def of(self, layer: Layer) -> Vote:
        """What the policies of a layer say together."""
        return self.vote(self.program.levels[layer][0], layer)

    def granted(self, grant: Grant) -> Vote:
        """Whether the request is granted, each side as its account needs it (rules 11-20)."""
        if grant is Grant.RESOURCE:
            return self.named(Directness.ITSELF)
        if grant is Grant.ROOT:
            return Vote(True)
        if grant is Grant.ROOT_AND_RESOURCE:
            return self.named(Directness.ACCOUNT)
        identity = self.within_limits(self.of(Layer.IDENTITY))
        if grant is not Grant.EITHER:
            identity = all_votes((identity, self.named(Directness.ACCOUNT)))
        if grant is Grant.BOTH or identity.truth is True:
            return identity
        return one_vote((identity, self.within_limits(self.named(Directness.ROLE)), self.named(Directness.ITSELF)))

    def named(self, least: Directness) -> Vote:
        """What the resource policy says to the principal, at least so directly."""
        return self.vote(self.program.levels[Layer.RESOURCE][0] & self.direct[least - 1], Layer.RESOURCE)

    def within_limits(self, vote: Vote) -> Vote:
        """The vote, as far as boundary and session policies allow the request too (rules 18, 19)."""
        votes = [vote]
        if self.program.boundary:
            votes.append(self.of(Layer.BOUNDARY))
        if self.program.session or self.limited:
            votes.append(self.of(Layer.SESSION))
        return all_votes(votes)


def all_votes(votes: Iterable[Vote]) -> Vote:
    """All are needed; the reasons are those of the votes that make it so."""
    listed = tuple(votes)
    truth = all_of(vote.truth for vote in listed)
    return Vote(truth, _alike(listed, truth))


def one_vote(votes: tuple[Vote, ...]) -> Vote:
    """One is enough, and the first that allows is named; where none does, each reason once."""
    truth = any_of(vote.truth for vote in votes)
    if truth is True:
        return next(vote for vote in votes if vote.truth is True)
    return Vote(truth, _alike(votes, truth) if truth is not False else tuple(dict.fromkeys(_alike(votes, truth))))


def _alike(votes: tuple[Vote, ...], truth: Truth) -> tuple[Reason, ...]:
    unknown = isinstance(truth, Unknown)
    alike = [vote for vote in votes if (isinstance(vote.truth, Unknown) if unknown else vote.truth is truth)]
    return tuple(reason for vote in alike for reason in vote.reasons)
