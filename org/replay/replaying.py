"""What the calls of a corpus would get from policies, before and after a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from org.access.evaluate import compiled
from org.access.exemptions import rcps_apply, scps_apply
from org.access.policies import Policies
from org.access.spec import combined
from org.model.request import Answer, Decision
from org.replay.context import ACCOUNT
from org.replay.requesting import Reader, variants

if TYPE_CHECKING:
    from org.access.evaluate import Engine
    from org.model.request import Reason
    from org.replay.call import Call, Touched
    from org.replay.corpus import Corpus
    from org.replay.keys import Keys
    from org.replay.requesting import Variant
    from org.replay.side import Side

DENIED = frozenset((Answer.EXPLICITLY_DENIED, Answer.IMPLICITLY_DENIED))
SAMPLES = 3
"""Resources that a group names."""
NOBODY = Policies(guardrails_only=True)
"""What reaches an account outside the organization: nothing of ours."""


class Outcome(StrEnum):
    """What a change of policies does to recorded calls. Without a base, calls that head denies are `DENIED`."""

    NEWLY_DENIED = "newly_denied"
    DENIED = "denied"
    DEPENDS = "depends"
    NEWLY_ALLOWED = "newly_allowed"


@dataclass(frozen=True, slots=True)
class Group:
    """Calls of one principal with one action that fare alike.

    `account` is the principal's, empty where it has none. `count` is how often they were made between `first` and
    `last`, `requests` how many distinct ones they are, `resources` some of what they are about. `event` is the id of
    the first of them in CloudTrail. `before` and `after` are answers to one of them, `before` None without a base.
    `statements` are those at fault: they deny, or may deny where the outcome is `DEPENDS`, in head or, for
    `NEWLY_ALLOWED`, in base. `depends_on` are the keys that the answer hangs on, `because` why a statement's meaning is
    not known.
    """

    outcome: Outcome
    account: str
    principal: str
    action: str
    count: int
    requests: int
    first: str
    last: str
    event: str
    resources: tuple[str, ...]
    before: Answer | None
    after: Answer
    statements: tuple[Reason, ...]
    depends_on: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """All groups, the most frequent first within an outcome, and what the numbers are parts of.

    `calls` counts all calls, `requests` the distinct ones among them. `exempt` are calls that neither SCPs nor RCPs of
    this organization have a say in; `certain` are calls whose answers do not depend on anything, exempt ones included.
    Where base is as uncertain as head about a call, in the same way, nothing changes and no group has it.
    """

    groups: tuple[Group, ...]
    calls: int
    requests: int
    certain: int
    exempt: int

    def of(self, outcome: Outcome) -> tuple[Group, ...]:
        """The groups of one outcome."""
        return tuple(group for group in self.groups if group.outcome is outcome)


def replay(corpus: Corpus, base: Side | None, head: Side) -> Replayed:
    """What changes for the calls of the corpus between base and head; without a base, what head would deny."""
    return judged(corpus.calls(), corpus.keys, base, head)


def judged(calls: Iterable[Call], kept: Keys, base: Side | None, head: Side) -> Replayed:
    """The same for calls that stand in no file."""
    before = Judge(base, kept) if base is not None else None
    after = Judge(head, kept)
    groups: dict[tuple[Outcome, str, str, str], Group] = {}
    numbers = Numbers()
    for call in calls:
        if call.kind == ACCOUNT and call.account in head.members:
            continue  # The log of the caller's own account has it too, and knows who it was.
        new, exempt = after.decide(call)
        old = before.decide(call)[0] if before is not None else None
        unsure = new.answer is Answer.UNKNOWN or (old is not None and old.answer is Answer.UNKNOWN)
        numbers.add(call, certain=not unsure, exempt=exempt)
        outcome = compared(old, new)
        if outcome is None:
            continue
        key = (outcome, call.account or "", call.principal, call.action)
        group = _group(outcome, call, old, new)
        groups[key] = _joined(groups[key], group) if key in groups else group
    order = {outcome: number for number, outcome in enumerate(Outcome)}
    ranked = sorted(
        groups.values(), key=lambda one: (order[one.outcome], -one.count, one.account, one.principal, one.action)
    )
    return Replayed(tuple(ranked), numbers.calls, numbers.requests, numbers.certain, numbers.exempt)


@dataclass(slots=True)
class Numbers:
    """Counts of calls."""

    calls: int = 0
    requests: int = 0
    certain: int = 0
    exempt: int = 0

    def add(self, call: Call, *, certain: bool, exempt: bool) -> None:
        """One more distinct call."""
        self.requests += 1
        self.calls += call.count
        self.certain += call.count * certain
        self.exempt += call.count * exempt


def compared(old: Decision | None, new: Decision) -> Outcome | None:
    """What the change does to a call; None for nothing."""
    if old is None:
        if new.answer is Answer.UNKNOWN:
            return Outcome.DEPENDS
        return Outcome.DENIED if new.answer in DENIED else None
    if Answer.UNKNOWN in (old.answer, new.answer):
        return None if old == new else Outcome.DEPENDS
    if (old.answer in DENIED) is (new.answer in DENIED):
        return None
    return Outcome.NEWLY_DENIED if new.answer in DENIED else Outcome.NEWLY_ALLOWED


@dataclass(frozen=True, slots=True)
class Bench:
    """The SCPs of one account with the RCPs of another: the policies, their engine, and what they look at.

    `of` are the policies of each account; they are kept because benches are told apart by which objects these are.
    """

    policies: Policies
    engine: Engine
    reader: Reader
    of: tuple[Policies, Policies]


class Judge:
    """Decides calls by one state of the organization."""

    def __init__(self, side: Side, kept: Keys) -> None:
        self._side, self._kept = side, kept
        self._reach: dict[str, Policies] = {}
        self._benches: dict[tuple[int, int], Bench] = {}

    def decide(self, call: Call) -> tuple[Decision, bool]:
        """The decision about all resources of the call together (rule 55), and whether no policy had a say in it."""
        made = [self._about(call, touched) for touched in call.resources]
        return combined([decision for decision, _ in made]), all(exempt for _, exempt in made)

    def _about(self, call: Call, touched: Touched) -> tuple[Decision, bool]:
        found: list[tuple[Decision, Variant]] = []
        exempt = True
        for owner in self._owners(call, touched):
            bench = self._bench(call.account, owner)
            for variant in variants(call, touched, self._side, bench.reader):
                found.append((bench.engine.decide(variant.request), variant))
                bound = bench.policies.scps is not None and scps_apply(variant.request)
                exempt = exempt and not bound and not (bench.policies.rcps is not None and rcps_apply(variant.request))
        unsure = ("aws:resourceaccount",) if touched.account is None else ()
        return _agreed(found, unsure), exempt

    def _owners(self, call: Call, touched: Touched) -> tuple[str | None, ...]:
        """Whose RCPs have a say: those of the owner or, where nobody knows it, our own or nobody's."""
        if touched.account is not None or call.account not in self._side.members:
            return (touched.account,)
        return (call.account, None)

    def _bench(self, principal: str | None, owner: str | None) -> Bench:
        """The SCPs of the principal's account with the RCPs of the resource's (rules 7, 8)."""
        mine, theirs = self._of(principal), self._of(owner)
        line = (id(mine), id(theirs))
        found = self._benches.get(line)
        if found is None:
            policies = Policies(scps=mine.scps, rcps=theirs.rcps, guardrails_only=True)
            found = Bench(policies, compiled(policies), Reader(policies, self._kept), (mine, theirs))
            self._benches[line] = found
        return found

    def _of(self, account: str | None) -> Policies:
        """What reaches an account; the same object every time."""
        if account is None or account not in self._side.members:
            return NOBODY
        known = self._reach.get(account)
        if known is None:
            known = self._reach[account] = self._side.policies(account) or NOBODY
        return known


