"""The process that answers, led by lines of JSON on its standard input; each gets one line back.

`{"mode": "live" | "learn" | "canned", "latency": SECONDS}` sets both and forgets what was counted; `{}` only asks.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from canned.answers import Answers, Mode
from canned.authority import Authority
from canned.front import Front
from canned.organization import PREPARED
from org.reconcile.wanted import wanted
from org.sandbox.seed import HOME
from org.sandbox.serve import Sandbox


def main(accounts_file: str, typical: str) -> None:
    """Serve the organization of the file until standard input ends."""
    organization = wanted(Path(accounts_file)).checked()
    keys = {account.id or HOME: account.key for account in organization.accounts}
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        answers = Answers(Sandbox(organization, empty_pages=0), keys, typical)
        for request in PREPARED:
            answers.prepare(*request)
        front = Front(authority.context(), answers)
        waiting = [True]

        def told() -> None:
            line = sys.stdin.readline()
            if not line:
                waiting.clear()
                return
            order = json.loads(line)
            said = counted(answers, front)
            if "mode" in order:
                answers.mode, front.latency = Mode(order["mode"]), order.get("latency", 0.0)
                answers.calls.clear()
                front.handshakes, front.most_open = 0, front.open
            print(json.dumps(said), flush=True)

        front.watch(sys.stdin.fileno(), told)
        print(json.dumps({"port": front.port, "bundle": str(authority.bundle)}), flush=True)
        front.serve(lambda: not waiting)


def counted(answers: Answers, front: Front) -> dict:
    """What has happened since the mode was set, and this process's CPU seconds since it began."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "calls": dict(answers.calls),
        "missed": answers.missed,
        "neighbours": answers.neighbours,
        "handshakes": front.handshakes,
        "open": front.most_open,
        "cpu": used.ru_utime + used.ru_stime,
    }


if __name__ == "__main__":
    os.environ.pop("AWS_PROFILE", None)
    main(*sys.argv[1:])
