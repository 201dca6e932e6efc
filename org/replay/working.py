"""Batches of log files made into runs, in this process or in others that end when this one does.

`python -m org.replay.working` is one of the others: it reads batches as lines of JSON and answers each with a line.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.errors import OrgError
from org.replay import logs, runs
from org.replay.condensing import NO_READ, Condenser
from org.replay.keys import Keys
from org.replay.runs import Damage, Totals

if TYPE_CHECKING:
    from org.replay.runs import Done


@dataclass(frozen=True, slots=True)
class Batch:
    """Log files that become one run, in a folder that is not there yet."""

    folder: Path
    files: tuple[Done, ...]


def condense(batch: Batch, condenser: Condenser) -> None:
    """The batch's folder is a run; the condenser has counted nothing else."""
    condenser.begin(spilled(batch))
    for name, _, _ in batch.files:
        read_one(condenser, name)
    runs.write(batch.folder, condenser.entries(), batch.files, condenser.numbers)


def spilled(batch: Batch) -> Path:
    """Where goes what does not fit into memory."""
    return batch.folder.with_name(f"{batch.folder.name}-spilled")


def read_one(condenser: Condenser, name: str) -> None:
    """The file is counted; one that cannot be opened is told."""
    try:
        with logs.opened(name) as read:
            condenser.read(name, read)
    except OSError as error:
        damage = Damage(name, f"{NO_READ}: {error.strerror or error}", 1, 1)
        condenser.numbers.add(Totals(damaged=1, damages=[damage]))


def here(batches: Iterable[Batch], keys: Keys, finished: Callable[[Batch], None]) -> None:
    """Every batch is a run, one after the other; `finished` is called after each."""
    condenser = None
    for batch in batches:
        condenser = condenser or Condenser(keys, spilled(batch))
        with collector_off():
            condense(batch, condenser)
        finished(batch)


def elsewhere(batches: Iterable[Batch], keys: Keys, finished: Callable[[Batch], None], processes: int) -> None:
    """The same in that many other processes. `finished` is called in this one, by one thread at a time."""
    waiting, lock, stop = iter(batches), threading.Lock(), threading.Event()

    def drive() -> None:
        with _Worker(keys) as worker:
            while not stop.is_set():
                with lock:
                    batch = next(waiting, None)
                if batch is None:
                    return
                worker.run(batch)
                with lock:
                    finished(batch)

    with ThreadPoolExecutor(processes) as pool:
        drivers = [pool.submit(drive) for _ in range(processes)]
        try:
            for driver in drivers:
                driver.result()
        finally:
            stop.set()


class _Worker:
    """Another process. It ends where its input does, so it never outlives this one by more than a batch."""

    def __init__(self, keys: Keys) -> None:
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "org.replay.working"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
        )
        self._say({"keys": sorted(keys.names)})

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, batch: Batch) -> None:
        """The batch is a run; raises `OrgError` where the process ended instead."""
        assert self._process.stdout is not None
        self._say({"folder": str(batch.folder), "files": batch.files})
        answer = self._process.stdout.readline()
        if not answer:
            code = self._process.wait()
            raise OrgError(f"a process that reads logs ended with {code}; the same command goes on from there")
        told = json.loads(answer)
        if "error" in told:
            raise OrgError(told["error"])

    def _say(self, content: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{json.dumps(content)}\n".encode())
            self._process.stdin.flush()


class collector_off:  # noqa: N801 - reads as a phrase
    """Within this context the garbage collector rests: a batch makes millions of objects and no cycles."""

    def __enter__(self) -> None:
        self._was = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was:
            gc.enable()


def main() -> None:
    """Batches come in and runs come out, until there are no more; who started this decides about Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = _lines()
    keys = Keys(frozenset(next(lines)["keys"]))
    try:
        here(_asked(lines), keys, lambda _: print("{}", flush=True))
    except (OrgError, OSError) as error:
        with suppress(BrokenPipeError):
            print(json.dumps({"error": str(error)}), flush=True)


def _asked(lines: Iterator[dict[str, Any]]) -> Iterator[Batch]:
    for asked in lines:
        files = tuple((name, size, stamp) for name, size, stamp in asked["files"])
        yield Batch(Path(asked["folder"]), files)


def _lines() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


if __name__ == "__main__":
    main()
