"""Questions about all requests of a kind: nobody can do this, somebody still can, nothing here stands in the way.

The answer is proved, refuted with a request that the definition confirms, or unknown with the reason; never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from org.access.policies import Policies
from org.access.prove import universe, worlds
from org.access.prove.difference import Certainty
from org.access.prove.drafts import of_problem
from org.access.prove.encode import Encoded, encoded
from org.access.prove.problems import Problem, problems, rules
from org.access.prove.settle import Asking, Confirmed
from org.access.prove.sides import Decider, side
from org.access.prove.solve import Literals
from org.access.prove.witness import accounts_in
from org.access.spec import applies
from org.model.request import Answer, Layer, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.access.document import Statement
    from org.access.prove.difference import Setting
    from org.access.prove.drafts import Draft
    from org.access.prove.sides import Side
    from org.access.prove.worlds import World
    from org.model.request import Request


class Kind(StrEnum):
    """What is asked: that the requests are all denied, that some are allowed, or that none is denied."""

    DENIED = "denied"
    ALLOWED = "allowed"
    NEVER_DENIED = "never_denied"


class Who(StrEnum):
    """Whose requests are meant: of the account's own principals, of anyone outside the organization, of services."""

    MEMBERS = "members"
    OUTSIDERS = "outsiders"
    SERVICES = "services"


