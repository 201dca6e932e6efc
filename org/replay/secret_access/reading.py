"""The reads of secrets in log files, whatever else is in them, and what is wrong with the files."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from org.replay import logs
from org.replay.condensing import NO_READ
from org.replay.event import WHOLE
from org.replay.opening import opened
from org.replay.records import NO_EVENT, Records
from org.replay.runs import Damage, Totals
from org.replay.secret_access.reads import Unreadable, reads
from org.replay.unwrapping import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from org.replay.event import Event
    from org.replay.secret_access.ledger import Ledger


class Reading:
    """Adds the reads in log files to a ledger; `numbers` says how many events there were, and what is damaged."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.numbers = Totals()

    def places(self, places: Sequence[str]) -> int:
        """The reads in all logs at these places are in the ledger; how many files there were comes back."""
        streams = [place for place in places if logs.is_stream(place)]
        files = logs.listed([place for place in places if place not in streams], self._tell)
        count = 0
        for name in chain(streams, (name for name, _, _ in files)):
            count += 1
            try:
                with logs.opened(name) as read:
                    self.file(name, read)
            except OSError as error:
                self._tell(name, f"{NO_READ}: {error.strerror or error}")
        return count

    def _tell(self, name: str, what: str) -> None:
        self.numbers.add(Totals(damaged=1, damages=[Damage(name, what, 1, 1)]))

    def file(self, name: str, read: Callable[[int], bytes]) -> None:
        """The reads in a file are in the ledger; damage to one event never hides the next."""
        found: dict[str, list[int]] = {}

        def damaged(what: str, line: int = 1, column: int = 1) -> None:
            found.setdefault(what, [line, column, 0])[2] += 1

        records = Records(opened(read, damaged), damaged, WHOLE)
        try:
            for events in records:
                self._add(events, lambda what, number: damaged(what, *records.place(number)))
        except (OSError, EOFError) as error:
            damaged(f"{NO_READ}: {getattr(error, 'strerror', None) or error}")
        damages = [Damage(name, what, line, column, times) for what, (line, column, times) in found.items()]
        self.numbers.add(Totals(damaged=sum(one.times for one in damages), damages=damages))

    def _add(self, events: Iterable[Event], damaged: Callable[[str, int], None]) -> None:
        for number, event in enumerate(events):
            for one in self._whole(event, number, damaged):
                self.numbers.events += max(1, one.condensed)
                try:
                    for read in reads(one):
                        self.ledger.add(read)
                except Unreadable as error:
                    damaged(f"holds an event that {error}", number)

    def _whole(self, event: Event, number: int, damaged: Callable[[str, int], None]) -> Iterator[Event]:
        """The event, or those that are in it."""
        if event.event_source:
            yield event
            return
        whole, wrong = inside(event, WHOLE)
        yield from whole
        for _ in range(wrong):
            damaged(NO_EVENT, number)
