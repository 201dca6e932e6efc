"""The import contracts can fail: a planted upward import breaks each of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PLANTED = {
    "Imports point downward": ("org/model/planted.py", "import org.load.rule\n"),
    "strangers": ("org/load/planted.py", "import org.policy.template\n"),
    "Only org.aws and org.sandbox talk to AWS": ("org/report/planted.py", "import boto3\n"),
    "Only org.sandbox knows moto": ("org/aws/planted.py", "import moto\n"),
    "Only org.policy.roles knows policy_sentry": ("org/policy/planted.py", "import policy_sentry\n"),
    "Ansible is known only in playbooks/": ("org/cli/planted.py", "import ansible\n"),
    "no place": ("org/furniture/__init__.py", ""),
}


def verdict(folder: Path) -> tuple[int, str]:
    """The exit code and the output of the import contracts in a copy of the repository."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "org", folder / "org", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(copy: Path) -> None:
    code, output = verdict(copy)
    assert 0 == code, output


@pytest.mark.slow
@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(contract: str, copy: Path) -> None:
    name, text = PLANTED[contract]
    planted = copy / name
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(text, encoding="utf-8")
    try:
        code, output = verdict(copy)
    finally:
        planted.unlink()
        if planted.name == "__init__.py":
            planted.parent.rmdir()
    assert (1, True) == (code, "planted" in output or "furniture" in output), output
