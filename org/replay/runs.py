"""Sorted runs: partial counts of calls on disk, merged by addition, so that memory does not grow with the logs.

A run is a folder: `lines` has the calls in order, `files` the log files that they come from, `totals` the numbers. It
comes into being whole, by the renaming of a folder, so whoever is killed leaves runs that are complete and no others.
"""

from __future__ import annotations

import heapq
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

LINES, FILES, TOTALS = "lines", "files", "totals"
MOST_TOLD = 100
"""Damages of one run that are told one by one; all are counted."""

Tally = tuple[int, str, str, str]
"""How often, when first and last, and the id of the first event."""
Entry = tuple[bytes, Tally]
"""The JSON of a call, and its tally."""
Done = tuple[str, int, str]
"""A log file that was read: its name, its size, and what changes when it does."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a log file: where first, and how many times."""

    file: str
    what: str
    line: int
    column: int
    times: int = 1


@dataclass(slots=True)
class Totals:
    """How many events there were, how many were left out and why, how many were damaged, with the first damages."""

    events: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    damages: list[Damage] = field(default_factory=list)

    def add(self, other: Totals) -> None:
        """The numbers of both together."""
        self.events += other.events
        self.skipped.update(other.skipped)
        self.damaged += other.damaged
        self.damages = sorted([*self.damages, *other.damages], key=lambda one: (one.file, one.line, one.column))
        del self.damages[MOST_TOLD:]


def added(one: Tally, other: Tally) -> Tally:
    """Both tallies together; the sample is the first event, and of several at one moment the one with the least id."""
    first, event = min((one[1], one[3]), (other[1], other[3]))
    return (one[0] + other[0], first, max(one[2], other[2]), event)


def merged(sources: Iterable[Iterable[Entry]]) -> Iterator[Entry]:
    """The entries of sorted sources, sorted, each call once."""
    last: bytes | None = None
    tally: Tally = (0, "", "", "")
    for call, counted in heapq.merge(*sources, key=itemgetter(0)):
        if call == last:
            tally = added(tally, counted)
            continue
        if last is not None:
            yield last, tally
        last, tally = call, counted
    if last is not None:
        yield last, tally


def written(entry: Entry) -> bytes:
    """The entry on one line; JSON has neither tabs nor line breaks of its own."""
    call, (count, first, last, event) = entry
    return b"%b\t%d\t%b\t%b\t%b\n" % (call, count, first.encode(), last.encode(), event.encode())


def parsed(line: bytes) -> Entry:
    """The entry of a line."""
    call, count, first, last, event = line.rstrip(b"\n").split(b"\t")
    return call, (int(count), first.decode(), last.decode(), event.decode())


def entries(folder: Path) -> Iterator[Entry]:
    """The entries of a run."""
    with (folder / LINES).open("rb") as file:
        yield from map(parsed, file)


def done(folder: Path) -> Iterator[Done]:
    """The log files of a run, in order."""
    with (folder / FILES).open(encoding="ascii") as file:
        for line in file:
            name, size, stamp = json.loads(line)
            yield name, size, stamp


def totals(folder: Path) -> Totals:
    """The numbers of a run."""
    content = _content(folder)
    damages = [Damage(*one) for one in content["damages"]]
    return Totals(content["events"], Counter(content["skipped"]), content["damaged"], damages)


def _content(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / TOTALS).read_text(encoding="ascii"))
    return content


def is_whole(folder: Path) -> bool:
    """True for a run that nobody has meddled with."""
    try:
        _content(folder)
    except (OSError, ValueError):
        return False
    return (folder / LINES).is_file() and (folder / FILES).is_file()


def replaces(folder: Path) -> tuple[str, ...]:
    """The names of runs that this one holds; they may still be there where a run was killed."""
    return tuple(_content(folder)["replaces"])


def order(name: str) -> bytes:
    """The key by which log files are sorted: that of S3, which lists by the bytes of UTF-8."""
    return os.fsencode(name)


def write(
    folder: Path, calls: Iterable[Entry], files: Iterable[Done], numbers: Totals, replaced: Iterable[str] = ()
) -> None:
    """The folder is a run, and what it holds is on disk; raises `OSError` where the folder around it is gone."""
    folder.mkdir()
    with (folder / LINES).open("wb") as file:
        file.writelines(map(written, calls))
        _settle(file)
    with (folder / FILES).open("w", encoding="ascii") as listing:
        listing.writelines(f"{json.dumps(one)}\n" for one in files)
        _settle(listing)
    with (folder / TOTALS).open("w", encoding="ascii") as content:
        damages = [(one.file, one.what, one.line, one.column, one.times) for one in numbers.damages]
        shown = {"events": numbers.events, "skipped": dict(numbers.skipped), "damaged": numbers.damaged}
        json.dump({**shown, "damages": damages, "replaces": list(replaced)}, content)
        _settle(content)


def join(folders: list[Path], into: Path) -> None:
    """The folder is a run that holds all the others."""
    numbers = Totals()
    for folder in folders:
        numbers.add(totals(folder))
    files = heapq.merge(*map(done, folders), key=lambda one: order(one[0]))
    write(into, merged(map(entries, folders)), files, numbers, [folder.name for folder in folders])


def _settle(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
