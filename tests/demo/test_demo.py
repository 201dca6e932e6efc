"""The demo does what the README shows, in the time it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUDGET = 15
"""Seconds that the demo may take on a quiet machine with two cores."""

pytestmark = pytest.mark.slow


@cache
def demo() -> subprocess.CompletedProcess[str]:
    together = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    return subprocess.run([sys.executable, "demo/run.py"], cwd=ROOT, text=True, check=False, **together)


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
    done = demo()
    assert 0 == done.returncode, done.stdout
    assert "The second run changed nothing." in done.stdout


def test_the_demo_prints_a_time_that_is_within_its_budget() -> None:
    seconds = re.findall(r"^Done in (\d+\.\d) s", demo().stdout, re.MULTILINE)
    assert 1 == len(seconds)
    assert float(seconds[0]) < 2 * BUDGET  # twice, because the other tests run beside it


def test_the_readme_shows_the_demo_s_real_output() -> None:
    printed = iter(steady(demo().stdout))
    shown = shown_in_the_readme()
    assert (True, []) == (bool(shown), [line for line in shown if not any(line == other for other in printed)])
