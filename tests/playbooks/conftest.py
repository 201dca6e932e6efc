"""Real `ansible-playbook` runs against the served sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox

ROOT = Path(__file__).parents[2]
ACCOUNTS = ROOT / "tests" / "cases" / "playbooks" / "accounts.yaml"
BIN = Path(sys.executable).parent
CALLBACK = "org.baseline.grouped"


@dataclass(frozen=True)
class Played:
    """What a run came to. `results` are the lines of its JSON file, the last one being the summary."""

    code: int
    stdout: str
    stderr: str
    results: tuple[dict[str, Any], ...]

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.results[-1]["counts"]
        return counts

    @property
    def said(self) -> str:
        return self.stdout + self.stderr

    def hosts(self, status: str) -> list[str]:
        """The hosts of the baseline play that have this status, sorted."""
        return sorted(
            line["host"] for line in self.results[:-1] if line["play"] == "Baseline" and line["status"] == status
        )


class Stage:
    """A folder with an accounts.yaml and its inventory, and a sandbox to play on."""

    def __init__(self, sandbox: Sandbox, folder: Path, seconds: float = 120) -> None:
        self.sandbox = sandbox
        self.seconds = seconds
        self.folder = folder
        self.accounts = folder / "accounts.yaml"
        self.inventory = folder / "accounts.inventory.yml"
        shutil.copy(ACCOUNTS, self.accounts)
        shutil.copy(ROOT / "playbooks" / "accounts.inventory.yml", self.inventory)

    def play(self, playbook: str, *arguments: str, cwd: Path | None = None, **variables: str) -> Played:
        """One `ansible-playbook` run; the recorder holds its calls and no others."""
        self.sandbox.recorder.clear()
        lines = self.folder / "results.jsonl"
        lines.unlink(missing_ok=True)
        command = [BIN / "ansible-playbook", "-i", self.inventory, ROOT / "playbooks" / f"{playbook}.yml", *arguments]
        environment = self.environment() | {"ORG_RESULTS_JSONL": str(lines)} | variables
        done = subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=self.seconds,
        )
        text = lines.read_text(encoding="utf-8") if lines.exists() else ""
        return Played(done.returncode, done.stdout, done.stderr, tuple(map(json.loads, text.splitlines())))

    def environment(self) -> dict[str, str]:
        """The sandbox's variables, our callback, and nothing of the caller's Ansible."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ORG_"))}
        return self.sandbox.child_environment(kept) | {"ANSIBLE_STDOUT_CALLBACK": CALLBACK, "NO_COLOR": "1"}

    def writes(self) -> list[str]:
        """What the last run called that may have changed something; assuming a role is no change."""
        return sorted({call.name for call in self.sandbox.recorder.writes()})

    def unblock(self, *keys: str) -> None:
        """These accounts have no S3 Block Public Access; the others of the file do."""
        for key in keys:
            self.sandbox.world.public_access.pop(self.id_of(key), None)

    def deny(self, *keys: str) -> None:
        """Nobody can get into these accounts any more: their roles are gone."""
        for key in keys:
            self.sandbox.world.roles[self.id_of(key)] = frozenset()

    def id_of(self, key: str) -> str:
        """The id that the sandbox gave an account, found by its e-mail."""
        realm = self.sandbox.world.realm
        assert realm is not None
        return next(member.id for member in realm.accounts.values() if member.email == f"aws+{key}@acme.example")

    def blocked(self) -> list[str]:
        """The keys of the accounts that have all four switches on."""
        on = {account for account, block in self.sandbox.world.public_access.items() if all(block.values())}
        return [key for key in KEYS if self.id_of(key) in on]


KEYS = ("log-archive", "payments-dev", "payments-prod", "search-dev", "search-prod")


@pytest.fixture(scope="session")
def organization() -> Organization:
    """The organization that the tests' accounts.yaml declares."""
    from org.reconcile.wanted import wanted

    return wanted(ACCOUNTS).checked()


@pytest.fixture
def stage(sandbox: Sandbox, organization: Organization, tmp_path: Path) -> Stage:
    """An organization that is as declared, except that no account has S3 Block Public Access."""
    sandbox.reset(organization)
    made = Stage(sandbox, tmp_path)
    made.unblock(*KEYS)
    return made


@dataclass(frozen=True)
class Denied:
    """One run of the baseline with an account that nobody can get into, and what it left behind."""

    played: Played
    blocked: list[str]
    ids: dict[str, str]
    junit: Path


@pytest.fixture(scope="session")
def denied(organization: Organization, tmp_path_factory: pytest.TempPathFactory) -> Denied:
    """The baseline over accounts without S3 Block Public Access, where the roles of payments-prod are gone."""
    from org.sandbox.serve import Sandbox

    with Sandbox(organization) as running:
        stage = Stage(running, tmp_path_factory.mktemp("denied"))
        stage.unblock(*KEYS)
        stage.deny("payments-prod")
        junit = stage.folder / "reports" / "junit.xml"
        played = stage.play("baseline", ORG_RESULTS_JUNIT=str(junit))
        return Denied(played, stage.blocked(), {key: stage.id_of(key) for key in KEYS}, junit)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A sandbox of its own in which nothing has been created yet."""
    from org.sandbox.serve import Sandbox

    with Sandbox() as running:
        yield Stage(running, tmp_path_factory.mktemp("empty"))
