"""From logs to a corpus: in batches that are kept, so that a run that is stopped goes on from there.

Beside the corpus lies a folder of work until it is done. A run in it counts only if all of its files are there still
and unchanged; everything else is read again. Who is killed at any moment so gets the same corpus in the end.
"""

from __future__ import annotations

import fcntl
import heapq
import itertools
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from org.access import actions
from org.errors import OrgError
from org.replay import corpus, logs, runs
from org.replay.condensing import Condenser
from org.replay.runs import Damage, Totals, order
from org.replay.working import Batch, elsewhere, here, read_one

if TYPE_CHECKING:
    from org.replay.keys import Keys
    from org.replay.runs import Done

BATCH_BYTES, BATCH_FILES = 48 << 20, 1024
"""What is read between two points from which a stopped run goes on."""
TOGETHER = 16
"""Runs that are joined into one, so that there are never many."""
SUFFIX = ".work"
SETTINGS, RUNS, UNFINISHED, LOCK = "settings.json", "runs", "unfinished", "lock"


@dataclass(frozen=True, slots=True)
class Built:
    """What a corpus was made of: the numbers, and how many log files; `resumed` of them were read by an earlier run."""

    numbers: Totals
    files: int
    resumed: int


def build(
    places: Sequence[str],
    out: Path,
    keys: Keys,
    *,
    processes: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> Built:
    """The file is the corpus of all logs at these places; `progress` is told the number of files read so far.

    Where there are no logs at all there is no corpus either. Raises `OrgError` where somebody else is making the same
    corpus, and `OSError` where it cannot be written.
    """
    corpus.check(out)
    folder = out.with_name(f"{out.name}{SUFFIX}")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OrgError(f"{out} is being made by another run") from None
        streams = [place for place in places if logs.is_stream(place)]
        work = _Work(folder, keys, [place for place in places if place not in streams])
        built = work.read(processes, progress)
        if not (built.files or streams):
            shutil.rmtree(folder)
            return built
        rest = Condenser(keys, work.unfinished / "streams")
        for stream in streams:
            read_one(rest, stream)
        found = [runs.entries(run) for run in work.runs]
        corpus.write(out, keys, *_together(built.numbers, rest, found))
        shutil.rmtree(folder, ignore_errors=True)
        return Built(built.numbers, built.files + len(streams), built.resumed)


def _together(
    numbers: Totals, rest: Condenser, found: list[Iterator[runs.Entry]]
) -> tuple[Totals, Iterator[runs.Entry]]:
    """All numbers and all entries; what was read from streams is counted before its numbers are known."""
    last = list(rest.entries()) if not rest.is_empty else []
    numbers.add(rest.numbers)
    return numbers, runs.merged([last, *found])


class _Work:
    """The folder of one corpus in the making."""

    def __init__(self, folder: Path, keys: Keys, places: list[str]) -> None:
        self._folder, self._keys, self._places = folder, keys, places
        mine = os.path.realpath(folder)
        self._mine = (mine, mine.removesuffix(SUFFIX))
        self._told = Totals()
        settings = {"version": corpus.VERSION, "keys": sorted(keys.names), "actions": actions.as_of()}
        if self._settings() != settings:
            shutil.rmtree(folder / RUNS, ignore_errors=True)
        shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
        (folder / RUNS).mkdir(exist_ok=True)
        # INVARIANT: nobody had this folder before: a process of a run that was killed may still write to its own.
        self.unfinished = folder / UNFINISHED / uuid.uuid4().hex
        self.unfinished.mkdir(parents=True)
        (folder / SETTINGS).write_text(json.dumps(settings), encoding="ascii")
        self.runs = sorted(path for path in (folder / RUNS).iterdir())
        self._drop(run for run in self.runs if not runs.is_whole(run))
        replaced = {name for run in self.runs for name in runs.replaces(run)}
        self._drop(run for run in self.runs if run.name in replaced)
        self._number = 1 + max((int(run.name.partition("-")[0]) for run in self.runs), default=0)

    def _settings(self) -> object:
        try:
            return json.loads((self._folder / SETTINGS).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def _drop(self, gone: Iterable[Path]) -> None:
        for run in list(gone):
            shutil.rmtree(run)
            self.runs.remove(run)

    def read(self, processes: int, progress: Callable[[int], None]) -> Built:
        """Every log file is in one of the runs."""
        self._drop(self._stale())
        resumed = sum(1 for run in self.runs for _ in runs.done(run))
        read = resumed

        def finished(batch: Batch) -> None:
            nonlocal read
            read += len(batch.files)
            self._keep(batch)
            progress(read)

        batches = self._batches()
        if processes > 1:
            elsewhere(batches, self._keys, finished, processes)
        else:
            here(batches, self._keys, finished)
        for run in self.runs:
            self._told.add(runs.totals(run))
        return Built(self._told, read, resumed)

    def _tell(self, name: str, what: str) -> None:
        self._told.add(Totals(damaged=1, damages=[Damage(name, what, 1, 1)]))

    def _stale(self) -> set[Path]:
        """Runs with a file that is not there any more, or not as it was."""
        if not self.runs:
            return set()
        stale: set[Path] = set()
        listing = ((order(one[0]), one, None) for one in self._listed(lambda *_: None))
        known = [_of_run(run) for run in self.runs]
        for _, same in itertools.groupby(heapq.merge(listing, *known, key=itemgetter(0)), itemgetter(0)):
            found = list(same)
            there = [one for _, one, run in found if run is None]
            stale |= {run for _, one, run in found if run is not None and one not in there}
        return stale

    def _listed(self, told: logs.Told) -> Iterator[Done]:
        """The log files, without this corpus and the work on it, which may lie among them."""
        work, out = self._mine
        listing = logs.listed(self._places, told)
        return (one for one in listing if one[0] != out and not one[0].startswith(f"{work}/"))

    def _batches(self) -> Iterator[Batch]:
        """The files that no run has, a few together."""
        listing = self._listed(self._tell)
        known = heapq.merge(*[runs.done(run) for run in self.runs], key=lambda one: order(one[0]))
        files: list[Done] = []
        size = 0
        for one in _without(listing, known):
            files.append(one)
            size += one[1]
            if size >= BATCH_BYTES or len(files) >= BATCH_FILES:
                yield self._batch(files)
                files, size = [], 0
        if files:
            yield self._batch(files)

    def _batch(self, files: list[Done]) -> Batch:
        self._number += 1
        return Batch(self.unfinished / f"{self._number - 1:08}-0", tuple(files))

    def _keep(self, batch: Batch) -> None:
        """The batch's run is one of ours; of many on one level one is made on the next."""
        self._add(batch.folder)
        level = 0
        while True:
            same = [run for run in self.runs if run.name.endswith(f"-{level}")]
            if len(same) < TOGETHER:
                return
            level += 1
            joined = self.unfinished / f"{max(same).name.partition('-')[0]}-{level}"
            runs.join(same, joined)
            self._add(joined)
            self._drop(same)

    def _add(self, run: Path) -> None:
        kept = self._folder / RUNS / run.name
        run.rename(kept)
        self.runs.append(kept)


def _of_run(run: Path) -> Iterator[tuple[bytes, Done, Path | None]]:
    return ((order(one[0]), one, run) for one in runs.done(run))


def _without(listing: Iterator[Done], known: Iterator[Done]) -> Iterator[Done]:
    """The files of the listing that are not known; both are sorted."""
    next_known = next(known, None)
    for one in listing:
        while next_known is not None and order(next_known[0]) < order(one[0]):
            next_known = next(known, None)
        if next_known is None or next_known[0] != one[0]:
            yield one
