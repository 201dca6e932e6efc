"""Compares `org check` of a large accounts.yaml with PyYAML merely loading it, each in a process of its own.

Prints both CPU times with imports, their ratio and the peak memory of both; exits with 1 where a limit is passed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from generate_accounts import accounts_file

ROOT = Path(__file__).resolve().parents[1]
RATIO, MEGABYTES = 1.5, 400
USED = (
    "import resource, sys; used = resource.getrusage(resource.RUSAGE_SELF); "
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)"
)
LOAD = f"import yaml, sys; yaml.load(open(sys.argv[1], encoding='utf-8').read(), yaml.CSafeLoader); {USED}"
CHECK = f"import sys; from org.cli import run; code = run(['check', sys.argv[1]]); {USED}; sys.exit(code)"


def used(program: str, file: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a program that prints them last."""
    command = [sys.executable, "-c", program, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    cpu, memory = done.stderr.split()[-2:]
    return float(cpu), float(memory)


def main(accounts: int, rounds: int) -> int:
    """The exit code; the best of several rounds counts, because a busy machine only ever makes a program slower."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        text = accounts_file(accounts)
        file.write_text(text, encoding="utf-8")
        pairs = [(used(LOAD, file), used(CHECK, file)) for _ in range(rounds)]
    load, check = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    ratio = check[0] / load[0]
    print(f"{accounts:,} accounts, {text.count(chr(10)):,} lines, {len(text) / 1e6:.1f} MB, best of {rounds}")
    print(f"yaml.load(CSafeLoader)  {load[0]:5.2f} s CPU  {load[1]:4.0f} MB")
    print(f"org check               {check[0]:5.2f} s CPU  {check[1]:4.0f} MB")
    print(f"ratio                   {ratio:5.2f}  (at most {RATIO}; memory at most {MEGABYTES} MB)")
    return 0 if ratio <= RATIO and check[1] < MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 3))
