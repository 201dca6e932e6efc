"""Decisions per CPU second, ours beside iam-simulate's and PMapper's, on one workload in one run.

The workload is that of `generate_policies.py`: 4 levels, 20 SCPs, 400 statements. The others are outside programs,
installed into build/judges with npm and uv, and each answers as many of the requests as its speed allows. Reading and
preparing the input is left out for them; for us compiling is part of the first pass.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from generate_policies import requests, scenario

from org.access.evaluate import compiled
from org.access.scenario import Scenario
from tests.judges import outside

SIMULATED, MAPPED = 400, 2_000
"""So many requests the others answer."""
LEAST_OVER_SIMULATE, LEAST_OVER_PMAPPER = 300, 20
DENIES = frozenset(("explicitly_denied", "implicitly_denied"))


@dataclass(frozen=True)
class Result:
    """What one evaluator answered, and how many decisions it made in a CPU second."""

    name: str
    answers: Sequence[str]
    speed: float


def ours(given: dict[str, Any], asked: list[dict[str, Any]]) -> tuple[Result, Result]:
    """Our first pass, compiling included, and a second one over the same requests."""
    read = Scenario(given)
    wanted = [read.ask(one)[1][0] for one in asked]
    started = time.process_time()
    engine = compiled(read.policies)
    answers = [engine.decide(one).answer.value for one in wanted]
    first = time.process_time() - started
    started = time.process_time()
    for one in wanted:
        engine.decide(one)
    warm = time.process_time() - started
    return Result("ours, first pass", answers, len(wanted) / first), Result("ours, warm", answers, len(wanted) / warm)


def theirs(name: str, run: Callable[[], tuple[list[str], float]]) -> Result:
    """What an outside program answers."""
    answers, seconds = run()
    return Result(name, answers, len(answers) / seconds)


def same(one: str, other: str) -> bool:
    """True for equal answers; PMapper knows only allowed and denied."""
    return one == other or (other == "denied" and one in DENIES)


def main() -> None:
    """Print the table; end with 1 where a limit is missed or an answer differs."""
    if reason := outside.missing() or outside.missing_pmapper():
        sys.exit(f"the others cannot be asked: {reason}")
    given, asked = scenario(), requests()
    simulations = [outside.simulation(given, one) for one in asked[:SIMULATED]]
    first, warm = ours(given, asked)
    simulate = theirs("iam-simulate", lambda: outside.timed(simulations))
    pmapper = theirs("PMapper", lambda: outside.mapped(given, asked[:MAPPED]))
    print(f"{'decisions per CPU second':<36}{'requests':>12}{'first pass is':>15}{'at least':>10}{'differing':>11}")
    failed = False
    for result, least in ((first, 0), (warm, 0), (simulate, LEAST_OVER_SIMULATE), (pmapper, LEAST_OVER_PMAPPER)):
        differing = sum(not same(mine, other) for mine, other in zip(first.answers, result.answers, strict=False))
        ratio = first.speed / result.speed
        limit = f"{least}x" if least else ""
        shown = f"{result.name:<20}{result.speed:>16,.0f}{len(result.answers):>12,}{ratio:>14,.1f}x"
        print(f"{shown}{limit:>10}{differing:>11}")
        failed |= ratio < least or differing > 0
    if failed:
        sys.exit("a limit is missed, or an answer differs that nothing explains")


if __name__ == "__main__":
    main()
