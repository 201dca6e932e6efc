"""Small git repositories, made as people and attackers make them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ACCOUNTS = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example}
  home_region: eu-west-1
  regions: [eu-west-1, eu-central-1]
  email_pattern: "aws+{key}@acme.example"
policies: [deny-leave-organization]
organizational_units:
  Workloads: {units: {Prod: {}, Dev: {}}}
accounts:
  - {key: payments, name: acme-payments, ou: Workloads/Prod, owner: payments@acme.example}
  - {key: search, name: acme-search, ou: Workloads/Dev, owner: search@acme.example}
"""
ISOLATED = {
    "GIT_AUTHOR_DATE": "2026-11-23T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-23T12:00:00Z",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@acme.example",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@acme.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Repo:
    """A repository with a working tree."""

    folder: Path

    def git(self, *arguments: str | bytes, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            input=given,
            capture_output=True,
            check=True,
            env={**os.environ, **ISOLATED},
        )
        return os.fsdecode(done.stdout).strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "a change") -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", given=content)

    def crafted(self, *entries: tuple[str, str, bytes], parent: str | None = None) -> str:
        """A commit whose top tree has just these entries (mode, object, name), whatever git thinks of them."""
        content = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(thing) for mode, thing, name in entries)
        tree = self.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=content)
        parents = ["-p", parent] if parent else []
        return self.git("commit-tree", tree, *parents, "-m", "crafted")


def hostile(repo: Repo, canary: Path) -> None:
    """Everything in a repository's own settings that could start a program."""
    run = f"touch {canary}"
    program = repo.folder / ".git/evil"
    program.write_text(f"#!/bin/sh\n{run}\n")
    program.chmod(0o755)
    (repo.folder / ".git/hooks").mkdir(exist_ok=True)
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        file = repo.folder / ".git/hooks" / hook
        file.write_text(f"#!/bin/sh\n{run}\n")
        file.chmod(0o755)
    settings = {
        "core.fsmonitor": str(program),
        "core.hooksPath": str(repo.folder / ".git/hooks"),
        "core.sshCommand": run,
        "core.pager": run,
        "core.editor": run,
        "core.gitProxy": run,
        "core.alternateRefsCommand": run,
        "core.askPass": str(program),
        "diff.external": run,
        "diff.evil.textconv": run,
        "diff.evil.command": run,
        "filter.evil.smudge": run,
        "filter.evil.clean": run,
        "filter.evil.process": run,
        "filter.lfs.smudge": run,
        "filter.lfs.process": run,
        "merge.evil.driver": run,
        "credential.helper": f"!{run}",
        "gpg.program": str(program),
        "uploadpack.packObjectsHook": run,
        "alias.rev-parse": f"!{run}",
        "alias.cat-file": f"!{run}",
        "alias.ls-tree": f"!{run}",
        "submodule.recurse": "true",
        "submodule.evil.update": f"!{run}",
        "url.ext::sh -c evil.insteadOf": "https://",
    }
    for key, value in settings.items():
        repo.git("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "config", key, value)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with a first commit of a small organization on `main`; the test stands in it."""
    made = Repo(tmp_path / "repo")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit({"accounts.yaml": ACCOUNTS}, "the first one")
    monkeypatch.chdir(made.folder)
    return made
