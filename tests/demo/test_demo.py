"""The demo does what the README shows, in the time it promises."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
BUDGET = 15
"""Seconds that the demo may take. CPU is measured, because a busy machine stretches only the time on the clock."""

pytestmark = pytest.mark.slow


class Demo(NamedTuple):
    """One run of the demo: its exit code, everything it printed, and the CPU seconds of all its processes."""

    code: int
    output: str
    cpu: float


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@cache
def demo() -> Demo:
    before = cpu_of_children()
    together = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    done = subprocess.run([sys.executable, "demo/run.py"], cwd=ROOT, text=True, check=False, **together)
    return Demo(done.returncode, done.stdout, cpu_of_children() - before)


def steady(output: str) -> list[str]:
    """The demo's output without empty lines and what differs from run to run: times and made-up ids."""
    timeless = re.sub(r"\d+\.\d s\b", "N s", output)
    nameless = re.sub(r"\b\d{12}\b|(?<=\(plan )[0-9a-f]+", "ID", timeless)
    return [line for line in nameless.splitlines() if line.strip() not in {"", "..."}]


def shown_in_the_readme() -> list[str]:
    """The blocks of the README that show the demo, in order."""
    blocks = re.findall(
        r"^```text demo\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [line for block in blocks for line in steady(block)]


def test_the_demo_builds_the_organization_and_then_has_nothing_to_do() -> None:
    assert 0 == demo().code, demo().output
    assert "The second run changed nothing." in demo().output


def test_the_demo_prints_its_time_and_keeps_to_its_budget() -> None:
    assert 1 == len(re.findall(r"^Done in \d+\.\d s", demo().output, re.MULTILINE))
    assert demo().cpu < BUDGET


def test_the_readme_shows_the_demo_s_real_output() -> None:
    printed = iter(steady(demo().output))
    shown = shown_in_the_readme()
    assert (True, []) == (bool(shown), [line for line in shown if not any(line == other for other in printed)])
