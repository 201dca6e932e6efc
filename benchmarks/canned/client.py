"""The process that is measured: a run of the baseline, with AWS's host names leading to the canned answers.

Prints a line of JSON when a component is done, and waits for a line before it goes on.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
import time
from pathlib import Path


def led_to(port: int) -> None:
    """Every host name means this port of this machine."""
    there = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]
    socket.getaddrinfo = lambda *_, **__: there  # type: ignore[assignment]


def main(port: str, accounts_file: str, order: str) -> None:
    """Run the components that the order names (null: all), in the accounts that it names, planning or applying."""
    led_to(int(port))
    from org.reconcile import run

    asked = json.loads(order)
    started = time.perf_counter()
    done = run.components(Path(accounts_file), asked["names"], asked["keys"], apply=asked["apply"])
    for batch in done:
        results = batch.results.values()
        failed = [result for result in results if result.failed]
        used = resource.getrusage(resource.RUSAGE_SELF)
        said = {
            "component": batch.component,
            "accounts": len(results),
            "changes": sum(len(result.changes) for result in results),
            "failed": len(failed),
            "reason": failed[0].reason if failed else "",
            "cpu": used.ru_utime + used.ru_stime,
            "megabytes": used.ru_maxrss / 1024,
            "seconds": time.perf_counter() - started,
        }
        print(json.dumps(said), flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
