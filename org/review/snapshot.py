"""The files of a commit that a load needs, in a private folder: ordinary files under plain names, and no more."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from org.load.reading import MAX_BYTES, decode
from org.load.rule import quoted
from org.load.yaml import parse
from org.model.finding import Finding, Span
from org.policy.library import LIKE_TEMPLATES
from org.review.rules import LFS, LINK, TOO_MUCH, UNUSABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.review.repository import Entry, Repository

TEMPLATES = b"scps"
MOST_FILES = 20_000
MOST_PATTERNS = 1_000
MOST_BYTES = 64 * 1024 * 1024
LONGEST_PATH = 1_000
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
KINDS = {"120000": "a symbolic link", "160000": "a submodule"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The accounts file below a folder, None where the commit has none, and what of the commit was left out."""

    folder: Path
    accounts: Path | None
    findings: tuple[Finding, ...]


@contextmanager
def snapshot(repository: Repository, commit: str, accounts: PurePosixPath) -> Iterator[Snapshot]:
    """The accounts file of a commit, named from the top, with what it needs; all of it is gone afterwards."""
    with TemporaryDirectory(prefix="org-review-") as name:
        yield _Writer(repository, commit, accounts, Path(os.path.realpath(name))).snapshot()


class _Writer:
    """Writes one snapshot."""

    def __init__(self, repository: Repository, commit: str, accounts: PurePosixPath, folder: Path) -> None:
        self.repository, self.commit, self.accounts, self.folder = repository, commit, accounts, folder
        self.findings: list[Finding] = []
        self.files = self.bytes = 0

    def snapshot(self) -> Snapshot:
        """The accounts file, the templates beside it, and the files that it includes."""
        main, beside = os.fsencode(str(self.accounts)), self.beside()
        entries = [*self.repository.entries(self.commit, [main, beside + TEMPLATES])]
        self.write(entry for entry in entries if entry.path == main or is_like_template(entry.path))
        written = self.folder / self.accounts
        if written.is_file():
            known = {entry.path for entry in entries}
            self.write(entry for entry in self.matched(self.patterns(written)) if entry.path not in known)
        there = any(entry.path == main for entry in entries)
        return Snapshot(self.folder, written if there else None, tuple(self.findings))

    def patterns(self, accounts: Path) -> list[str]:
        """The patterns of the accounts file, as many as anybody needs."""
        found = included(accounts)
        if len(found) > MOST_PATTERNS:
            message = f"{len(found):,} patterns under `include`; the first {MOST_PATTERNS:,} are followed"
            self.report(TOO_MUCH.finding(message, Span(str(self.accounts)), help="put the files into one folder"))
        return found[:MOST_PATTERNS]

    def matched(self, patterns: Sequence[str]) -> Iterator[Entry]:
        """What the patterns match in the folder of the accounts file; they are matched once more when it is loaded."""
        if not patterns:
            return
        beside = self.beside()
        matches = [re.compile(matching(pattern)) for pattern in patterns]
        for entry in self.repository.entries(self.commit, sorted({beside + literal(one) for one in patterns})):
            below = os.fsdecode(entry.path[len(beside) :])
            if entry.path.startswith(beside) and any(one.fullmatch(below) for one in matches):
                yield entry

    def beside(self) -> bytes:
        """The folder of the accounts file with a slash behind it; empty for the top."""
        folder = os.fsencode(str(self.accounts.parent))
        return b"" if folder == b"." else folder + b"/"

    def write(self, entries: Iterable[Entry]) -> None:
        """The ordinary files among the entries are in the folder."""
        chosen = [entry for entry in entries if self.is_usable(entry)]
        content = self.repository.blobs(entry for entry in chosen if entry.size <= MAX_BYTES)
        for entry in chosen:
            self.write_file(entry, content.get(entry.id))

    def is_usable(self, entry: Entry) -> bool:
        """True for an ordinary file under a plain name, as long as there is room."""
        shown = os.fsdecode(entry.path)
        if not entry.is_file:
            what = KINDS.get(entry.mode, "no ordinary file")
            self.report(LINK.finding(f"{quoted(shown)} is {what}", Span(shown), help="put the file itself there"))
            return False
        parts = entry.path.split(b"/")
        if len(entry.path) > LONGEST_PATH or any(part.lower() in (b"", b".", b"..", b".git") for part in parts):
            self.report(UNUSABLE.finding(f"{quoted(shown)} is no name of a file", Span(shown), help="rename the file"))
            return False
        self.files += 1
        self.bytes += min(entry.size, MAX_BYTES)
        if self.files > MOST_FILES or self.bytes > MOST_BYTES:
            if not any(finding.rule == TOO_MUCH.id for finding in self.findings):
                message = (
                    f"from {quoted(shown)} on, the files are more than {MOST_FILES:,} or than {MOST_BYTES:,} bytes"
                )
                self.report(TOO_MUCH.finding(message, Span(shown), help="include fewer files"))
            return False
        return True

    def write_file(self, entry: Entry, content: bytes | None) -> None:
        """One file is there; one that is too large has its size and nothing in it, so that a load says so."""
        shown = os.fsdecode(entry.path)
        file = self.folder / shown
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # INVARIANT: the folder holds no links, because nothing but this writes into it.
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as opened:
                if content is None:
                    opened.truncate(entry.size)
                else:
                    opened.write(content)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a name that this machine takes"
            message = f"{quoted(shown)} cannot be written: {reason}"
            self.report(UNUSABLE.finding(message, Span(shown), help="rename the file; another may have the same name"))
        if content is not None and content.startswith(LFS_POINTER):
            self.report(LFS.finding(f"{quoted(shown)} is kept in Git LFS", Span(shown), help="keep it in git itself"))

    def report(self, finding: Finding) -> None:
        """The finding is among those of the snapshot."""
        self.findings.append(finding)


def included(accounts: Path) -> list[str]:
    """The patterns under `include:` of an accounts file; none where they cannot be read, which a load will say."""
    content = accounts.read_bytes()
    if b"include" not in content and b"\\" not in content:
        return []  # reading 10,000 accounts takes a second; with a backslash the key may be spelled otherwise
    text, _ = decode(content, accounts.name)
    data: Any = parse(text, accounts.name).data
    listed = data.get("include") if isinstance(data, dict) else None
    return [pattern for pattern in listed if isinstance(pattern, str) and pattern] if isinstance(listed, list) else []


def is_like_template(path: bytes) -> bool:
    """True for what may be a template or a folder of them; a README beside them is nobody's business."""
    ending = Path(os.fsdecode(path)).suffix
    return not ending or ending in LIKE_TEMPLATES


def literal(pattern: str) -> bytes:
    """The folder that all files of a pattern are in: what stands before the first part with a wildcard."""
    parts: list[str] = []
    for part in pattern.split("/")[:-1]:
        if any(one in part for one in "*?[") or part in ("", ".", ".."):
            break
        parts.append(part)
    return os.fsencode("/".join(parts))


def matching(pattern: str) -> str:
    """An expression for at least what the pattern matches: `*` may also be several folders, and `**/` none."""
    return translate(pattern.replace("**/", "*"))
