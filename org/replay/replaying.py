"""What the calls of a corpus would get from policies, before and after a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.access.policies import Policies
    from org.model.request import Answer, Reason
    from org.replay.corpus import Corpus


class Outcome(StrEnum):
    """What a change of policies does to recorded calls. Without a base, calls that head denies are `DENIED`."""

    NEWLY_DENIED = "newly_denied"
    DENIED = "denied"
    NEWLY_ALLOWED = "newly_allowed"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization. `path` is its `o-.../r-.../ou-.../`, empty where its ids are not known."""

    key: str
    path: str = ""
    management: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One state of an organization, as `org.replay.sides.side` makes it.

    `policies` gives the SCPs and RCPs that reach an account, by its id, and None for an account outside. `members` are
    the accounts by id; `org_id` is None where it is not known.
    """

    policies: Callable[[str], Policies | None]
    members: Mapping[str, Member]
    org_id: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Calls of one principal with one action that fare alike.

    `count` is how often they were made between `first` and `last`, `requests` how many distinct ones they are,
    `resources` some of what they are about. `event` is the id of one of them in CloudTrail. `statements` are those at
    fault: they deny, or may deny where the outcome is `DEPENDS`, in head or, for `NEWLY_ALLOWED`, in base.
    `depends_on` are the keys that the answer hangs on, `because` why a statement's meaning is not known.
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
    this organization have a say in; `certain` are calls whose answer does not depend on anything, exempt ones included.
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
    raise NotImplementedError
