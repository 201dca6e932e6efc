"""Where the nodes of the template language may stand: a value never comes into a place that has structure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.policy.template import NODES, marker
from org.policy.words import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from org.policy.parse import Path, Tree

    class Report(Protocol):
        """Takes a finding: its rule, the message, the path in the file, and a hint."""

        def __call__(self, rule: str, message: str, path: Path, explanation: str = "", *, key: bool = False) -> None:
            """The finding is kept."""


VALUES = ("Action", "NotAction", "Principal", "Resource", "NotResource")
"""The elements whose values a parameter may give; in a Condition it may give those of a key."""
OPERATOR = "@@"
"""Begins the operators of declarative policies, whose values a parameter may give."""


@dataclass(slots=True)
class Nodes:
    """The check of one template's nodes; `used` are the parameters seen so far, `scope` those of the loops around."""

    tree: Tree
    report: Report
    used: set[str] = field(default_factory=set)
    scope: tuple[str, ...] = ()
    declarative: bool = False

    def statements(self, statements: Iterable[Any]) -> None:
        """Everything that is wrong with the nodes of a list of statements is reported."""
        for index, statement in enumerate(statements):
            if isinstance(statement, dict):
                self.node(statement, ("statements", index), ())
            else:
                self.report("ORG101", "a statement is a mapping", ("statements", index))

    def document(self, document: Any, path: Path) -> None:
        """Everything that is wrong with the nodes of a declarative policy is reported."""
        self.declarative = True
        self.node(document, path, ())

    def node(self, node: Any, path: Path, where: Path) -> None:
        """Check one node; `where` is its path inside the statement or document as it will be rendered."""
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
        """Check a node of the language by its kind."""
        for key in sorted(set(node) - NODES[mark]):
            self.report("ORG105", f"key `{key}` beside `{mark}`", (*path, key), key=True)
        if mark == "$if":
            self.condition(node, path, where)
        elif mark == "$for_each":
            self.loop(node, path, where)
        elif not self.takes_values(where):
            self.misplaced(mark, path, where)
        elif mark == "$param":
            self.parameter(node["$param"], (*path, "$param"))
        else:
            self.concat(node["$concat"], (*path, "$concat"), where)

    def takes_values(self, where: Path) -> bool:
        """True where the rendered document has values: below these elements, a condition key, or an operator."""
        if self.declarative:
            return bool(where) and str(where[-1]).startswith(OPERATOR)
        return bool(where and where[0] in VALUES) or (len(where) == 3 and where[0] == "Condition")

    def misplaced(self, mark: str, path: Path, where: Path) -> None:
        """A node that would give structure is reported."""
        place = ".".join(map(str, where)) or ("a whole policy" if self.declarative else "a statement")
        allowed = "operators" if self.declarative else "Action, Resource and condition keys"
        self.report("ORG105", f"`{mark}` as `{place}`", path, f"parameters give values of {allowed}, never structure")

    def condition(self, node: dict[str, Any], path: Path, where: Path) -> None:
        """Check an `$if`."""
        self.parameter(node["$if"], (*path, "$if"))
        if where and not self.declarative and where[0] not in (*VALUES, "Condition"):
            self.report("ORG105", f"`$if` as `{where[0]}`", path, "put `$if` around the whole statement")
        if "$then" not in node:
            self.report("ORG105", "`$if` without `$then`", path)
        for key in ("$then", "$else"):
            if key in node:
                self.node(node[key], (*path, key), where)

    def loop(self, node: dict[str, Any], path: Path, where: Path) -> None:
        """Check a `$for_each`, and what it repeats with its name in scope."""
        name, over = node.get("$as"), self.declared(node["$for_each"])
        self.parameter(node["$for_each"], (*path, "$for_each"))
        if over and over.get("type") != "array":
            self.report("ORG105", f"`$for_each` of {shown(node['$for_each'])}, which is no list", (*path, "$for_each"))
        if not isinstance(name, str) or not name.isidentifier() or self.declared(name) or name in self.scope:
            self.report("ORG105", f"`$as` needs a name of its own, not {shown(name)}", path)
            return
        if "$do" not in node:
            self.report("ORG105", "`$for_each` without `$do`", path)
        entries = "$key" in node
        if not (self.takes_entries(where) if entries else self.takes_values(where) or self.repeats(where)):
            self.misplaced("$for_each", path, where)
            return
        outer, self.scope = self.scope, (*self.scope, name)
        if entries:
            self.key(node["$key"], (*path, "$key"))
        self.node(node.get("$do"), (*path, "$do"), (*where, "*") if entries else where)
        self.scope = outer

    def repeats(self, where: Path) -> bool:
        """True around a whole statement, which may be repeated."""
        return not self.declarative and not where

    def takes_entries(self, where: Path) -> bool:
        """True where the keys of a mapping name something of the user's: below a condition operator, or a setting."""
        if self.declarative:
            return bool(where) and not str(where[-1]).startswith(OPERATOR)
        return len(where) == 2 and where[0] == "Condition"

    def key(self, node: Any, path: Path) -> None:
        """Check a `$key`; that of a condition begins with the literal part of the key, such as `aws:RequestTag/`."""
        value_place: Path = (OPERATOR,) if self.declarative else ("Condition", "", "")
        parts = node.get("$concat") if isinstance(node, dict) else None
        begins = parts[0] if isinstance(parts, list) and parts else None
        if not self.declarative and not (isinstance(begins, str) and ":" in begins and begins.endswith("/")):
            self.report("ORG105", "the `$key` of a condition begins with text such as `aws:RequestTag/`", path)
        self.node(node, path, value_place)

    def concat(self, parts: Any, path: Path, where: Path) -> None:
        """Check the parts of a `$concat`."""
        if not isinstance(parts, list) or not parts:
            self.report("ORG105", "`$concat` takes a list of parts", path)
            return
        for index, part in enumerate(parts):
            if isinstance(part, str) or marker(part) == "$param":
                self.node(part, (*path, index), where)
            else:
                self.report("ORG105", "a part of `$concat` is text or a `$param`", (*path, index))

    def declared(self, name: Any) -> Mapping[str, Any]:
        """The declaration of a parameter; empty where there is none of that name."""
        found = self.tree.value.get("parameters", {}).get(name) if isinstance(name, str) else None
        return found if isinstance(found, dict) else {}

    def parameter(self, name: Any, path: Path) -> None:
        """The parameter is known, and counts as used."""
        known = self.tree.value.get("parameters", {})
        if isinstance(name, str) and name in self.scope:
            return
        if not isinstance(name, str) or name not in known:
            self.report("ORG104", f"unknown parameter {shown(name)}", path, suggestion(str(name), known))
        else:
            self.used.add(name)