def _agreed(found: list[tuple[Decision, Variant]], unsure: tuple[str, ...]) -> Decision:
    """The decision that all variants get; unknown where they differ, with what it then depends on."""
    kinds = {_kind(decision) for decision, _ in found}
    if len(kinds) == 1 and kinds != {Answer.UNKNOWN}:
        return found[0][0]
    doubts = [decision for decision, _ in found if decision.answer is not Answer.ALLOWED]
    keys = {key for decision in doubts for key in decision.depends_on}
    if len(kinds) > 1:
        keys |= {*unsure, *(key for _, variant in found for key in variant.supposed)}
    reasons = dict.fromkeys(reason for decision in doubts for reason in decision.decided_by)
    because = {why for decision in doubts for why in decision.because}
    return Decision(Answer.UNKNOWN, tuple(reasons), tuple(sorted(keys)), tuple(sorted(because)))


def _kind(decision: Decision) -> Answer:
    """The answer, both ways of being denied as one."""
    return Answer.EXPLICITLY_DENIED if decision.answer in DENIED else decision.answer


def _group(outcome: Outcome, call: Call, old: Decision | None, new: Decision) -> Group:
    """The group of one call."""
    fault = old if outcome is Outcome.NEWLY_ALLOWED and old is not None else new
    if outcome is Outcome.DEPENDS and new.answer is not Answer.UNKNOWN and old is not None:
        fault = old
    return Group(
        outcome,
        call.account or "",
        call.principal,
        call.action,
        call.count,
        1,
        call.first,
        call.last,
        call.event,
        tuple(sorted({named(one) for one in call.resources}))[:SAMPLES],
        old.answer if old is not None else None,
        new.answer,
        fault.decided_by,
        fault.depends_on,
        fault.because,
    )


def named(touched: Touched) -> str:
    """The resource for people: `...` where the log leaves something out, `?` where it says nothing."""
    if touched.arn is None:
        return "?"
    return touched.arn if touched.after is None else f"{touched.arn}...{touched.after}"


def _joined(one: Group, other: Group) -> Group:
    """Both groups as one; the sample is of the first call."""
    first = min((one, other), key=lambda group: (group.first, group.event))
    return replace(
        first,
        count=one.count + other.count,
        requests=one.requests + other.requests,
        last=max(one.last, other.last),
        resources=tuple(sorted({*one.resources, *other.resources}))[:SAMPLES],
        statements=tuple(dict.fromkeys((*one.statements, *other.statements))),
        depends_on=tuple(sorted({*one.depends_on, *other.depends_on})),
        because=tuple(sorted({*one.because, *other.because})),
    )
