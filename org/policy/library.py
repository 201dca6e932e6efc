"""The templates at hand: those beside accounts.yaml first, then those that come with the package."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.model.finding import Severity, Span
from org.policy.parse import LONGEST, Broken, parse
from org.policy.reference import with_references
from org.policy.shape import shape
from org.policy.template import KINDS, Template
from org.policy.words import finding, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Library:
    """Templates by name, what is wrong with the files they come from, and the text of every file that has a finding."""

    templates: Mapping[str, Template] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """For each template the JSON Schema (draft-07) of what may stand under `with:` in accounts.yaml."""
        return {name: parameters_schema(template) for name, template in sorted(self.templates.items())}


def parameters_schema(template: Template) -> dict[str, Any]:
    """The JSON Schema of a template's parameters; each also takes a `$organization.*` reference."""
    schemas = {name: with_references(schema) for name, schema in template.parameters.items()}
    return {
        "type": "object",
        "description": template.title,
        "additionalProperties": False,
        "properties": schemas,
        "required": [name for name, schema in template.parameters.items() if "default" not in schema],
    }


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
    templates: dict[str, Template] = {}
    findings: list[Finding] = []
    sources: dict[str, str] = {}
    taken: dict[str, Path] = {}
    for folder in folders:
        for file in _files(folder):
            template, problems = _read(file)
            rival = taken.get(file.stem)
            if rival and template:
                problems = (*problems, _rivals(template, file, rival, same_folder=folder in rival.parents))
            elif not rival:
                taken[file.stem] = file
                templates.update({template.name: template} if template else {})
            findings += problems
            if problems:
                sources[_shown(file)] = file.read_bytes()[:LONGEST].decode(errors="replace")
        findings += _strays(folder)
    return Library(templates, tuple(findings), sources)


def _files(folder: Path) -> Iterator[Path]:
    for kind in KINDS:
        yield from sorted((folder / kind).glob("*.yaml"))


def _strays(folder: Path) -> Iterator[Finding]:
    """A file or folder of a name that is never looked at would be a guardrail that somebody believes in."""
    for entry in sorted(folder.iterdir()):
        if entry.name not in KINDS and not entry.name.startswith("."):
            span = Span(_shown(entry))
            yield finding("ORG103", f"`{entry.name}` is not a kind of policy", span, help=_kinds(entry))
    for kind in KINDS:
        for file in sorted((folder / kind).glob("*")):
            if file.suffix != ".yaml" and not file.name.startswith("."):
                span = Span(_shown(file))
                message = f"`{file.name}` does not end in .yaml"
                yield finding("ORG102", message, span, help="rename it, or move it elsewhere")


def _kinds(entry: Path) -> str:
    return suggestion(entry.name, KINDS) if entry.is_dir() else f"put templates in {' or '.join(KINDS)}"


def _read(file: Path) -> tuple[Template | None, tuple[Finding, ...]]:
    try:
        tree = parse(file.read_bytes(), _shown(file))
    except Broken as broken:
        return None, (broken.finding,)
    return shape(tree, file.parent.name, file.stem)


def _rivals(template: Template, file: Path, rival: Path, *, same_folder: bool) -> Finding:
    """Two templates of one name: a mistake in one folder; a user's own in place of ours is only worth a note."""
    if same_folder:
        message = f"template `{template.name}` is there twice"
        span = template.tree.span(("name",))
        return finding("ORG102", message, span, seen=Span(_shown(rival)), help="rename one of them")
    message = f"template `{template.name}` takes the place of the one that comes with org"
    span = Span(_shown(rival))
    hint = f"the other one is {_shown(file)}"
    return finding("ORG106", message, span, help=hint, severity=Severity.NOTE)


def _shown(file: Path) -> str:
    """The path as people want it: relative where it is below the current folder."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
