"""Whether a parsed file is a template: every finding about its shape, and the template where there are none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.policy.parameters import problems, schema_problems
from org.policy.reference import PREFIX, references, unknown_references
from org.policy.template import KINDS, NODES, Template, marker
from org.policy.words import finding, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.finding import Finding
    from org.policy.parse import Path, Tree

KEYS = {
    "name": str,
    "kind": str,
    "title": str,
    "description": str,
    "controls": list,
    "parameters": dict,
    "statements": list,
}
WORDS: Mapping[Any, str] = {str: "text", list: "list", dict: "mapping"}
OPTIONAL: Mapping[str, Any] = {"controls": [], "parameters": {}}
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CONTROL = re.compile(r"[A-Z0-9]+-[0-9]{2}")
TITLE = 512
"""The title becomes the policy's Description: https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html"""
VALUES = ("Action", "NotAction", "Principal", "Resource", "NotResource")
"""The elements whose values a parameter may give; in a Condition it may give those of a key."""


def shape(tree: Tree, folder: str, stem: str) -> tuple[Template | None, tuple[Finding, ...]]:
    """The template of a file `<folder>/<stem>.yaml`, or None and the findings that say what is wrong with it."""
    check = _Check(tree)
    check.top()
    if not check.findings:
        check.identity(folder, stem)
        check.parameters()
        check.statements()
    if check.findings:
        return None, tuple(check.findings)
    value = {**OPTIONAL, **tree.value}
    template = Template(
        name=stem,
        kind=KINDS[folder],
        title=value["title"],
        description=value["description"],
        controls=tuple(value["controls"]),
        parameters=value["parameters"],
        statements=tuple(value["statements"]),
        file=tree.span(()).file,
        tree=tree,
    )
    return template, ()


@dataclass(slots=True)
class _Check:
    """The findings so far about one tree."""

    tree: Tree
    findings: list[Finding] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def report(self, rule: str, message: str, path: Path, explanation: str = "", *, key: bool = False) -> None:
        span = self.tree.key(path) if key else self.tree.span(path)
        self.findings.append(finding(rule, message, span, help=explanation))

    def top(self) -> None:
        value = self.tree.value
        if not isinstance(value, dict):
            self.report("ORG101", "a template is a mapping", (), f"its keys are {', '.join(KEYS)}")
            return
        for key in value:
            if key not in KEYS:
                self.report("ORG101", f"unknown key `{key}`", (key,), suggestion(key, KEYS), key=True)
        for key, kind in KEYS.items():
            if key not in value and key not in OPTIONAL:
                self.report("ORG101", f"key `{key}` is missing", (), "docs/policies.md shows a whole template")
            elif key in value and (not isinstance(value[key], kind) or value[key] == ""):
                self.report("ORG101", f"`{key}` must be a {WORDS[kind]}", (key,))

    def identity(self, folder: str, stem: str) -> None:
        value = self.tree.value
        if value["name"] != stem or not NAME.fullmatch(stem):
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
        for name, schema in self.tree.value.get("parameters", {}).items():
            here = ("parameters", name)
            broken = [*schema_problems(schema)]
            for path, message in broken:
                self.report("ORG104", message, (*here, *path))
            if not broken:
                self.declaration(name, schema)

    def declaration(self, name: str, schema: dict[str, Any]) -> None:
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

    def statements(self) -> None:
        value = self.tree.value
        if not value["statements"]:
            self.report("ORG101", "no statements", ("statements",))
        for index, statement in enumerate(value["statements"]):
            if isinstance(statement, dict):
                self.node(statement, ("statements", index), ())
            else:
                self.report("ORG101", "a statement is a mapping", ("statements", index))
        for name in sorted(set(value.get("parameters", {})) - self.used):
            problem = f"parameter `{name}` is never used"
            self.report("ORG104", problem, ("parameters", name), "remove it", key=True)

    def node(self, node: Any, path: Path, where: Path) -> None:
        """Check one node; `where` is its path inside the statement as it will be rendered."""
        mark = marker(node)
        if mark:
            self.special(node, mark, path, where)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key.startswith("$"):
                    self.report("ORG105", f"unknown node `{key}`", (*path, key), suggestion(key, NODES), key=True)
                self.node(value, (*path, key), (*where, key))
        elif isinstance(node, list):
            for index, value in enumerate(node):
                self.node(value, (*path, index), where)

    def special(self, node: dict[str, Any], mark: str, path: Path, where: Path) -> None:
        for key in sorted(set(node) - NODES[mark]):
            self.report("ORG105", f"key `{key}` beside `{mark}`", (*path, key), key=True)
        if mark == "$if":
            self.condition(node, path, where)
        elif not (where and where[0] in VALUES) and not (len(where) == 3 and where[0] == "Condition"):
            place = ".".join(map(str, where)) or "a statement"
            problem = f"`{mark}` as `{place}`"
            help_ = "parameters give values of Action, Resource and condition keys, never structure"
            self.report("ORG105", problem, path, help_)
        elif mark == "$param":
            self.parameter(node["$param"], (*path, "$param"))
        else:
            self.concat(node["$concat"], (*path, "$concat"), where)

    def condition(self, node: dict[str, Any], path: Path, where: Path) -> None:
        self.parameter(node["$if"], (*path, "$if"))
        if where and where[0] not in (*VALUES, "Condition"):
            self.report("ORG105", f"`$if` as `{where[0]}`", path, "put `$if` around the whole statement")
        if "$then" not in node:
            self.report("ORG105", "`$if` without `$then`", path)
        for key in ("$then", "$else"):
            if key in node:
                self.node(node[key], (*path, key), where)

    def concat(self, parts: Any, path: Path, where: Path) -> None:
        if not isinstance(parts, list) or not parts:
            self.report("ORG105", "`$concat` takes a list of parts", path)
            return
        for index, part in enumerate(parts):
            if isinstance(part, str) or marker(part) == "$param":
                self.node(part, (*path, index), where)
            else:
                self.report("ORG105", "a part of `$concat` is text or a `$param`", (*path, index))

    def parameter(self, name: Any, path: Path) -> None:
        known = self.tree.value.get("parameters", {})
        if not isinstance(name, str) or name not in known:
            self.report("ORG104", f"unknown parameter {shown(name)}", path, suggestion(str(name), known))
        else:
            self.used.add(name)


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
