"""The files that `include:` names: inside the main file's folder, each once, in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from org.load import reading
from org.load.rule import quoted

if TYPE_CHECKING:
    from org.load.declared import Entry
    from org.model.finding import Finding

MAX_FILES: Final = 10_000


def included(top: Entry, main: Path) -> tuple[dict[str, Path], tuple[Finding, ...]]:
    """The included files by the name to show, and what is wrong with the patterns."""
    folder = main.parent
    files: dict[str, Path] = {}
    findings: list[Finding] = []
    for pattern, span in top.items("include"):
        written = PurePosixPath(pattern)
        if written.is_absolute() or ".." in written.parts or "\\" in pattern:
            message = f"{quoted(pattern)} leads out of the folder of {quoted(top.file)}"
            findings.append(
                reading.OUTSIDE.finding(message, span, help="included files lie in that folder or below it")
            )
            continue
        matched = list(matches(folder, pattern))
        if not matched:
            message = f"{quoted(pattern)} matches no file"
            findings.append(
                reading.NOTHING.finding(message, span, help="the pattern is relative to the folder of this file")
            )
        for path in matched:
            if not path.resolve().is_relative_to(folder.resolve()):
                message = f"{quoted(pattern)} matches {quoted(path.relative_to(folder))}, a link out of the folder"
                findings.append(reading.OUTSIDE.finding(message, span, help="put the file itself there"))
            elif path.resolve() == main.resolve():
                message = f"{quoted(pattern)} matches the file it stands in"
                findings.append(
                    reading.CYCLE.finding(
                        message, span, help="put accounts in a folder of their own, `accounts.d/*.yaml`"
                    )
                )
            else:
                files[shown(top.file, path.relative_to(folder))] = path
    return files, tuple(findings)


def matches(folder: Path, pattern: str) -> Iterator[Path]:
    """The regular files that a pattern matches, sorted."""
    try:
        found = sorted(folder.glob(pattern))[:MAX_FILES]
    except (ValueError, NotImplementedError, OSError):
        return
    yield from (path for path in found if path.is_file())


def main_name(path: Path) -> str:
    """The main file's name as reports show it: relative where it is below the current folder, as CI systems want it."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path).as_posix()


def shown(main: str, path: Path) -> str:
    """The included file's name as reports show it: beside the main file's."""
    return (PurePosixPath(main).parent / path.as_posix()).as_posix()
