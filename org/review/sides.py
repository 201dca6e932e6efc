"""The two sides of a review: what a commit, or the working tree, asks for, rendered and packed by this program."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from org import baseline
from org.errors import GitFailed
from org.load.rule import quoted
from org.model.finding import Finding, Severity, Span
from org.policy.lint import Around, lint_policies
from org.reconcile.wanted import wanted
from org.review.rules import LINK, MISSING
from org.review.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.model.organization import Organization
    from org.model.policy import Policy
    from org.review.repository import Repository


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name for people, its accounts file, its commit (None for the working tree), what it asks for.

    `organization` is None where the files have errors or are not there. `missing` is true where there is no accounts
    file. `apart` are the policies before packing. All names of files are relative to the top of the repository.
    """

    name: str
    file: str
    commit: str | None
    organization: Organization | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]
    missing: bool = False
    apart: tuple[Policy, ...] = ()


def accounts_path(repository: Repository, file: Path) -> PurePosixPath:
    """The accounts file's path from the top of the repository; raises `GitFailed` where it is outside."""
    folder, top = (Path(os.path.realpath(one)) for one in (Path.cwd(), repository.top))
    path = Path(os.path.normpath(folder / file))
    if not path.is_relative_to(top):
        raise GitFailed(
            f"{quoted(path)} is not in the repository {quoted(top)}", "name it without links, with --accounts"
        )
    return PurePosixPath(path.relative_to(top))


def committed(repository: Repository, commit: str, accounts: PurePosixPath, name: str) -> Side:
    """What a commit asks for."""
    with snapshot(repository, commit, accounts) as files:
        if files.accounts is None:
            message = f"{quoted(accounts)} is not in {quoted(name)}"
            finding = MISSING.finding(message, Span(str(accounts)), help="name the file with --accounts")
            return Side(name, str(accounts), commit, None, (finding,), {}, missing=True)
        if not files.accounts.is_file():
            return Side(name, str(accounts), commit, None, files.findings, {})
        return replace(_read(files.accounts, files.folder, name, files.findings), commit=commit)


def working_tree(repository: Repository, accounts: PurePosixPath) -> Side:
    """What the files on disk ask for, committed or not."""
    name = "the working tree"
    top = Path(os.path.realpath(repository.top))
    for number in range(1, len(accounts.parts) + 1):
        if (top / PurePosixPath(*accounts.parts[:number])).is_symlink():
            message = f"{quoted(PurePosixPath(*accounts.parts[:number]))} is a symbolic link"
            finding = LINK.finding(message, Span(str(accounts)), help="put the file itself there")
            return Side(name, str(accounts), None, None, (finding,), {})
    if not (top / accounts).exists():
        finding = MISSING.finding(
            f"{quoted(accounts)} is not there", Span(str(accounts)), help="name it with --accounts"
        )
        return Side(name, str(accounts), None, None, (finding,), {}, missing=True)
    return _read(top / accounts, top, name, ())


def _read(file: Path, folder: Path, name: str, findings: tuple[Finding, ...]) -> Side:
    asked = wanted(file)
    linted = lint_policies(asked.organization.policies, _around(asked.organization)) if asked.organization else ()
    found = [*findings, *(_finding(one, folder) for one in asked.findings)]
    failed = any(finding.severity is Severity.ERROR for finding in found)
    organization = None if failed or asked.organization is None else _named(asked.organization, folder)
    sources = {_shown(source, folder): text for source, text in asked.sources.items()}
    apart = tuple(replace(one, span=_span(one.span, folder)) for one in asked.apart)
    found += [_finding(one, folder) for one in linted]
    findings = tuple(sorted(found, key=lambda finding: finding.order))
    return Side(name, _shown(str(file), folder), None, organization, findings, sources, apart=apart)


def _around(organization: Organization) -> Around:
    components = baseline.find().values()
    return Around(
        organization=organization,
        reads=frozenset(action for component in components for action in component.reads),
        writes=frozenset(action for component in components for action in component.writes),
    )


def _named(organization: Organization, folder: Path) -> Organization:
    """The organization with the names of files as people know them."""
    return replace(
        organization,
        accounts=tuple(replace(one, span=_span(one.span, folder)) for one in organization.accounts),
        units=tuple(replace(one, span=_span(one.span, folder)) for one in organization.units),
        policies=tuple(replace(one, span=_span(one.span, folder)) for one in organization.policies),
        file=_shown(organization.file, folder),
    )


def _finding(finding: Finding, folder: Path) -> Finding:
    message, help = (text.replace(f"{folder}/", "") for text in (finding.message, finding.help))
    span, seen = _span(finding.span, folder), _span(finding.seen, folder)
    return replace(finding, message=message, help=help, span=span, seen=seen)


def _span(span: Span | None, folder: Path) -> Span | None:
    return replace(span, file=_shown(span.file, folder)) if span else None


def _shown(file: str, folder: Path) -> str:
    return os.path.join(Path.cwd(), file).removeprefix(f"{folder}/")  # noqa: PTH118 - a name from a commit, as text
