"""What is known so far of one reader of one secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.replay.secret_access.reads import Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.replay.secret_access.reads import Read, Source

MOST_SOURCES = 100
"""Addresses that are kept of one reader of one secret; a function without a VPC has a new one every day."""
MOST_WORDS = 20
"""Error codes, services and the like that are kept of one: more than AWS has, fewer than a made-up log."""
OTHERS = "others"
Counted = tuple[str, str]
"""What is counted: `way`, `error` or `service` with its word, or `denied` or `around` with an empty one."""


@dataclass(slots=True)
class Tally:
    """How often, in the log of the secret's own account and in that of the caller's: the same reads, seen twice."""

    ours: int = 0
    theirs: int = 0

    @property
    def total(self) -> int:
        """How often it happened: each log has all of it, or nothing where it is not at hand."""
        return max(self.ours, self.theirs)


@dataclass(slots=True)
class Sources:
    """From where, with how often; with `more` there are others, which came when enough were known."""

    counts: dict[Source, int] = field(default_factory=dict)
    more: bool = False

    def add(self, source: Source, number: int) -> None:
        """That many more from there."""
        if source in self.counts or len(self.counts) < MOST_SOURCES:
            self.counts[source] = self.counts.get(source, 0) + number
        else:
            self.more = True

    @property
    def ordered(self) -> tuple[tuple[Source, int], ...]:
        """The most frequent first."""
        return tuple(sorted(self.counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(slots=True, eq=False)
class Entry:
    """One reader of one secret; `before` where it read before the report begins, `rotates` where it moved AWSCURRENT.

    `first` and `last` are about what succeeded, and `event` is the first of it.
    """

    tallies: dict[Counted, Tally] = field(default_factory=dict)
    sources: Sources = field(default_factory=Sources)
    failed_from: Sources = field(default_factory=Sources)
    endpoint_accounts: frozenset[str] = frozenset()
    first: str = ""
    last: str = ""
    event: str = ""
    last_failure: str = ""
    before: bool = False
    rotates: bool = False

    @property
    def told(self) -> bool:
        """True where there is something to tell of it."""
        return bool(self.first or self.last_failure)

    def total(self, what: str, word: str = "") -> int:
        """How often."""
        return self.tallies[what, word].total if (what, word) in self.tallies else 0

    def words(self, what: str) -> dict[str, int]:
        """How often for each word, in their order."""
        return {word: tally.total for (kind, word), tally in sorted(self.tallies.items()) if kind == what}

    def add(self, read: Read) -> None:
        """The read, or the try, is counted."""
        if read.way is Way.ROTATE:
            self.rotates |= not read.error
            return
        if read.error:
            self._count("error", read.error, read)
            self.last_failure = max(self.last_failure, read.last)
        else:
            self._count("way", read.way, read)
            self._when(read.first, read.last, read.event)
        if read.denied:
            self._count("denied", "", read)
        if read.around and not read.error:
            self._count("around", "", read)
        if read.service and read.way is Way.READ and not read.error:
            self._count("service", read.service, read)
        if read.way is not Way.DECRYPT or read.around:
            (self.failed_from if read.error else self.sources).add(read.source, read.count)
            if read.source.endpoint_account and len(self.endpoint_accounts) < MOST_SOURCES:
                self.endpoint_accounts |= {read.source.endpoint_account}

    def _count(self, what: str, word: str, read: Read) -> None:
        if (what, word) not in self.tallies and sum(kind == what for kind, _ in self.tallies) >= MOST_WORDS:
            word = OTHERS
        tally = self.tallies.setdefault((what, word), Tally())
        if read.ours:
            tally.ours += read.count
        else:
            tally.theirs += read.count

    def _when(self, first: str, last: str, event: str) -> None:
        if not self.first or first < self.first:
            self.first, self.event = first, event
        self.last = max(self.last, last)

    def take(self, other: Entry, same: Sequence[Entry]) -> None:
        """What the other entry has of this reader is counted, but for what the caller's log told of the `same` reader.

        `other` is what the log of the secret's account knows of all sessions of the reader together.
        """
        left = {
            key: tally.total - sum(one.tallies[key].theirs for one in same if key in one.tallies)
            for key, tally in other.tallies.items()
        }
        if self not in same and not any(number > 0 for number in left.values()):
            return
        for key, number in left.items():
            self.tallies.setdefault(key, Tally()).theirs += max(0, number)
        if other.first:
            self._when(other.first, other.last, other.event)
        for source, number in other.sources.counts.items():
            if not any(source in one.sources.counts for one in same):
                self.sources.add(source, number)
        for source, number in other.failed_from.counts.items():
            if not any(source in one.failed_from.counts for one in same):
                self.failed_from.add(source, number)
        self.endpoint_accounts |= other.endpoint_accounts
        self.last_failure = max(self.last_failure, other.last_failure)
        self.before |= other.before
        self.rotates |= other.rotates
