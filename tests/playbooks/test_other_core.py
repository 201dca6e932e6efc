"""The playbooks on another ansible-core, where there is one.

`ORG_OTHER_PYTHON` names a Python that has another ansible-core and the run-time dependencies of `org`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.playbooks.conftest import KEYS, ROOT, Stage

OTHER = os.environ.get("ORG_OTHER_PYTHON", "")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not OTHER, reason="ORG_OTHER_PYTHON is not set")]


def play(stage: Stage, playbook: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    stage.sandbox.recorder.clear()
    command = [
        Path(OTHER).parent / "ansible-playbook",
        "-i",
        stage.inventory,
        ROOT / "playbooks" / f"{playbook}.yml",
        *arguments,
    ]
    environment = stage.environment() | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=stage.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_whole_way_works(stage: Stage) -> None:
    stage.sandbox.reset()
    check = play(stage, "site", "--check", "--diff")
    assert (0, []) == (check.returncode, stage.writes()), check.stdout + check.stderr
    assert 0 == play(stage, "site").returncode
    assert list(KEYS) == stage.blocked()
    again = play(stage, "site")
    assert (0, []) == (again.returncode, stage.writes())
    assert "changed=0" in again.stdout
    assert "[DEPRECATION" not in check.stderr + again.stderr


def test_one_denied_account_fails_alone(stage: Stage) -> None:
    stage.deny("payments-prod")
    played = play(stage, "baseline")
    assert (2, [key for key in KEYS if key != "payments-prod"]) == (played.returncode, stage.blocked())
    assert "failed: payments-prod" in played.stdout
