"""The demo: from an older, drifted organization on a simulated AWS to what accounts.yaml says, by ansible-playbook.

Started by `make demo`. It starts itself again inside `org sandbox`, where the environment leads to the simulated AWS.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DRIFT, SEED = 14, 12
"""So many things differ from accounts.yaml, and which ones: the same on every run."""

NEXT = """\
Try next:
  change something in accounts.yaml, for instance a name, and run make demo again
  .venv/bin/org check                      what is wrong with a file: misspell an OU and see
  .venv/bin/org render                     the policies as AWS gets them
  .venv/bin/org sandbox --seed-from accounts.yaml    the same organization, for your own commands
  docs/architecture.md                     how it works, on two pages"""


def say(line: str) -> None:
    """A line on the terminal, before whatever the next command prints."""
    print(line, flush=True)


def step(number: int, title: str, *command: str, results: Path | None = None) -> None:
    """One command with a heading and its time; ends the demo where the command fails."""
    say(f"\n== {number}/4 {title}\n   $ {shlex.join(command)}")
    started = time.perf_counter()
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    if results:
        environment["ORG_RESULTS_JSONL"] = str(results)
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(f"step {number} ended with {done.returncode}")
    say(f"   ({time.perf_counter() - started:.1f} s)")


def changed(results: Path) -> int:
    """How many results of a playbook run say that something changed."""
    last = json.loads(results.read_text(encoding="utf-8").splitlines()[-1])
    return int(last["counts"]["changed"])


def inside() -> None:
    """The four steps, with an environment that leads to the sandbox."""
    playbook = ("ansible-playbook", "playbooks/site.yml")
    with TemporaryDirectory(prefix="org-demo-") as folder:
        first, second = Path(folder) / "first.jsonl", Path(folder) / "second.jsonl"
        step(1, "Is accounts.yaml right?", "org", "check")
        step(2, "What would change? Nothing is written.", *playbook, "--check", "--diff")
        step(3, "Make it so.", *playbook, results=first)
        step(4, "The same again: nothing is left to do.", *playbook, results=second)
        if not changed(first) or changed(second):
            sys.exit(f"the first run changed {changed(first)} things and the second {changed(second)}")


def outside() -> None:
    """The sandbox around the four steps, and how long it all took."""
    started = time.perf_counter()
    say(f"An AWS organization on this machine, as it was some time ago, with {DRIFT} differences to accounts.yaml.")
    drifted = ("--seed-from", "accounts.yaml", "--drift", str(DRIFT), "--seed", str(SEED))
    again = shlex.join([sys.executable, str(Path(__file__).resolve()), "--inside"])
    done = subprocess.run([BIN / "org", "sandbox", *drifted, "--exec", again], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    say(f"\nDone in {time.perf_counter() - started:.1f} s. The second run changed nothing.\n\n{NEXT}")


if __name__ == "__main__":
    inside() if "--inside" in sys.argv else outside()
