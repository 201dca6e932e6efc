"""The templates at hand: those beside accounts.yaml first, then those that come with the package."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.model.finding import Severity, Span
from org.policy.backtracking import LONGEST_VALUE
from org.policy.bundle import FOLDER as BUNDLES
from org.policy.bundle import Bundle, bundle, unfit
from org.policy.formats import with_pattern
from org.policy.parse import LONGEST, Broken, parse
from org.policy.reference import with_references
from org.policy.shape import shape
from org.policy.template import KINDS, Template
from org.policy.words import finding, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.model.finding import Finding
    from org.model.policy import PolicyUse


LIKE_TEMPLATES = {".yaml", ".yml", ".json"}
"""Endings of files that somebody may take for templates; a README may stand anywhere."""
ROLES = "role"
"""The folder of the role templates, which `org.policy.roles` reads: a role is not a policy of an organization."""


@dataclass(frozen=True, slots=True)
class Library:
    """Templates and bundles by name, what is wrong with their files, and the text of every file that has a finding."""

    templates: Mapping[str, Template] = field(default_factory=dict)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """For each template and bundle the JSON Schema (draft-07) of what may stand under `with:` in accounts.yaml."""
        named: dict[str, Template | Bundle] = {**self.templates, **self.bundles}
        return {name: parameters_schema(one) for name, one in sorted(named.items())}

    def expand(self, use: PolicyUse) -> list[PolicyUse]:
        """The uses of templates that a use stands for: itself, or those of the bundle that it names."""
        bundle = self.bundles.get(use.template)
        return bundle.expand(use) if bundle else [use]


def parameters_schema(template: Template | Bundle) -> dict[str, Any]:
    """The JSON Schema of a template's or bundle's parameters; each also takes a `$organization.*` reference."""
    schemas = {name: bounded(with_references(with_pattern(schema))) for name, schema in template.parameters.items()}
    return {
        "type": "object",
        "description": template.title,
        "additionalProperties": False,
        "properties": schemas,
        "required": [name for name, schema in template.parameters.items() if "default" not in schema],
    }


def bounded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with a longest value beside each pattern, so that no reader of it matches for long."""
    found = dict(schema)
    if "items" in found:
        found["items"] = bounded(found["items"])
    if "anyOf" in found:
        found["anyOf"] = [bounded(one) for one in found["anyOf"]]
    if "pattern" in found:
        found["maxLength"] = min(found.get("maxLength", LONGEST_VALUE), LONGEST_VALUE)
    return found


def leads_out(file: Path) -> bool:
    """True where a file or folder is, after symbolic links are followed, not below the folder above its own.

    What a check reads, and the lines it prints, must be what was reviewed: a link in a pull request could name any file
    of the machine that checks it.
    """
    return not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(file.parent.parent))


def library_folders(accounts_file: Path) -> list[Path]:
    """The folders to read templates from, the first one winning: `scps/` beside the accounts file, then the package's.

    The package's own folder is inside it in a wheel, and at the root of the repository in a checkout.
    """
    package = Path(__file__).resolve().parents[1]
    shipped = next((folder for folder in (package / "scps", package.parent / "scps") if folder.is_dir()), None)
    beside = accounts_file.resolve().parent / "scps"
    folders = [beside] if beside.is_dir() else []
    return folders + ([shipped] if shipped and shipped not in folders else [])


