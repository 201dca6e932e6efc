"""Text in accounts.yaml is data: nothing in it is ever run, whatever it looks like."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.playbooks.conftest import ROOT, Stage

pytestmark = pytest.mark.slow

BAIT = "{{ lookup('pipe','bait') }}"
"""Jinja that runs a program called `bait`, and short enough for every field."""
ACCEPTED = """\
version: 1
organization:
  management: {{name: "{bait}", email: aws@acme.example}}
  home_region: us-east-1
  regions: [us-east-1]
  contacts:
    security: {{name: "{bait}", title: "{bait}", email: security@acme.example, phone: "+44 20 7946 0000"}}
baseline: {{s3-public-access: {{}}}}
organizational_units:
  "{bait}": {{}}
accounts:
  - {{key: hostile, name: "x {bait}", email: hostile@acme.example, ou: "{bait}", owner: "{bait}@acme.example"}}
"""


@pytest.fixture
def trap(stage: Stage, tmp_path: Path) -> Path:
    """A file that is there once `bait` has run; the program is on the PATH of every run of the stage."""
    sprung = tmp_path / "sprung"
    program = tmp_path / "bin" / "bait"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch '{sprung}'\n", encoding="utf-8")
    program.chmod(0o755)
    return sprung


def path(trap: Path) -> str:
    return f"{trap.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"


def test_the_trap_works(stage: Stage, trap: Path) -> None:
    playbook = trap.parent / "bait.yml"
    playbook.write_text(f'- {{hosts: localhost, gather_facts: false, tasks: [{{debug: {{msg: "{BAIT}"}}}}]}}\n')
    (trap.parent / "collections").symlink_to(ROOT / "playbooks" / "collections")
    stage.play(os.path.relpath(playbook, ROOT / "playbooks").removesuffix(".yml"), PATH=path(trap))
    assert trap.exists()


@pytest.mark.parametrize("arguments", [("--check", "--diff", "-v"), ("--diff", "-v"), ()])
def test_text_that_is_accepted_is_only_ever_text(stage: Stage, trap: Path, arguments: tuple[str, ...]) -> None:
    stage.sandbox.reset()
    stage.accounts.write_text(ACCEPTED.format(bait=BAIT), encoding="utf-8")
    played = stage.play("site", *arguments, PATH=path(trap))
    assert (0, False) == (played.code, trap.exists()), played.said
    realm = stage.sandbox.world.realm
    made = sorted(member.name for member in realm.accounts.values()) if realm else []
    assert ([] if "--check" in arguments else sorted([BAIT, f"x {BAIT}"])) == made


def test_the_reason_of_a_failure_is_only_ever_text(stage: Stage, trap: Path) -> None:
    from org.sandbox.serve import Fault

    fault = Fault("s3control:GetPublicAccessBlock", code="AccessDenied", status=403, message=BAIT)
    stage.sandbox.faults.add(fault)
    played = stage.play("baseline", PATH=path(trap))
    assert (2, False) == (played.code, trap.exists())
    assert BAIT in played.stdout


def test_jinja_in_the_place_of_every_value_runs_nothing(stage: Stage, trap: Path) -> None:
    text = (ROOT / "accounts.yaml").read_text(encoding="utf-8")
    body = re.sub(r"(?<=: )[A-Za-z$][^\s,{}\[\]:#]*(?=[,}\n])", f'"{BAIT}"', text)
    assert body.count(BAIT) > 50
    stage.accounts.write_text(body, encoding="utf-8")
    for mode in ((), ("--check",)):
        played = stage.play("site", *mode, PATH=path(trap))
        assert (True, False) == (played.code != 0, trap.exists())
    assert [] == stage.writes()


def test_a_path_that_looks_like_jinja_is_only_ever_a_path(stage: Stage, trap: Path) -> None:
    folder = stage.folder / BAIT
    folder.mkdir()
    stage.accounts = stage.accounts.rename(folder / "accounts.yaml")
    stage.inventory = stage.inventory.rename(folder / "accounts.inventory.yml")
    played = stage.play("baseline", PATH=path(trap))
    assert (0, False) == (played.code, trap.exists()), played.said


def test_no_playbook_loads_accounts_yaml_by_ansible_s_own_means() -> None:
    ways = re.compile(r"vars_files|include_vars|-e\s*@|--extra-vars\s*@|from_yaml|lookup\(")
    files = [
        *(ROOT / "playbooks").rglob("*.yml"),
        *(ROOT / "playbooks").rglob("*.py"),
        *(ROOT / "demo").rglob("*.py"),
    ]
    assert [] == [file.name for file in files if ways.search(file.read_text(encoding="utf-8"))]
