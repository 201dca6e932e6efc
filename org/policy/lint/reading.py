"""Files to documents: JSON and YAML policies, and the templates of `scps/` with their defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as File
from typing import TYPE_CHECKING

from org.model.finding import Span
from org.model.organization import Account, Organization
from org.model.policy import PolicyType, minified
from org.policy import roles
from org.policy.library import ROLES
from org.policy.lint.document import Document, Kind, statements
from org.policy.lint.json_reader import NotJson, read
from org.policy.lint.kinds import kind_of
from org.policy.lint.rules import duplicate_key, not_a_policy, unreadable
from org.policy.parse import LONGEST, Broken, Tree, parse
from org.policy.quota import size
from org.policy.reference import known_values, resolve
from org.policy.shape import shape
from org.policy.template import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.finding import Finding
    from org.model.policy import Policy
    from org.policy.parse import Path
    from org.policy.roles import RoleTemplate
    from org.policy.template import Template

ENDINGS = frozenset({".json", ".yaml", ".yml"})
TEMPLATE_KEYS = frozenset({"name", "kind", "title"})
SAMPLE = Organization(
    accounts=(Account("management", "management", "aws@acme.example", id="111111111111", management=True),),
    id="o-exampleorgid",
    home_region="eu-west-1",
    regions=("eu-west-1", "eu-central-1"),
)
"""What references in the defaults of a template stand for where no organization is known."""


@dataclass(slots=True)
class Reading:
    """What was read: documents, role templates by name, what is wrong with the files, and the text of each file."""

    documents: list[Document] = field(default_factory=list)
    roles: dict[str, RoleTemplate] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    files: int = 0


def read_path(path: File, kind: Kind | None, organization: Organization | None) -> Reading:
    """Every policy in a file, or in the JSON and YAML files below a folder. A broken file gives a finding."""
    reading = Reading()
    listed = sorted(_below(path)) if path.is_dir() else [path]
    for file in listed:
        _take(reading, file, kind, organization, alone=not path.is_dir())
    if not listed:
        message = f"no policy file in `{path}`"
        help_ = "policies end in .json, .yaml or .yml"
        reading.findings.append(unreadable.RULE.finding(message, Span(str(path)), help_))
    return reading


def _below(folder: File) -> Iterator[File]:
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if not hidden and file.suffix in ENDINGS and file.is_file():
            yield file


def _take(reading: Reading, file: File, kind: Kind | None, organization: Organization | None, *, alone: bool) -> None:
    name = _shown(file)
    reading.files += 1
    try:
        with file.open("rb") as opened:
            content = opened.read(LONGEST + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        reading.findings.append(unreadable.RULE.finding(message, Span(name), "name a file or a folder of policies"))
        return
    reading.sources[name] = content[:LONGEST].decode(errors="replace").removeprefix("\ufeff")
    tree = tree_of(content, name, reading.findings)
    if tree is None:
        return
    if not isinstance(tree.value, dict) or not set(tree.value) >= TEMPLATE_KEYS:
        _document(reading, tree, name, kind, alone=alone)
    elif file.parent.name == ROLES:
        role, problems = roles.read(content, name, file.stem)
        reading.findings += problems
        reading.roles.update({file.stem: role} if role else {})
    elif KINDS.get(file.parent.name) in POLICY_TYPES:
        _template(reading, tree, file, organization or SAMPLE)


def tree_of(content: bytes, name: str, findings: list[Finding]) -> Tree | None:
    """The tree of a file's content; None, and a finding, where it cannot be read."""
    if len(content) > LONGEST:
        message = f"more than {LONGEST:,} bytes, and the longest policy of AWS has 40,000 characters"
        findings.append(unreadable.RULE.finding(message, Span(name), "is this a policy?"))
        return None
    try:
        text = content.decode("utf-8-sig")
        if not _is_json(name, text):
            return parse(content, name)
        tree, twice = read(text, name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8"
        findings.append(unreadable.RULE.finding(message, Span(name, line, 1, line, 1), "save the file as UTF-8"))
    except NotJson as error:
        told = [error, *([error.next] if error.next else [])]
        findings += [unreadable.RULE.finding(f"not JSON: {one.message}", one.span, one.advice) for one in told]
    except Broken as error:
        message = error.finding.message.replace("a template", "a policy")
        help_ = error.finding.help or "a policy is plain JSON or YAML"
        findings.append(unreadable.RULE.finding(message, error.finding.span, help_))
    else:
        findings += [duplicate_key.found(*one) for one in twice]
        return tree
    return None


def _is_json(name: str, text: str) -> bool:
    if name.endswith((".yaml", ".yml")):
        return False
    return name.endswith(".json") or text.lstrip()[:1] in {"{", "[", '"'}


def _document(reading: Reading, tree: Tree, name: str, kind: Kind | None, *, alone: bool) -> None:
    problem = not_a_policy.problem(tree, alone=alone)
    if problem:
        reading.findings.append(problem)
        return
    reading.documents.append(document(tree, kind or kind_of(statements(tree), name)))


def document(tree: Tree, kind: Kind) -> Document:
    """The document of a tree that has been looked at."""
    return Document(kind, tree, statements(tree), size(minified(tree.value)))


def _template(reading: Reading, tree: Tree, file: File, organization: Organization) -> None:
    """Take a template of `scps/` as the document that its defaults give."""
    template, problems = shape(tree, file.parent.name, file.stem)
    reading.findings += problems
    if template is not None:
        reading.documents.append(rendered(template, organization))


def rendered(template: Template, organization: Organization) -> Document:
    """The document that a template's defaults give; every statement stands where it stands in the template."""
    known = known_values(organization)
    values = {
        name: resolve(schema["default"], known)[0] if "default" in schema else example(schema)
        for name, schema in template.parameters.items()
    }
    bound = template.bind(values)
    value = {"Version": "2012-10-17", "Statement": [statement for _, statement in bound]}
    spans: dict[Path, Span] = {
        ("Statement", number): template.statement_span(index) for number, (index, _) in enumerate(bound)
    }
    spans[()] = template.tree.span(())
    tree = Tree(value, spans, {})
    return document(tree, POLICY_TYPES[template.kind])


def example(schema: object) -> object:
    """A value for a parameter without a default: its first example, its first choice, or nothing of its type."""
    if not isinstance(schema, dict):
        return ""
    listed = schema.get("examples") or schema.get("enum") or ()
    empty = {"array": [], "integer": 1, "number": 1, "boolean": True}
    return listed[0] if listed else empty.get(str(schema.get("type")), "example")


POLICY_TYPES: Mapping[PolicyType | None, Kind] = {
    PolicyType.SERVICE_CONTROL_POLICY: Kind.SCP,
    PolicyType.RESOURCE_CONTROL_POLICY: Kind.RCP,
}
"""The kind of document that each policy type has, where it speaks IAM's language."""


def of_policy(policy: Policy) -> Document:
    """The document of a rendered policy; all of it stands where accounts.yaml asks for it."""
    tree = Tree(dict(policy.document), {(): policy.span or Span("")}, {})
    return document(tree, POLICY_TYPES[policy.kind])


def _shown(file: File) -> str:
    """The path as people want it: relative where it is below the current folder."""
    here = File.cwd()
    return str(file.relative_to(here)) if file.is_absolute() and file.is_relative_to(here) else str(file)