def library(folders: Sequence[Path]) -> Library:
    """Every template of those folders. A broken file gives findings and no template; nothing is raised for it."""
    read: dict[str, Template | Bundle] = {}
    findings: list[Finding] = []
    taken: dict[str, Path] = {}
    for folder in folders:
        if not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(folder.parent)):
            findings.append(_linked(folder))
            continue
        for file in _files(folder):
            one, problems = _read(file)
            stem = file.name.removesuffix(".yaml")
            rival = taken.get(stem)
            if rival and one:
                problems = (*problems, *_rivals(one, file, rival, same_folder=folder in rival.parents))
            elif not rival:
                taken[stem] = file
                read.update({one.name: one} if one else {})
            findings += problems
        findings += _strays(folder)
    templates = {name: one for name, one in read.items() if isinstance(one, Template)}
    bundles = {name: one for name, one in read.items() if isinstance(one, Bundle)}
    whole = {name: one for name, one in bundles.items() if not any(unfit(one, templates))}
    for name in sorted(set(bundles) - set(whole)):
        for path, message, hint in unfit(bundles[name], templates):
            findings.append(finding("ORG107", message, bundles[name].tree.span(path), help=hint))
    return Library(templates, whole, tuple(findings), _sources(findings))


def _sources(findings: Iterable[Finding]) -> dict[str, str]:
    """The text of every file that a finding is about, by its name as shown."""
    files = {finding.span.file for finding in findings if finding.span}
    return {
        file: _content(Path(file))[:LONGEST].decode(errors="replace")
        for file in sorted(files)
        if Path(file).is_file() and not leads_out(Path(file))
    }


def _files(folder: Path) -> Iterator[Path]:
    for kind in (*KINDS, BUNDLES):
        yield from sorted((folder / kind).glob("*.yaml"))


def _strays(folder: Path) -> Iterator[Finding]:
    """A template in a place that is never looked at would be a guardrail that somebody believes in."""
    for entry in sorted(folder.iterdir()):
        hidden = entry.name.startswith(".")
        if (
            not hidden
            and entry.name not in (*KINDS, BUNDLES, ROLES)
            and (entry.is_dir() or entry.suffix in LIKE_TEMPLATES)
        ):
            message = f"`{entry.name}` is not a kind of policy"
            yield finding("ORG103", message, Span(_shown(entry)), help=suggestion(entry.name, KINDS))
    for kind in (*KINDS, BUNDLES):
        for file in sorted((folder / kind).glob("[!.]*")):
            if file.suffix in LIKE_TEMPLATES - {".yaml"}:
                message = f"`{file.name}` does not end in .yaml"
                yield finding("ORG102", message, Span(_shown(file)), help="rename it, or move it elsewhere")


def _read(file: Path) -> tuple[Template | Bundle | None, tuple[Finding, ...]]:
    if not file.is_file():
        return None, (finding("ORG100", f"`{file.name}` is not a file", Span(_shown(file))),)
    if leads_out(file):
        return None, (_linked(file),)
    try:
        tree = parse(_content(file), _shown(file))
    except Broken as broken:
        return None, (broken.finding,)
    except OSError as error:
        return None, (finding("ORG100", f"cannot be read: {error.strerror}", Span(_shown(file))),)
    stem = file.name.removesuffix(".yaml")
    return bundle(tree, stem) if file.parent.name == BUNDLES else shape(tree, file.parent.name, stem)


def _linked(file: Path) -> Finding:
    message = f"`{file.name}` is a link out of the folder"
    return finding("ORG100", message, Span(_shown(file)), help="put the file itself there")


def _content(file: Path) -> bytes:
    """The content of a file, and no more of a huge one than it takes to refuse it."""
    with file.open("rb") as opened:
        return opened.read(LONGEST + 1)


def _rivals(template: Template | Bundle, file: Path, rival: Path, *, same_folder: bool) -> Iterator[Finding]:
    """Two templates of one name: a mistake in one folder; a user's own in place of ours, if it differs, a note."""
    if same_folder:
        message = f"template `{template.name}` is there twice"
        span = template.tree.span(("name",))
        yield finding("ORG102", message, span, seen=Span(_shown(rival)), help="rename one of them")
        return
    if leads_out(rival) or _content(rival) == _content(file):
        return
    message = f"template `{template.name}` takes the place of the one that comes with org"
    span = Span(_shown(rival))
    hint = f"the other one is {_shown(file)}"
    yield finding("ORG106", message, span, help=hint, severity=Severity.NOTE)


def _shown(file: Path) -> str:
    """The path as people want it: relative where it is below the current folder."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
