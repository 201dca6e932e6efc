"""What must hold for the repository as a whole."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HELP_BUDGET = 0.120
"""CPU seconds that `org --help` may cost."""


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def cpu_of(*command: str) -> float:
    """CPU seconds of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tracked_texts() -> list[tuple[str, str]]:
    """Name and text of each file that git keeps or would keep; empty outside a git work tree."""
    if shutil.which("git") is None:
        return []
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.split("\n")
    paths = [ROOT / line for line in listed if line]
    return [
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace"))
        for path in paths
        if path.is_file()
    ]


def lines_that_match(pattern: str) -> list[str]:
    search = re.compile(pattern).search
    return [
        f"{name}: {line.strip()[:100]}" for name, text in tracked_texts() for line in text.splitlines() if search(line)
    ]


def test_the_package_s_init_is_empty() -> None:
    assert "" == (ROOT / "org" / "__init__.py").read_text(encoding="utf-8")


def test_there_is_no_org_python() -> None:
    assert [] == [*(ROOT / "org").glob("python*")]


def test_copy_and_pickle_survive_a_package_called_org() -> None:
    done = run(sys.executable, "-c", "import copy, pickle, boto3; print('fine')")
    assert ("fine\n", "", 0) == (done.stdout, done.stderr, done.returncode)


@pytest.mark.slow
def test_help_costs_less_than_120_ms_of_cpu() -> None:
    costs = [cpu_of(sys.executable, "-m", "org", "--help") for _ in range(7)]
    assert min(costs) < HELP_BUDGET


def test_check_does_not_load_the_aws_sdk() -> None:
    code = "import sys; from org.cli import run; run(['check']); print({'boto3', 'botocore', 'moto'} & {*sys.modules})"
    assert "set()" == run(sys.executable, "-c", code).stdout.splitlines()[-1]


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    assert [] == lines_that_match(r"(?<![\w.$}])/(?:work|root|home|Users)/[\w.]")


def test_no_file_names_a_package_index() -> None:
    assert [] == lines_that_match(r"(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org)")


def test_every_requirement_is_pinned_with_a_hash() -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    requirements = [block for block in blocks if not block.startswith("#")]
    bare = [block.splitlines()[0] for block in requirements if "==" not in block or "--hash=sha256:" not in block]
    assert (True, []) == (len(requirements) > 50, bare)


def test_both_licence_texts_are_there() -> None:
    expected = {
        "LICENSES/Apache-2.0.txt": "Apache License",
        "LICENSES/GPL-3.0-or-later.txt": "GNU GENERAL PUBLIC LICENSE",
    }
    assert [] == [name for name, title in expected.items() if title not in (ROOT / name).read_text(encoding="utf-8")]
