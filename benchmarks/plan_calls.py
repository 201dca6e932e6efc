"""What a no-op `org plan` costs at 10, 300 and 3,000 accounts: calls, CPU seconds, and seconds at 40 ms a call.

The organization has 10 OUs and 5 SCPs, every account a tag; tags are compared. The sandbox runs in a process of its own
and adds the latency to every call, so its own CPU is not in the figures. Its empty pages are switched off here: each
would be one more call, and how many AWS sends is not known.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SIZES = (10, 300, 3000)
LATENCY_MS = 40
MOST_CALLS, MOST_SECONDS = 70, 1.0
SERVE = """
import json, sys
from pathlib import Path
from org.reconcile.wanted import wanted
from org.sandbox.serve import Sandbox
with Sandbox(wanted(Path(sys.argv[1])).checked(), latency=float(sys.argv[2]), empty_pages=0) as sandbox:
    print(json.dumps(sandbox.environment), flush=True)
    sys.stdin.readline()
    print(json.dumps(sandbox.recorder.summary()), flush=True)
"""
PLAN = """
import json, sys, time
from pathlib import Path
from org.reconcile.run import plan_organization
from org.reconcile.wanted import wanted
from org.aws.cloud import connect
from org.aws.clients import Clients
organization = wanted(Path(sys.argv[1])).checked()
clients = Clients()
clients.client("organizations", "eu-west-1")
clients.client("resourcegroupstaggingapi", "us-east-1")
started, cpu = time.perf_counter(), time.process_time()
plan = plan_organization(organization, connect("eu-west-1", clients))
seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
print(json.dumps({"seconds": seconds, "cpu": cpu, "changes": len(plan.changes)}))
"""


def accounts_file(folder: Path, count: int) -> Path:
    """An accounts.yaml with that many accounts in 10 OUs, 5 SCPs and a tag on every account."""
    units = "\n".join(f"  Unit{number}: {{}}" for number in range(10))
    accounts = "\n".join(
        f"  - {{key: a{n}, name: acme-a{n}, ou: Unit{n % 10}, owner: team@acme.example, tags: {{team: t{n % 7}}}}}"
        for n in range(count)
    )
    file = folder / f"accounts-{count}.yaml"
    file.write_text(
        "version: 1\norganization:\n  management: {name: acme, email: aws@acme.example}\n  home_region: eu-west-1\n"
        "  regions: [eu-west-1, us-east-1]\n  email_pattern: 'aws+{key}@acme.example'\n"
        "policies: [deny-leave-organization, protect-cloudtrail, deny-root, protect-block-public-access, "
        "protect-baseline-roles]\n"
        f"organizational_units:\n{units}\naccounts:\n{accounts}\n",
        encoding="utf-8",
    )
    return file


def main() -> int:
    """Print one row a size and the calls of the middle one; 1 where a limit is missed."""
    print(f"no-op org plan, tags compared; {LATENCY_MS} ms a call; CPU and seconds without start-up and file loading")
    print(f"{'accounts':>8} {'calls':>6} {'writes':>6} {'CPU s':>7} {'seconds':>8} {'changes':>7}")
    by_operation: Counter[str] = Counter()
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            summary, made = measured(accounts_file(Path(folder), size))
            kept = kept and summary["writes"] == made["changes"] == 0
            if size == 300:
                by_operation = Counter(summary["operations"])
                kept = kept and summary["calls"] <= MOST_CALLS and made["seconds"] <= MOST_SECONDS
            print(
                f"{size:>8} {summary['calls']:>6} {summary['writes']:>6} {made['cpu']:>7.2f} {made['seconds']:>8.2f} "
                f"{made['changes']:>7}"
            )
    print("at 300 accounts:", ", ".join(f"{name} {count}" for name, count in by_operation.most_common()))
    limits = f"at 300 accounts at most {MOST_CALLS} calls and {MOST_SECONDS} s, and never a write"
    print(f"{limits}: {'kept' if kept else 'NOT KEPT'}")
    return int(not kept)


def measured(file: Path) -> tuple[dict, dict]:
    """The sandbox's record of one plan, and what the planning process says of itself."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(file), str(LATENCY_MS / 1000)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        environment = os.environ | json.loads(server.stdout.readline())
        made = subprocess.run(
            [sys.executable, "-c", PLAN, str(file)], capture_output=True, text=True, check=True, env=environment
        ).stdout
        server.stdin.write("\n")
        server.stdin.flush()
        summary = json.loads(server.stdout.readline())
    return summary, json.loads(made.strip().splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
