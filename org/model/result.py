"""What a baseline component came to, place by place and account by account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.model.finding import Severity

if TYPE_CHECKING:
    from org.model.change import Change, Outcome
    from org.model.finding import Finding
    from org.model.place import Place


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """What one component came to in one place.

    `skipped` says why there was nothing to do there. `reason` says why it failed; of one that did not, what its changes
    wait for.
    """

    place: Place
    changes: tuple[Change, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    failed: bool = False
    reason: str = ""
    skipped: str = ""
    authorization_id: str = ""


@dataclass(frozen=True, slots=True)
class AccountResult:
    """What one component came to in one account, in all its places."""

    key: str
    account: str
    places: tuple[PlaceResult, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all places."""
        return tuple(change for place in self.places for change in place.changes)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of them."""
        return tuple(outcome for place in self.places for outcome in place.outcomes)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all places."""
        return tuple(finding for place in self.places for finding in place.findings)

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that make a run fail."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def failed(self) -> bool:
        """True where the component failed in a place."""
        return any(place.failed for place in self.places)

    @property
    def reason(self) -> str:
        """Why it failed, or what its changes wait for: each reason once, a line each."""
        failed = self.failed
        return each_once(place.reason for place in self.places if place.failed or not failed)

    @property
    def skipped(self) -> str:
        """Why there was nothing to do in any place; empty where there was in one."""
        return each_once(place.skipped for place in self.places) if all(place.skipped for place in self.places) else ""

    @property
    def authorization_id(self) -> str:
        """AWS's id of the first request that was denied."""
        return next((place.authorization_id for place in self.places if place.authorization_id), "")


@dataclass(frozen=True, slots=True)
class Batch:
    """A component over many accounts, by account key."""

    component: str
    results: Mapping[str, AccountResult]

    @property
    def failed(self) -> frozenset[str]:
        """The keys of the accounts that failed."""
        return frozenset(key for key, result in self.results.items() if result.failed)


def each_once(texts: Iterable[str]) -> str:
    """The texts that are not empty, each once, a line each."""
    return "\n".join(dict.fromkeys(text for text in texts if text))
