"""A run that is stopped anywhere goes on from there, to the same corpus."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from org.errors import OrgError
from org.replay import building
from org.replay.keys import usual
from tests.replay.trail import built, event, log

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from org.replay import building
from org.replay.keys import usual
building.BATCH_FILES = 2
building.TOGETHER = 3
building.build([sys.argv[1]], Path(sys.argv[2]), usual(), processes=int(sys.argv[3]))
"""


def logs(folder: Path, files: int = 40, events: int = 300) -> Path:
    for number in range(files):
        made = [event(eventID=f"{number}-{n}", eventTime=f"2026-11-02T09:{n % 60:02}:00Z") for n in range(events)]
        made += [
            event("s3", "GetObject", requestParameters={"bucketName": "b", "key": f"{number}/{n}"}) for n in range(9)
        ]
        log(folder / f"{number % 5}" / f"{number}.json.gz", made)
    return folder


def started(folder: Path, out: Path, processes: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), str(out), str(processes)], cwd=ROOT)


def finished(folder: Path, out: Path, processes: int = 1) -> bytes:
    assert started(folder, out, processes).wait() == 0
    return out.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_that_is_killed_at_any_moment_ends_with_the_same_corpus(tmp_path: Path, processes: int) -> None:
    folder = logs(tmp_path / "logs")
    begun = time.monotonic()
    whole = finished(folder, tmp_path / "whole.gz")
    lasted = time.monotonic() - begun
    chance = random.Random(processes)
    out = tmp_path / "corpus.gz"
    killed = 0
    for _ in range(4):
        running = started(folder, out, processes)
        time.sleep(chance.uniform(0.3, 0.9) * lasted)
        running.send_signal(signal.SIGKILL)
        killed += running.wait() == -signal.SIGKILL
    assert whole == finished(folder, out, processes)
    assert not out.with_name(f"{out.name}.work").exists()
    assert killed


class StoppedError(Exception):
    pass


def stopped(folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch, after: int = 3) -> None:
    """A run that is stopped after so many batches."""
    monkeypatch.setattr(building, "BATCH_FILES", 1)

    def progress(_: int) -> None:
        nonlocal after
        after -= 1
        if not after:
            raise StoppedError

    with pytest.raises(StoppedError):
        building.build([str(folder)], out, usual(), progress=progress)


STEPS = ((os, "fsync"), (Path, "rename"), (Path, "replace"), (shutil, "rmtree"), (Path, "mkdir"), (Path, "write_text"))


def test_a_run_that_is_stopped_at_any_step_ends_with_the_same_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = logs(tmp_path / "logs", files=7, events=1)
    whole, _ = built(tmp_path / "whole", folder)
    monkeypatch.setattr(building, "BATCH_FILES", 1)
    monkeypatch.setattr(building, "TOGETHER", 3)
    for number in itertools.count():
        (tmp_path / str(number)).mkdir()
        with pytest.MonkeyPatch.context() as patch:
            steps = Steps(number)
            for owner, name in STEPS:
                patch.setattr(owner, name, steps.counted(getattr(owner, name)))
            try:
                built(tmp_path / str(number), folder)
            except StoppedError:
                pass
            else:
                break
        assert whole == built(tmp_path / str(number), folder)[0]
    assert number > 100


class Steps:
    """Stops at a step to the disk: before it or, with an odd number, after it."""

    def __init__(self, stop: int) -> None:
        self._left, self._after = stop // 2, stop % 2

    def counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **more: Any) -> Any:
            self._left -= 1
            mine = self._left == -1
            if mine and not self._after:
                raise StoppedError
            result = function(*arguments, **more)
            if mine:
                raise StoppedError
            return result

        return step


def test_files_that_were_read_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = logs(tmp_path / "logs", files=6, events=2)
    stopped(folder, tmp_path / "corpus.jsonl", monkeypatch)
    content, made = built(tmp_path, folder)
    assert (made.files, made.resumed) == (6, 3)
    assert content == built(tmp_path / "..", folder)[0]


@pytest.mark.parametrize("change", ["changed", "removed", "touched"])
def test_what_changed_meanwhile_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    folder = logs(tmp_path / "logs", files=6, events=2)
    stopped(folder, tmp_path / "corpus.jsonl", monkeypatch)
    first = min(folder.rglob("*.gz"))
    if change == "removed":
        first.unlink()
    elif change == "touched":
        os.utime(first, ns=(1, 1))
    else:
        log(first, [event("sts", "GetCallerIdentity")])
    content, made = built(tmp_path, folder)
    assert made.resumed == 2
    (tmp_path / "fresh").mkdir()
    assert content == built(tmp_path / "fresh", folder)[0]


def test_other_settings_begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = logs(tmp_path / "logs", files=4, events=2)
    stopped(folder, tmp_path / "corpus.jsonl", monkeypatch, after=2)
    from org.replay.keys import plus

    keys = plus(usual(), ["aws:UserAgent"])
    content, made = built(tmp_path, folder, keys=keys)
    assert made.resumed == 0
    assert b"aws:useragent" in content.splitlines()[1]


def test_work_that_somebody_meddled_with_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = logs(tmp_path / "logs", files=6, events=2)
    stopped(folder, tmp_path / "corpus.jsonl", monkeypatch)
    runs = sorted((tmp_path / "corpus.jsonl.work" / "runs").iterdir())
    (runs[0] / "totals").write_text("{")
    (runs[1] / "lines").unlink()
    content, made = built(tmp_path, folder)
    assert made.resumed == 1
    (tmp_path / "fresh").mkdir()
    assert content == built(tmp_path / "fresh", folder)[0]


def test_what_a_process_of_a_killed_run_still_writes_is_in_nobody_s_way(tmp_path: Path) -> None:
    folder = logs(tmp_path / "logs", files=2, events=2)
    work = tmp_path / "corpus.jsonl.work" / "unfinished"
    places = []
    for _ in range(2):
        built_with: list[str] = []

        def stop(_: int, seen: list[str] = built_with) -> None:
            seen += [path.name for path in work.iterdir()]
            raise StoppedError

        with pytest.raises(StoppedError):
            building.build([str(folder)], tmp_path / "corpus.jsonl", usual(), progress=stop)
        places += built_with
        log(folder / "new.json", [event()])
    assert len(set(places)) == 2


def test_two_runs_do_not_make_one_corpus_at_once(tmp_path: Path) -> None:
    folder = logs(tmp_path / "logs", files=2, events=2)

    def another(_: int) -> None:
        with pytest.raises(OrgError, match="is being made by another run"):
            building.build([str(folder)], tmp_path / "corpus.gz", usual())

    building.build([str(folder)], tmp_path / "corpus.gz", usual(), progress=another)


def test_a_process_that_dies_is_told_and_what_it_did_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = logs(tmp_path / "logs", files=8, events=2)
    monkeypatch.setattr(building, "BATCH_FILES", 1)
    out = tmp_path / "corpus.jsonl"

    def killing(_: int) -> None:
        for thread in Path(f"/proc/{os.getpid()}/task").iterdir():
            for child in (thread / "children").read_text().split():
                if b"org.replay.working" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(int(child), signal.SIGKILL)

    with pytest.raises(OrgError, match="the same command goes on from there"):
        building.build([str(folder)], out, usual(), processes=2, progress=killing)
    content, made = built(tmp_path, folder)
    assert made.resumed >= 1
    (tmp_path / "fresh").mkdir()
    assert content == built(tmp_path / "fresh", folder)[0]
