"""Seconds of CPU that `org check --policies` takes for a folder of policies, start of the program included.

The folder is the argument, or LINT_POLICIES, or our own templates. Fails where a run costs more than 2 s.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 2.0
RUNS = 5


def cpu(*command: str) -> float:
    """CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """The exit code: 0 where the best run stays within the limit."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LINT_POLICIES") or ROOT / "scps").resolve()
    files = sum(1 for file in folder.rglob("*") if file.suffix in {".json", ".yaml", ".yml"})
    command = (sys.executable, "-m", "org", "check", "--policies", str(folder), "--format", "json")
    costs = [cpu(*command) for _ in range(RUNS)]
    print(
        f"lint of {files} files: {min(costs):.2f} s CPU (limit {LIMIT:.0f} s; best of {RUNS}, worst {max(costs):.2f} s)"
    )
    return 0 if min(costs) < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
