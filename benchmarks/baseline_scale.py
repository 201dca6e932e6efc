"""What a run of the baseline costs that changes nothing: 1,000 accounts in 4 Regions, 50 ms a call, over TLS.

`python benchmarks/baseline_scale.py [ACCOUNTS] [COMPONENT...]`. First come the four components that the baseline is
about, which must end within the limits of a whole run; then every component that exists, ten times the calls, which is
held to the CPU of a call. With names, those components are measured and held to all limits. A sandbox is
brought to the baseline in the special accounts and in one other, and its answers there are what all the others get,
from a process of its own (benchmarks/canned) whose CPU is not counted. AWS's own host names and endpoints, the
certificates that any AWS tool trusts and AWS's published rates are used, so S3 Control needs a connection for each
account. CPU and seconds are those of the whole process: start-up, accounts.yaml and the list of accounts are in them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from canned.organization import REGIONS, SPECIAL, TYPICAL, text
from canned.running import canned

from org import baseline

if TYPE_CHECKING:
    from canned.running import Can, Ran

ACCOUNTS, LATENCY = 1_000, 0.05
FOUR = ("kms-keys", "cloudtrail", "s3-public-access", "secrets-rotation")
MOST_SECONDS, MOST_CPU, MOST_MS = 60.0, 60.0, 2.0
SHARED = ("sts:", "organizations:", "account:ListRegions")
"""Calls that no single component makes: getting into accounts, and the list of them."""


def learnt(can: Can, names: list[str]) -> list[str]:
    """The components that rest after an apply; what each of them asks then has an answer from now on."""
    keys, resting = [*SPECIAL, TYPICAL], list(names)
    while wrong := restless(can, resting, keys):
        print("".join(f"LEFT OUT: {name}: {why}\n" for name, why in wrong.items()), end="")
        resting = [name for name in resting if name not in wrong]
    can.tell(mode="learn")
    for said in _said(can.run(resting, keys)):
        if said["failed"] or said["changes"]:
            print(f"NOT AT REST while learning: {said['component']}: {said['changes']} changes {said['reason']}")
    return resting


def restless(can: Can, names: list[str], keys: list[str]) -> dict[str, str]:
    """The components that do not come to rest in these accounts after an apply, and why; those before them did."""
    for apply in (True, False):
        ran = can.run(names, keys, apply=apply)
        wrong = {said["component"]: said["reason"] for said in _said(ran) if said["failed"]}
        if ran.error:
            wrong[names[len(ran.steps)] if len(ran.steps) < len(names) else names[-1]] = ran.error.splitlines()[-1]
        if wrong:
            return wrong
    return {said["component"]: f"{said['changes']} changes after an apply" for said in _said(ran) if said["changes"]}


def table(ran: Ran, accounts: int) -> None:
    """Print a row for each component."""
    print(f"{'component':<34}{'calls an account':>17}{'CPU ms a call':>15}{'CPU s':>8}{'seconds':>9}")
    cpu = seconds = 0.0
    for step in ran.steps:
        calls = {name: count for name, count in step.calls.items() if count}
        own = sum(count for name, count in calls.items() if not name.startswith(SHARED))
        said = step.said
        used, took = said["cpu"] - cpu, said["seconds"] - seconds
        cpu, seconds = said["cpu"], said["seconds"]
        each = used * 1000 / max(1, sum(calls.values()))
        print(f"{said['component']:<34}{own / accounts:>17.2f}{each:>15.2f}{used:>8.2f}{took:>9.1f}")
    shared = {name: count for name, count in ran.server["calls"].items() if name.startswith(SHARED)}
    print("and to get there: " + ", ".join(f"{name} {count:,}" for name, count in sorted(shared.items())))


def kept(ran: Ran, accounts: int, *, whole_run: bool) -> bool:
    """Whether the run did nothing, everywhere, within the limits; prints what it came to."""
    each = ran.cpu * 1000 / max(1, ran.calls)
    sessions = ran.server["calls"].get("sts:AssumeRole", 0)
    memory = max((step.said["megabytes"] for step in ran.steps), default=0)
    most = (f" (at most {MOST_SECONDS:.0f})", f" (at most {MOST_CPU:.0f})") if whole_run else ("", "")
    print(
        f"{accounts:,} accounts x {len(REGIONS)} Regions, {ran.calls:,} calls ({ran.calls / accounts:.1f} an account, "
        f"{sessions / accounts:.2f} of them AssumeRole), {LATENCY * 1000:.0f} ms each:\n"
        f"  {ran.seconds:.1f} s{most[0]}, {ran.cpu:.1f} core-seconds{most[1]}, "
        f"{each:.2f} ms of CPU a call (at most {MOST_MS:.0f}), {memory:.0f} MB\n"
        f"  beside it: {ran.server['handshakes']:,} TLS handshakes, {ran.server['cpu']:.1f} core-seconds of the server"
    )
    troubles = [
        *(f"{said['component']}: {said['failed']} failed: {said['reason']}" for said in _said(ran) if said["failed"]),
        *(f"{said['component']}: {said['changes']} changes" for said in _said(ran) if said["changes"]),
        *(f"never asked while learning: {missed}" for missed in ran.server["missed"][:5]),
        *(f"signed with another session's token: {name}" for name in ran.server["neighbours"][:5]),
        *filter(None, [ran.error]),
    ]
    print("".join(f"WRONG: {trouble}\n" for trouble in troubles), end="")
    quick = not whole_run or (ran.seconds <= MOST_SECONDS and ran.cpu < MOST_CPU)
    return not troubles and quick and each <= MOST_MS


def _said(ran: Ran) -> list[dict]:
    return [step.said for step in ran.steps]


def measured(accounts: int, names: list[str], *, whole_run: bool) -> bool:
    """Whether these components keep the limits, after a table; one that does not come to rest is named and fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        file.write_text(text(accounts, names), encoding="utf-8")
        with canned(file, TYPICAL) as can:
            resting = learnt(can, names)
            can.tell(mode="canned", latency=LATENCY)
            ran = can.run(resting, None)
    accounts += len(SPECIAL)
    table(ran, accounts)
    good = kept(ran, accounts, whole_run=whole_run) and resting == names
    print("kept" if good else "NOT KEPT")
    return good


def main(accounts: int, chosen: list[str]) -> int:
    """The exit code."""
    if chosen:
        return int(not measured(accounts, [name for name in baseline.find() if name in chosen], whole_run=True))
    four = measured(accounts, [name for name in baseline.find() if name in FOUR], whole_run=True)
    return int(not (measured(accounts, list(baseline.find()), whole_run=False) and four))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS, sys.argv[2:]))
