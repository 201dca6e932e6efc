"""What comparing two chains of SCPs costs in CPU, on real policies and on a chain of 400 statements.

`python benchmarks/comparison.py [FOLDER]` spreads policies over four levels, the documents (JSON) in FOLDER or those of
our own templates, and compares them with what pull requests would make of them, changes by chance, seeded. The second
chain is that of `generate_policies.py`. The data about AWS's actions is read before, once for all comparisons of a run,
and its cost is told apart.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from generate_policies import scenario
from packing import documents

from org.access.prove.compare import compare
from org.access.prove.reach import index
from tests.access.prove.mutations import FULL, SETTING, changed, policies

LEVELS, REAL, LARGE, SEED = 4, 300, 100, 20261123
MEDIAN_LIMIT, MAX_LIMIT, P95_LIMIT = 0.050, 1.0, 1.0


def spread(folder: Path | None) -> list[list[dict[str, Any]]]:
    """The documents of a folder, or our own, over four levels with AWS's own SCP on each."""
    levels = [[FULL] for _ in range(LEVELS)]
    for number, policy in enumerate(documents(folder)):
        levels[number % LEVELS].append(dict(policy.document))
    return levels


def measured(levels: list[list[dict[str, Any]]], number: int) -> tuple[list[float], Counter[str]]:
    """CPU seconds of each comparison, and how many differences of each certainty were found."""
    chance = random.Random(SEED)
    base = policies(levels, "scp")
    seconds, found = [], Counter[str]()
    for _ in range(number):
        head = policies(changed(chance, levels)[1], "scp")
        begun = time.process_time()
        differences = compare(base, head, SETTING)
        seconds.append(time.process_time() - begun)
        found.update(one.certainty.value for one in differences)
    return sorted(seconds), found


def told(name: str, seconds: list[float], found: Counter[str]) -> None:
    quantiles = [statistics.median(seconds), seconds[int(0.9 * len(seconds))], seconds[int(0.95 * len(seconds))]]
    numbers = "  ".join(f"{1000 * one:8.1f}" for one in (*quantiles, seconds[-1]))
    counts = ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
    print(f"{name:<28} {len(seconds):>5}  {numbers}  {counts}")


def main() -> int:
    """Print both tables; 1 where a limit is missed."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    begun = time.process_time()
    index()
    print(f"data about actions read in {1000 * (time.process_time() - begun):.0f} ms CPU")
    print(f"{'comparisons (CPU ms)':<28} {'':>5}  {'median':>8}  {'p90':>8}  {'p95':>8}  {'max':>8}  differences")
    missed = False
    levels = spread(folder)
    seconds, found = measured(levels, REAL)
    missed |= statistics.median(seconds) > MEDIAN_LIMIT or seconds[-1] > MAX_LIMIT
    told(f"{sum(map(len, levels)) - LEVELS} policies", seconds, found)
    seconds, found = measured(scenario()["scps"], LARGE)
    missed |= seconds[int(0.95 * len(seconds))] > P95_LIMIT
    told("400 statements", seconds, found)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
