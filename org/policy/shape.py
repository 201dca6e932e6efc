"""Whether a parsed file is a template: every finding about its shape, and the template where there are none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.policy.nodes import Nodes
from org.policy.parameters import problems, schema_problems
from org.policy.reference import PREFIX, references, unknown_references
from org.policy.template import KINDS, Template
from org.policy.words import finding, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.finding import Finding
    from org.model.policy import PolicyType
    from org.policy.parse import Path, Tree

KEYS = {
    "name": str,
    "kind": str,
    "title": str,
    "description": str,
    "controls": list,
    "parameters": dict,
    "statements": list,
    "policy": dict,
}
WORDS: Mapping[Any, str] = {str: "text", list: "list", dict: "mapping"}
OPTIONAL: Mapping[str, Any] = {"controls": [], "parameters": {}}
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CONTROL = re.compile(r"[A-Z0-9]+-[0-9]{2}")
TITLE = 512
"""The title becomes the policy's Description: https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html"""


def shape(tree: Tree, folder: str, stem: str) -> tuple[Template | None, tuple[Finding, ...]]:
    """The template of a file `<folder>/<stem>.yaml`, or None and the findings that say what is wrong with it."""
    check = Check(tree)
    kind = KINDS[folder]
    without = "statements" if kind.declarative else "policy"
    check.top({key: value for key, value in KEYS.items() if key != without})
    if not check.findings:
        check.identity(folder, stem)
        check.parameters()
        check.body(kind)
    if check.findings:
        return None, tuple(check.findings)
    value = {**OPTIONAL, **tree.value}
    template = Template(
        name=stem,
        kind=kind,
        title=value["title"],
        description=value["description"],
        controls=tuple(value["controls"]),
        parameters=value["parameters"],
        statements=tuple(value.get("statements", ())),
        file=tree.span(()).file,
        tree=tree,
        policy=value.get("policy", {}),
    )
    return template, ()


@dataclass(slots=True)
class Check:
    """The findings so far about one tree."""

    tree: Tree
    findings: list[Finding] = field(default_factory=list)

    def report(self, rule: str, message: str, path: Path, explanation: str = "", *, key: bool = False) -> None:
        """Keep a finding; it points at the key itself where `key` says so."""
        span = self.tree.key(path) if key else self.tree.span(path)
        self.findings.append(finding(rule, message, span, help=explanation))

    def top(self, keys: Mapping[str, type]) -> None:
        """Check that the file is a mapping of those keys, each with a value of its type."""
        value = self.tree.value
        if not isinstance(value, dict):
            self.report("ORG101", "a template is a mapping", (), f"its keys are {', '.join(keys)}")
            return
        for key in value:
            if key not in keys:
                self.report("ORG101", f"unknown key `{key}`", (key,), suggestion(key, keys), key=True)
        for key, kind in keys.items():
            if key not in value and key not in OPTIONAL:
                self.report("ORG101", f"key `{key}` is missing", (), "docs/policy-templates.md shows a whole template")
            elif key in value and (not isinstance(value[key], kind) or value[key] == ""):
                self.report("ORG101", f"`{key}` must be a {WORDS[kind]}", (key,))

    def identity(self, folder: str, stem: str, names: re.Pattern[str] = NAME) -> None:
        """Check the name, the kind, the title and the controls."""
        value = self.tree.value
        if value["name"] != stem or not names.fullmatch(stem):
            problem = f"name `{value['name']}` in a file called `{stem}.yaml`"
            self.report("ORG102", problem, ("name",), "both are the same, in lower case with hyphens")
        if value["kind"] != folder:
            problem = f"kind `{value['kind']}` in the folder `{folder}`"
            self.report("ORG103", problem, ("kind",), "the folder is named for the kind of its templates")
        if len(value["title"]) > TITLE or "\n" in value["title"]:
            self.report("ORG101", f"the title is not one line of at most {TITLE} characters", ("title",))
        for index, control in enumerate(value.get("controls", [])):
            if not isinstance(control, str) or not CONTROL.fullmatch(control):
                self.report("ORG101", f"{shown(control)} is not a control such as `ORG-05`", ("controls", index))

    def parameters(self) -> None:
        """Check the declaration of each parameter."""
        for name, schema in self.tree.value.get("parameters", {}).items():
            here = ("parameters", name)
            broken = [*schema_problems(schema)]
            for path, message in broken:
                self.report("ORG104", message, (*here, *path))
            if not broken:
                self.declaration(name, schema)

    def declaration(self, name: str, schema: dict[str, Any]) -> None:
        """Check the description and the default of one parameter."""
        here = ("parameters", name)
        if not schema.get("description"):
            self.report("ORG104", f"parameter `{name}` has no description", here, key=True)
        if "default" not in schema:
            return
        for reference in unknown_references(schema["default"]):
            problem = f"unknown reference `{PREFIX}{reference}`"
            self.report("ORG104", problem, (*here, "default"))
        for problem in _default_problems(schema, schema["default"]):
            self.report("ORG104", f"the default of `{name}` {problem}", (*here, "default"))

    def body(self, kind: PolicyType) -> None:
        """What the policy says: a list of statements, or the one document of a declarative type."""
        value = self.tree.value
        nodes = Nodes(self.tree, self.report)
        if kind.declarative:
            nodes.document(value["policy"], ("policy",))
        elif not value["statements"]:
            self.report("ORG101", "no statements", ("statements",))
        else:
            nodes.statements(value["statements"])
        for name in sorted(set(value.get("parameters", {})) - nodes.used):
            problem = f"parameter `{name}` is never used"
            self.report("ORG104", problem, ("parameters", name), "remove it", key=True)


def _default_problems(schema: dict[str, Any], default: Any) -> Iterator[str]:
    """What is wrong with a default; what a reference stands for is known, and checked, only when a use is rendered."""
    if not any(references(default)):
        yield from problems(schema, default)
    elif isinstance(default, list) and schema["type"] == "array":
        for item in default:
            if not any(references(item)):
                yield from problems(schema["items"], item)
    elif isinstance(default, list) or schema["type"] == "array":
        yield f"is not of type {schema['type']}"
