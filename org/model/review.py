"""What a review of a pull request found: changed policies, who gains and loses access where, and what is dangerous."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Finding
    from org.model.request import Answer


class Trip(StrEnum):
    """What a review can be made to fail on, by the name that `--fail-on` takes; the dangerous ones first."""

    LOCKOUT = "lockout"
    WEAKENED = "weakened"
    UNPROTECTED = "unprotected"
    PROTECTED = "protected"
    LAST_GUARDRAIL = "last-guardrail"
    PUBLIC_ACCESS = "public-access"
    MASS_MOVE = "mass-move"
    QUOTA = "quota"
    GAIN = "gain"
    LOSS = "loss"
    FUTURE = "future"
    POSSIBLE = "possible"
    UNDECIDED = "undecided"
    DENIED = "denied"
    DEPENDS = "depends"


class Name(str):
    """A part of a message that is somebody's text or a name of AWS, which a report sets as code."""

    __slots__ = ()


Words = tuple[str, ...]
"""A message in parts, the names in it marked as `Name`."""


class Cause(StrEnum):
    """Why the access of some accounts changes."""

    CHANGED = "changed"
    MOVED = "moved"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Scope:
    """The accounts that something holds for, by key; `units` sums them up as OU, number, and whether that is all in it.

    `of` is how many accounts there are.
    """

    accounts: tuple[str, ...]
    units: tuple[tuple[str, int, bool], ...] = ()
    of: int = 0


@dataclass(frozen=True, slots=True)
class Witness:
    """One request whose answer changes, in the JSON of `org decide`; `base` and `head` name scenarios of the review.

    `account` is the key of an account that the scenarios are those of.
    """

    request: Mapping[str, Any]
    account: str
    base: str
    head: str
    before: Answer
    after: Answer


@dataclass(frozen=True, slots=True)
class Claim:
    """A group of requests whose answer changes for some accounts, as `org.access.prove` describes it.

    `statements` are those behind the change, each in words. `guards` are base's policies that deny, and name in so many
    words, what is gained. There is a witness for each distinct pair of chains, and none where the claim is undecided.
    """

    gain: bool
    certainty: str
    cause: Cause
    scope: Scope
    actions: tuple[str, ...]
    principals: tuple[str, ...] = ("*",)
    except_principals: tuple[str, ...] = ()
    resources: tuple[str, ...] = ("*",)
    except_resources: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    statements: tuple[Words, ...] = ()
    guards: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()

    @property
    def witness(self) -> Witness | None:
        """The first witness; none where the claim is undecided."""
        return self.witnesses[0] if self.witnesses else None


@dataclass(frozen=True, slots=True)
class Danger:
    """Something that a reviewer must not overlook."""

    trip: Trip
    message: Words
    scope: Scope | None = None
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One statement that comes, goes or changes: its name, and lines that begin with `-` or `+`."""

    name: str
    change: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One policy, before packing, that comes, goes or changes: its statements and where it is attached."""

    kind: str
    name: str
    change: str
    statements: tuple[StatementChange, ...] = ()
    attached: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class DocumentUse:
    """What a document takes of AWS's quota, None where it is not there; `contains` are the policies packed into it."""

    kind: str
    name: str
    before: int | None
    after: int | None
    quota: int
    contains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotUse:
    """How many policies of a type a node carries, AWS's own included, of how many it may."""

    kind: str
    target: str
    before: int
    after: int
    quota: int
    near: bool


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account that is new, removed, moved or otherwise changed, with what differs as `- ...` and `+ ...`."""

    key: str
    change: str
    before: str = ""
    after: str = ""
    lines: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class EffectiveChange:
    """What a type of declarative policies comes to otherwise than before, as `- ...` and `+ ...`, in some accounts."""

    kind: str
    lines: tuple[str, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one principal with one action that were really made and that fare otherwise than before.

    `outcome` is `newly_denied`, `newly_allowed` or `depends`. `account` is a key, or an id of an account outside.
    """

    outcome: str
    account: str
    principal: str
    action: str
    count: int
    requests: int
    first: str
    last: str
    event: str
    resources: tuple[str, ...]
    before: str
    after: str
    statements: tuple[Words, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """What a change does to the calls of a corpus: how many there are, and those whose answer changes."""

    calls: int
    requests: int
    certain: int
    exempt: int
    groups: tuple[Calls, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class SideOf:
    """One side as the report names it; `commit` is None for the working tree."""

    name: str
    commit: str | None
    findings: tuple[Finding, ...] = ()
    readable: bool = True
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that a review found about an accounts file.

    `compared` is false where one side cannot be read, and then nothing is claimed. `chains` is how many distinct pairs
    of chains were compared. `scenarios` are those of the witnesses, by name, in the JSON of `org decide`. `replay` is
    None without a corpus. `others` are changes of the organization that concern neither policies nor accounts.
    """

    base: SideOf
    head: SideOf
    file: str = ""
    compared: bool = True
    policies: tuple[PolicyChange, ...] = ()
    claims: tuple[Claim, ...] = ()
    dangers: tuple[Danger, ...] = ()
    accounts: tuple[AccountChange, ...] = ()
    effective: tuple[EffectiveChange, ...] = ()
    documents: tuple[DocumentUse, ...] = ()
    slots: tuple[SlotUse, ...] = ()
    others: tuple[str, ...] = ()
    replay: Replay | None = None
    scenarios: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chains: int = 0
    affected: int = 0
    total: int = 0

    def __bool__(self) -> bool:
        """True where anything changes."""
        return bool(self.policies or self.claims or self.accounts or self.documents or self.slots or self.others)

    @property
    def trips(self) -> frozenset[str]:
        """Everything that it can be made to fail on."""
        found = {danger.trip.value for danger in self.dangers}
        for claim in self.claims:
            if claim.cause is not Cause.NEW:
                found |= {claim.certainty} & {Trip.FUTURE.value, Trip.POSSIBLE.value, Trip.UNDECIDED.value}
                if claim.certainty != Trip.FUTURE:
                    found.add(Trip.GAIN.value if claim.gain else Trip.LOSS.value)
        if self.replay is not None and any(one.outcome == Trip.DEPENDS for one in self.replay.groups):
            found.add(Trip.DEPENDS.value)
        return frozenset(found)
