"""A git repository read through its plumbing: commits, lists of files and their content, as data.

Nothing of the repository is ever run. There is no checkout, so neither hooks nor filters; content is asked for by id,
so that no name reaches a command line; settings that could start a program or fetch something are overruled, and git's
environment is not inherited. `safe.bareRepository` keeps a folder of the head that looks like a repository from being
taken for one: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from org.errors import GitFailed
from org.load.rule import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OVERRULED = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.sshCommand": "false",
    "core.pager": "cat",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}
"""Settings that a repository may have and that must mean nothing here."""
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""What git's own environment is replaced by."""
SECONDS = 120
MOST_LISTED = 64 * 1024 * 1024
"""Bytes of one list of files, half a million names: a few small tree objects can stand for billions of files."""
ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
SHALLOW = "this clone is shallow: fetch the history, for instance with `git fetch --unshallow` or `fetch-depth: 0`"
PARTIAL = "a partial clone lacks files, and nothing is fetched here: make a full clone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a commit: what it is (`100644` a file, `120000` a link, `160000` a submodule), its object, its bytes.

    `path` is relative to the top of the repository, as bytes: git takes any.
    """

    mode: str
    id: str
    size: int
    path: bytes

    @property
    def is_file(self) -> bool:
        """True for an ordinary file."""
        return self.mode.startswith("100")


class Repository:
    """The repository that a folder is in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def top(self) -> Path:
        """The top folder of the working tree; raises `GitFailed` where the folder is in none."""
        done = self._run("rev-parse", "--show-toplevel")
        if done.returncode:
            message = f"{quoted(self.folder)} is in no git repository: {_said(done.stderr)}"
            raise GitFailed(message, "run it in the repository that holds accounts.yaml")
        return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))

    @cached_property
    def shallow(self) -> bool:
        """True where the clone lacks a part of the history."""
        return self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def commit(self, ref: str) -> str:
        """The id of the commit that a branch, a tag or an id names; raises `GitFailed` where it names none."""
        self.top  # noqa: B018 - outside a repository, say that first
        if not ref or ref.startswith("-") or not ref.isprintable():
            raise GitFailed(f"{quoted(ref)} cannot be the name of a commit", "name a branch, a tag or a commit id")
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        found = done.stdout.decode("ascii", "replace").strip()
        if done.returncode or not ID.fullmatch(found):
            raise GitFailed(f"there is no commit {quoted(ref)} here", self._how_to_get(ref))
        return found

    def _how_to_get(self, ref: str) -> str:
        if self.shallow:
            return SHALLOW
        remote, slash, branch = ref.partition("/")
        return f"fetch it first: `git fetch {remote} {branch}`" if slash else "fetch it first, or check its spelling"

    def merge_base(self, base: str, head: str) -> str:
        """The last commit that both have in their history; raises `GitFailed` where they have none in common here."""
        done = self._run("merge-base", base, head)
        found = done.stdout.decode("ascii", "replace").partition("\n")[0].strip()
        if done.returncode or not ID.fullmatch(found):
            hint = SHALLOW if self.shallow else "compare with the commit itself: --exact"
            raise GitFailed(f"{base[:12]} and {head[:12]} have no commit in common here", hint)
        return found

    def entries(self, commit: str, paths: Sequence[bytes]) -> Iterator[Entry]:
        """Everything at or below the paths, which are relative to the top; an empty path is the top itself."""
        wanted = [] if b"" in paths else paths
        listed = self._listed("ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", *wanted)
        for line in listed.split(b"\0")[:-1]:
            facts, _, path = line.partition(b"\t")
            mode, _, name, size = facts.decode("ascii").split()
            yield Entry(mode, name, int(size) if size.isdecimal() else 0, path)

    def blobs(self, entries: Iterable[Entry]) -> Mapping[str, bytes]:
        """The content of files by the id of each."""
        names = dict.fromkeys(entry.id for entry in entries)
        done = self._run("cat-file", "--batch", asked="".join(f"{name}\n" for name in names).encode())
        if done.returncode:
            raise GitFailed(f"git cat-file failed: {_said(done.stderr)}")
        answer = done.stdout
        found: dict[str, bytes] = {}
        at = 0
        for name in names:
            line, _, _ = answer[at : at + 128].partition(b"\n")
            kind, _, size = line.removeprefix(name.encode() + b" ").partition(b" ")
            if kind != b"blob":
                raise GitFailed(f"object {name} is not in this clone", PARTIAL)
            start = at + len(line) + 1
            found[name] = answer[start : start + int(size)]
            at = start + int(size) + 1
        return found

    def _listed(self, *arguments: str | bytes) -> bytes:
        """What a command writes, read only as far as is allowed."""
        try:
            with subprocess.Popen(
                self._command(arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            ) as running:
                assert running.stdout is not None
                # Trees without end can also be empty, so that nothing is ever written.
                clock = threading.Timer(SECONDS, running.kill)
                clock.start()
                listed = running.stdout.read(MOST_LISTED + 1)
                clock.cancel()
                if len(listed) > MOST_LISTED:
                    running.kill()
        except OSError as error:
            raise _not_started(error) from error
        if len(listed) > MOST_LISTED:
            raise GitFailed("there are more files than can be reviewed", "keep accounts.yaml in a folder of its own")
        if running.returncode:
            raise GitFailed(f"git {os.fsdecode(arguments[0])} could not list the files", PARTIAL)
        return listed

    def _run(self, *arguments: str | bytes, asked: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = self._command(arguments)
        try:
            return subprocess.run(
                command, input=asked, capture_output=True, env=_environment(), timeout=SECONDS, check=False
            )
        except OSError as error:
            raise _not_started(error) from error
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git {os.fsdecode(arguments[0])} took more than {SECONDS} seconds") from error

    def _command(self, arguments: Sequence[str | bytes]) -> list[str | bytes]:
        settings = [part for key, value in OVERRULED.items() for part in ("-c", f"{key}={value}")]
        return [_git(), "--no-pager", *settings, "-C", os.fspath(self.folder), *arguments]


def _not_started(error: OSError) -> GitFailed:
    return GitFailed(f"git cannot be started: {error.strerror}", "install git")


def _environment() -> dict[str, str]:
    """The environment without anything that git reads, but for what is said here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, **ENVIRONMENT}


def _git() -> str:
    """The program, from a folder that is named in full: `.` in PATH would be a folder of the head."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(folder).is_absolute()]
    return shutil.which("git", path=os.pathsep.join(folders)) or "/usr/bin/git"


def _said(stderr: bytes) -> str:
    """What git says is wrong, on one line."""
    lines = [line.removeprefix("fatal: ").strip() for line in stderr.decode(errors="replace").splitlines()]
    said = " ".join(line for line in lines if line) or "it does not say why"
    return "".join(c if c.isprintable() else " " for c in said)
