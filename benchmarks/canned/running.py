"""Runs against canned answers, each in a process of its own, with the server's count of every step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
MINE = ("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
"""Variables that would lead a client elsewhere begin so."""


@dataclass(frozen=True, slots=True)
class Step:
    """A component of a run: what its process said of it, and the calls that were made for it."""

    said: dict[str, Any]
    calls: dict[str, int]


@dataclass(frozen=True, slots=True)
class Ran:
    """A run: its steps, its CPU seconds and seconds from start to end of the process, and the server's count."""

    steps: tuple[Step, ...]
    cpu: float
    seconds: float
    server: dict[str, Any]
    error: str = ""

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return sum(self.server["calls"].values())


@dataclass(slots=True)
class Can:
    """A server of canned answers for the organization of a file."""

    file: Path
    process: subprocess.Popen[str]
    port: int
    bundle: str
    environment: dict[str, str] = field(default_factory=dict)

    def tell(self, **order: Any) -> dict[str, Any]:
        """What the server has counted; `mode` and `latency` hold from now on."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def run(self, names: Sequence[str] | None, keys: Sequence[str] | None, *, apply: bool = False) -> Ran:
        """One run of these components (None: all) in these accounts (None: all)."""
        order = json.dumps({"names": names, "keys": keys, "apply": apply})
        command = [sys.executable, HERE / "client.py", str(self.port), self.file, order]
        before, started = self.tell(), time.perf_counter()
        steps, calls = [], before["calls"]
        with subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as client:
            assert client.stdin is not None
            assert client.stdout is not None
            for line in client.stdout:
                now = self.tell()["calls"]
                steps.append(Step(json.loads(line), {name: n - calls.get(name, 0) for name, n in now.items()}))
                calls = now
                client.stdin.write("\n")
                client.stdin.flush()
            assert client.stderr is not None
            error = client.stderr.read()
            _, status, used = os.wait4(client.pid, 0)
            client.returncode = os.waitstatus_to_exitcode(status)
        seconds, after = time.perf_counter() - started, self.tell()
        after["cpu"] -= before["cpu"]
        return Ran(tuple(steps), used.ru_utime + used.ru_stime, seconds, after, error if client.returncode else "")


@contextmanager
def canned(file: Path, typical: str) -> Iterator[Can]:
    """A server for as long as the block lasts; `typical` is the key of the account whose answers stand for all."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(MINE)}
    path = os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, HERE / "server.py", file, typical]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**kept, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        keys = {"AWS_ACCESS_KEY_ID": "canned", "AWS_SECRET_ACCESS_KEY": "canned", "AWS_CA_BUNDLE": told["bundle"]}
        files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        environment = {**kept, **keys, **files, "AWS_EC2_METADATA_DISABLED": "true"}
        try:
            yield Can(file, process, told["port"], told["bundle"], environment)
        finally:
            assert process.stdin is not None
            process.stdin.close()
