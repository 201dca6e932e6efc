"""Events of log files in, sorted entries of calls out: what one process does."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

from org.replay import runs
from org.replay.event import SKETCHED
from org.replay.normalising import Normaliser
from org.replay.opening import opened
from org.replay.records import NO_EVENT, Records
from org.replay.runs import Damage, Totals, added
from org.replay.signature import Signer
from org.replay.unwrapping import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from org.replay.event import Sketch
    from org.replay.keys import Keys
    from org.replay.runs import Entry, Tally
    from org.replay.signature import Signature, Signed

MOST_SIGNATURES = 32_768
MOST_BYTES = 24 << 20
"""What is kept in memory at once: signatures, and bytes of calls. More goes to disk."""
MOST_MADE, LONGEST_MADE = 16_384, 4_096
"""Signatures whose calls are kept for the next time, and how many bytes these have at most."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
ID = re.compile(r"[0-9A-Za-z-]{1,64}")
NO_READ = "cannot be read"


class Condenser:
    """Counts the calls of log files; `entries` gives what was counted, sorted, at the end.

    `folder` is made for what does not fit into memory, and gone at the end. `numbers` are complete once `entries` was
    called. Afterwards `begin` makes it ready for others.
    """

    def __init__(self, keys: Keys, folder: Path) -> None:
        self._signer = Signer(keys)
        self._normaliser = Normaliser(keys)
        self._made: dict[Signature, list[bytes] | str] = {}
        self._spilled: list[Path] = []
        self._signatures: dict[Signed, list[Any]] = {}
        self._weight = 0
        self._calls: dict[bytes, Tally] = {}
        self._bytes = 0
        self.begin(folder)

    def begin(self, folder: Path) -> None:
        """Nothing is counted yet, and what does not fit into memory goes to that folder."""
        self.numbers = Totals()
        self._folder = folder
        if len(self._made) >= MOST_MADE:
            self._made.clear()

    def read(self, name: str, read: Callable[[int], bytes]) -> None:
        """The events of a file are counted; whatever is wrong with it is told in `numbers`."""
        found: dict[str, list[int]] = {}

        def damaged(what: str, line: int = 1, column: int = 1) -> None:
            found.setdefault(what, [line, column, 0])[2] += 1

        records = Records(opened(read, damaged), damaged, SKETCHED)
        try:
            for events in records:
                self._count(events, lambda number: damaged(NO_EVENT, *records.place(number)))
        except (OSError, EOFError) as error:
            damaged(f"{NO_READ}: {getattr(error, 'strerror', None) or error}")
        damages = [Damage(name, what, line, column, times) for what, (line, column, times) in found.items()]
        self.numbers.add(Totals(damaged=sum(one.times for one in damages), damages=damages))

    def _count(self, events: list[Sketch], damaged: Callable[[int], None]) -> None:
        sign, known = self._signer.sign, self._signatures
        time, identifier = TIME.fullmatch, ID.fullmatch
        for number, event in enumerate(events):
            if not event.event_source:
                self._unwrap(event, number, damaged)
                continue
            when, what = event.event_time, event.event_id
            last = event.last_time
            if not time(when) or (last and not time(last)) or event.condensed < 1:
                damaged(number)
                continue
            signature = sign(event)
            if signature is None:
                damaged(number)
                continue
            tally = known.get(signature)
            if tally is None:
                known[signature] = [event.condensed, when, last or when, what if identifier(what) else ""]
                self._weight += sum(len(text) for text in signature if isinstance(text, str))
                continue
            tally[0] += event.condensed
            if when <= tally[1]:
                what = what if identifier(what) else ""
                if when < tally[1] or what < tally[3]:
                    tally[1], tally[3] = when, what
            tally[2] = max(tally[2], last or when)
        if len(known) > MOST_SIGNATURES or self._weight > MOST_BYTES or self._signer.is_full:
            self._settle()

    def _unwrap(self, event: Sketch, number: int, damaged: Callable[[int], None]) -> None:
        """What is in an event that is none itself is counted."""
        whole, wrong = inside(event, SKETCHED)
        if whole:
            self._count(whole, lambda _: damaged(number))
        for _ in range(wrong):
            damaged(number)

    def _settle(self) -> None:
        """The signatures so far are counted as calls, and the calls are on disk where they are many."""
        skipped: Counter[str] = Counter()
        for signature, (count, first, last, event) in self._signatures.items():
            self.numbers.events += count
            lines = self._lines(self._signer.signature(signature))
            if isinstance(lines, str):
                skipped[lines] += count
                continue
            tally = (count, first, last, event)
            for line in lines:
                there = self._calls.get(line)
                self._bytes += len(line) if there is None else 0
                self._calls[line] = tally if there is None else added(there, tally)
            if self._bytes > MOST_BYTES:
                self._spill()
        self.numbers.skipped.update(skipped)
        self._signatures.clear()
        self._weight = 0
        if self._signer.is_full:
            self._signer.forget()

    def _lines(self, signature: Signature) -> list[bytes] | str:
        """The calls of a signature, or why there are none; what was seen in an earlier batch is not made again."""
        found = self._made.get(signature)
        if found is None:
            found = self._normaliser.lines(signature)
            if len(self._made) < MOST_MADE and sum(map(len, found)) <= LONGEST_MADE:
                self._made[signature] = found
        return found

    def _spill(self) -> None:
        path = self._folder / f"spilled-{len(self._spilled)}"
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.writelines(map(runs.written, sorted(self._calls.items())))
        self._spilled.append(path)
        self._calls.clear()
        self._bytes = 0

    @property
    def is_empty(self) -> bool:
        """True where nothing was counted yet."""
        return not (self._signatures or self._calls or self._spilled)

    def entries(self) -> Iterator[Entry]:
        """Everything that was counted, sorted; the condenser is empty afterwards."""
        self._settle()
        yield from runs.merged([sorted(self._calls.items()), *map(_spilled, self._spilled)])
        if self._spilled:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._spilled, self._calls, self._bytes = [], {}, 0


def _spilled(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        yield from map(runs.parsed, file)
