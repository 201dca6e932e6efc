"""What `org prove` tells: claims about policies, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Span

PROVED, REFUTED, UNKNOWN = "proved", "refuted", "unknown"


@dataclass(frozen=True, slots=True)
class Shown:
    """A request that shows something, in the JSON of `org decide`, with a scenario that it is decided in.

    `answer` is what the policies say to it, `decided_by` the statements that decide, in words. `before` is what the
    first of two sides says, where two are compared.
    """

    request: Mapping[str, Any]
    scenario: Mapping[str, Any]
    answer: str
    decided_by: tuple[str, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of some accounts, by key; of none in particular where documents are compared.

    `actions` are those that `shown` stands for, patterns where only actions that AWS may add are meant.
    """

    verdict: str
    accounts: tuple[str, ...] = ()
    reason: str = ""
    actions: tuple[str, ...] = ()
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim: its name, what it says, what somebody should know whose change breaks it, and where it stands.

    The parts come with the worst verdict first, and that is the verdict of the claim.
    """

    name: str
    claim: str
    parts: tuple[Part, ...]
    why: str = ""
    span: Span | None = None

    @property
    def verdict(self) -> str:
        """What became of the whole claim: proved where each of its parts is."""
        return self.parts[0].verdict if self.parts else PROVED

    def accounts(self, verdict: str) -> tuple[str, ...]:
        """The accounts of which a verdict holds."""
        return tuple(key for part in self.parts if part.verdict == verdict for key in part.accounts)