class Answered(StrEnum):
    """What became of a question."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the requests to which each of some statements applies, one after the other.

    For `ALLOWED` each statement must have a request that is allowed; for the others all requests of all are meant.
    """

    kind: Kind
    statements: tuple[Statement, ...]
    who: Who = Who.MEMBERS


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a question, with the request that shows it and what the policies say to that.

    `actions` are those that the request stands for. `future` is true where only actions that AWS may add refute it.
    `why` is the reason why it is unknown, or refuted without a request.
    """

    answered: Answered
    actions: tuple[str, ...] = ()
    witness: Request | None = None
    answer: Answer | None = None
    decided_by: tuple[Reason, ...] = ()
    future: bool = False
    why: str = ""


PROVED = Verdict(Answered.PROVED)
NOTHING_MEANT = Verdict(Answered.UNKNOWN, why="no request fits what is asked, so that anything could be said of it")
NOBODY_BOUND = Verdict(Answered.UNKNOWN, why="neither SCPs nor RCPs bind the management account")


def ask(question: Question, policies: Policies, setting: Setting) -> Verdict:
    """The answer to a question about one chain of policies."""
    if setting.management:
        return PROVED if question.kind is Kind.NEVER_DENIED else NOBODY_BOUND
    verdicts = [_ask(question, one, policies, setting) for one in question.statements]
    return min(verdicts, key=lambda one: _WORST.index(one.answered), default=PROVED)


_WORST = [Answered.REFUTED, Answered.UNKNOWN, Answered.PROVED]


def _ask(question: Question, statement: Statement, policies: Policies, setting: Setting) -> Verdict:
    about = encoded(statement, Reason(Layer.SCP))
    if about.doubt:
        return Verdict(Answered.UNKNOWN, why=about.doubt)
    here = side(policies)
    asked = _Asked(question, statement, about, Decider(policies, setting), setting)
    if question.kind is Kind.NEVER_DENIED:
        verdict = asked.never_denied(here)
    else:
        drafts = list(asked.drafts(here, [Problem(asked.layer, (about,), ())]))
        verdict = asked.all_denied(drafts, here) if question.kind is Kind.DENIED else asked.some_allowed(drafts, here)
    if verdict.answered is Answered.PROVED and verdict.witness is None and asked.example(Kind.ALLOWED) is None:
        return NOTHING_MEANT if asked.example(Kind.NEVER_DENIED) is None else verdict
    return verdict


@dataclass
class _Asked:
    """One question about one statement's requests."""

    question: Question
    statement: Statement
    about: Encoded
    policies: Decider
    setting: Setting

    @property
    def layer(self) -> Layer:
        """The layer whose policies bind the principals that are meant."""
        return Layer.SCP if self.question.who is Who.MEMBERS else Layer.RCP

    def drafts(self, new: Side, found: Iterable[Problem]) -> Iterable[Draft]:
        """What comes of some problems, seen with the rules of a side."""
        literals = Literals()
        accounts = accounts_in((*self.about.texts, *side(self.policies.policies).texts))
        doubtful = tuple(universe.matching(one.actions or ("*",), one.not_actions) for one, _ in new.doubtful)
        wanted = partial(_is_meant, self.question.who)
        asking = Asking(self.setting, rules(new, literals), literals, self.confirmed, accounts, doubtful, wanted)
        return (draft for problem in found for draft in of_problem(asking, problem))

    def confirmed(self, request: Request) -> Confirmed | None:
        """What the policies say to a request that is meant; None unless it is what is looked for."""
        if applies(self.statement, request) is not True:
            return None
        answer = self.policies.quickly(request)
        denied = answer in (Answer.EXPLICITLY_DENIED, Answer.IMPLICITLY_DENIED)
        if self.question.kind is Kind.NEVER_DENIED:
            return None if answer is Answer.ALLOWED else Confirmed(request, answer, Answer.ALLOWED)
        return None if denied else Confirmed(request, Answer.EXPLICITLY_DENIED, answer)

    def never_denied(self, here: Side) -> Verdict:
        """Refuted by a request that is denied."""
        free = side(Policies(guardrails_only=True))
        found = problems(here, free)
        layers = (Layer.SCP, Layer.RCP) if self.question.who is Who.MEMBERS else (Layer.RCP,)
        meant = (
            Problem(one.layer, (*one.statements, self.about), one.reasons, one.unmet)
            for one in found
            if one.layer in layers
        )
        return self.refuted_by(list(self.drafts(free, meant)), [one for one, what in here.doubtful if what.denies])

    def all_denied(self, drafts: Sequence[Draft], here: Side) -> Verdict:
        """Refuted by a request that is allowed."""
        return self.refuted_by(drafts, [one for one, what in here.doubtful if what.allows])

    def refuted_by(self, drafts: Sequence[Draft], doubtful: Sequence[Encoded]) -> Verdict:
        """Refuted by what is certain, unknown by what is not; what no account can meet does not count."""
        for certainty in (Certainty.CERTAIN, Certainty.FUTURE, Certainty.UNDECIDED, Certainty.POSSIBLE):
            for draft in drafts:
                if draft.certainty is certainty and not draft.found.incoherent:
                    return self.told(draft)
        if doubtful:
            return Verdict(Answered.UNKNOWN, why=doubtful[0].doubt)
        return PROVED

    def told(self, draft: Draft) -> Verdict:
        """What a draft says against a claim."""
        answered = Answered.REFUTED if draft.certainty in (Certainty.CERTAIN, Certainty.FUTURE) else Answered.UNKNOWN
        reasons = {
            Certainty.POSSIBLE: "only where keys go together in a way that nobody knows to be possible",
            Certainty.UNDECIDED: draft.found.why or "a statement's meaning is not known",
        }
        why = reasons.get(draft.certainty, "")
        return self.shown(answered, draft, why)

    def shown(self, answered: Answered, draft: Draft, why: str = "") -> Verdict:
        """A verdict with the witness of a draft."""
        actions = draft.actions if isinstance(draft.actions, tuple) else universe.names(draft.actions)
        future = draft.certainty is Certainty.FUTURE
        if draft.found.witness is None:
            return Verdict(answered, actions, future=future, why=why)
        request = draft.found.witness.request
        decision = self.policies.decision(request)
        return Verdict(answered, actions, request, decision.answer, decision.decided_by, future, why)

    def some_allowed(self, drafts: Sequence[Draft], here: Side) -> Verdict:
        """Proved by a request that is allowed."""
        for certainty in (Certainty.CERTAIN, Certainty.FUTURE):
            for draft in drafts:
                if draft.certainty is certainty and not draft.found.incoherent:
                    return self.shown(Answered.PROVED, draft)
        doubts = [one for one, what in here.doubtful if what.allows]
        undecided = [draft for draft in drafts if not draft.found.incoherent]
        if undecided:
            return self.told(undecided[0])
        if doubts:
            return Verdict(Answered.UNKNOWN, why=doubts[0].doubt)
        return self.nothing_allowed()

    def nothing_allowed(self) -> Verdict:
        """Refuted; with a request that is denied, and by what, where one can be shown."""
        denied = self.example(Kind.NEVER_DENIED)
        if denied is None:
            return Verdict(Answered.REFUTED, why="no request is allowed")
        return self.shown(Answered.REFUTED, denied, "no request is allowed; this is one that is denied")

    def example(self, kind: Kind) -> Draft | None:
        """Some request that is meant, and is allowed or for `NEVER_DENIED` denied."""
        other = replace(self, question=replace(self.question, kind=kind))
        free = side(Policies(guardrails_only=True))
        found = other.drafts(free, [Problem(self.layer, (self.about,), ())])
        sure = (Certainty.CERTAIN, Certainty.FUTURE)
        return next((one for one in found if one.certainty in sure and not one.found.incoherent), None)


def _is_meant(who: Who, world: World) -> bool:
    if who is Who.MEMBERS:
        return world.inside
    if who is Who.SERVICES:
        return world.kind == worlds.SERVICE
    return not world.member and world.kind != worlds.SERVICE
