"""What `ansible-playbook baseline.yml --check` costs over 300 and 3,000 accounts, in CPU milliseconds an account.

The CPU is that of the whole process tree of ansible-playbook, less what the same playbook takes over one account. The
sandbox runs in a process of its own, so its CPU is not in the figures. The same work without Ansible (the package
alone, in a fresh Python) is measured beside it, so that the share of the shells shows. Exits with 1 where the limit is
passed; on a machine that is busy with other things CPU times are half as high again.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from generate_accounts import accounts_file

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SIZES = (300, 3_000)
LIMIT_MS = 5.0
DIRECT = """
import sys
from pathlib import Path
from org.reconcile import run, wanted
file = Path(sys.argv[1])
run.component(file, "s3-public-access", [one.key for one in wanted.wanted(file).checked().accounts], apply=False)
"""
PLAYBOOK = (BIN / "ansible-playbook", "playbooks/baseline.yml", "--check", "--diff")


def measured(accounts: int, rounds: int) -> dict:
    """The best of several rounds over that many accounts (a busy machine only ever makes a program slower)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        file.write_text(accounts_file(accounts), encoding="utf-8")
        inner = shlex.join([sys.executable, __file__, "--inside", str(file), str(rounds)])
        command = [sys.executable, "-m", "org", "sandbox", "--seed-from", str(file), "--exec", inner]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def inside(file: str, rounds: int) -> dict:
    """Within the sandbox's environment: the cheapest run, what one run calls, and the same work without Ansible."""
    playbook = [*PLAYBOOK, "-e", json.dumps({"org_accounts": file})]
    runs = [once(playbook) for _ in range(rounds)]
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        f"{os.environ['AWS_ENDPOINT_URL']}/_sandbox/calls"
    ) as answer:
        calls = json.load(answer)
    operations = {name: count // rounds for name, count in calls["operations"].items()}
    direct = min(once([sys.executable, "-c", DIRECT, file])["cpu"] for _ in range(rounds))
    best = min(runs, key=lambda run: run["cpu"])
    return best | {"direct": direct, "operations": operations, "writes": calls["writes"]}


def once(command: list) -> dict:
    """CPU seconds of the process tree, seconds on the clock, and lines printed, of one run."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "seconds": seconds, "megabytes": after.ru_maxrss / 1024, "lines": done.stdout.count("\n")}


def main(sizes: tuple[int, ...], rounds: int) -> int:
    """The exit code, after a table with a row for each size and the calls by operation."""
    start = measured(1, rounds)
    print(
        f"ansible-playbook baseline.yml --check --diff; start-up (1 account) {start['cpu']:.2f} CPU s; best of {rounds}"
    )
    print(
        f"{'accounts':>8} {'CPU s':>7} {'ms an account':>14} {'without Ansible':>15} {'seconds':>8} {'MB':>5} "
        f"{'writes':>6} {'lines':>6}  calls"
    )
    worst = 0.0
    for size in sizes:
        run = measured(size, rounds)
        each = (run["cpu"] - start["cpu"]) * 1000 / size
        worst = max(worst, each)
        direct = (run["direct"] - start["direct"]) * 1000 / size
        calls = ", ".join(f"{name} {count}" for name, count in run["operations"].items())
        print(
            f"{size:>8,} {run['cpu']:>7.2f} {each:>14.2f} {direct:>15.2f} {run['seconds']:>8.1f} "
            f"{run['megabytes']:>5.0f} "
            f"{run['writes']:>6} {run['lines']:>6}  {calls}"
        )
    print(
        f"at most {LIMIT_MS} ms an account: {'kept' if worst <= LIMIT_MS else 'NOT KEPT'} (a stock module costs 590 ms)"
    )
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(sys.argv[2], int(sys.argv[3]))))
    else:
        sys.exit(main(tuple(map(int, sys.argv[1:])) or SIZES, rounds=2))
