"""Bundles: several templates under one name, with their parameters, for `policies:` in accounts.yaml.

A bundle is a file `scps/bundle/<name>.yaml` with a list of uses, written as in accounts.yaml. `{$param: name}` hands on
a parameter of the bundle, and `{$if: name, $then: [...]}` leaves uses out. A reference to the organization is handed
on as it is, and resolved where the template is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.model.policy import PolicyUse
from org.policy.shape import Check
from org.policy.template import bind
from org.policy.words import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.finding import Finding
    from org.policy.parse import Path, Tree
    from org.policy.template import Template

FOLDER = "bundle"
KEYS: Mapping[str, type] = {
    "name": str,
    "kind": str,
    "title": str,
    "description": str,
    "parameters": dict,
    "uses": list,
}
NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
"""A bundle may be called after the version of a benchmark: `cis-7.0`."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file of `scps/bundle/`, checked. `uses` are the nodes of its list; `tree` knows where they stand."""

    name: str
    title: str
    description: str
    parameters: Mapping[str, Mapping[str, Any]]
    uses: tuple[Any, ...]
    file: str
    tree: Tree

    @property
    def defaults(self) -> dict[str, Any]:
        """The default of each parameter that has one."""
        return {name: schema["default"] for name, schema in self.parameters.items() if "default" in schema}

    def expand(self, use: PolicyUse) -> list[PolicyUse]:
        """The uses of templates that a use of the bundle stands for, at the same node and with the same span.

        `use` has every parameter without a default. A name that it gives begins the names of all.
        """
        listed = bind(list(self.uses), {**self.defaults, **use.parameters})
        return [_member(item if isinstance(item, dict) else {"use": item}, use) for item in listed]

    def members(self) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
        """Every template that the bundle may use: the place in the file, its name, and what stands under `with`."""
        yield from _members(list(self.uses), ("uses",))


def _member(item: Mapping[str, Any], use: PolicyUse) -> PolicyUse:
    name = f"{use.name}-{item['use']}" if use.name else None
    return PolicyUse(item["use"], use.target, item.get("with", {}), name, use.span)


def _members(items: list[Any], path: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for index, item in enumerate(items):
        here = (*path, index)
        if isinstance(item, str):
            yield here, item, {}
        elif "$if" in item:
            yield from _members(item["$then"], (*here, "$then"))
        else:
            yield (*here, "use"), item["use"], item.get("with", {})


def bundle(tree: Tree, stem: str) -> tuple[Bundle | None, tuple[Finding, ...]]:
    """The bundle of a file `bundle/<stem>.yaml`, or None and the findings that say what is wrong with it."""
    check = Check(tree)
    check.top(KEYS)
    if not check.findings:
        check.identity(FOLDER, stem, NAME)
        check.parameters()
        used = _Uses(check, set(tree.value.get("parameters", {})))
        used.items(tree.value["uses"], ("uses",))
        for name in sorted(used.known - used.seen):
            check.report("ORG104", f"parameter `{name}` is never used", ("parameters", name), "remove it", key=True)
    if check.findings:
        return None, tuple(check.findings)
    value = tree.value
    made = Bundle(
        name=stem,
        title=value["title"],
        description=value["description"],
        parameters=value.get("parameters", {}),
        uses=tuple(value["uses"]),
        file=tree.span(()).file,
        tree=tree,
    )
    return made, ()


class _Uses:
    """The check of a bundle's list; `seen` are the parameters that it hands on."""

    def __init__(self, check: Check, known: set[str]) -> None:
        self.check, self.known, self.seen = check, known, set[str]()

    def items(self, items: Any, path: Path) -> None:
        if not isinstance(items, list) or not items:
            self.check.report("ORG107", "a bundle is a list of at least one use", path)
            return
        for index, item in enumerate(items):
            self.item(item, (*path, index))

    def item(self, item: Any, path: Path) -> None:
        if isinstance(item, str):
            return
        if isinstance(item, dict) and set(item) == {"$if", "$then"}:
            self.parameter(item["$if"], (*path, "$if"))
            self.items(item["$then"], (*path, "$then"))
        elif isinstance(item, dict) and isinstance(item.get("use"), str) and set(item) <= {"use", "with"}:
            given = item.get("with", {})
            for name, value in given.items() if isinstance(given, dict) else ():
                self.value(value, (*path, "with", name))
        else:
            self.check.report(
                "ORG107", f"{shown(item)} is not a use of a template", path, "a name, or `use` and `with`"
            )

    def value(self, value: Any, path: Path) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.value(item, (*path, index))
        elif isinstance(value, dict):
            if set(value) == {"$param"}:
                self.parameter(value["$param"], (*path, "$param"))
            else:
                self.check.report("ORG105", f"{shown(value)} is not a value", path, "write it out, or `{$param: name}`")

    def parameter(self, name: Any, path: Path) -> None:
        if name in self.known:
            self.seen.add(name)
        else:
            self.check.report("ORG104", f"unknown parameter {shown(name)}", path, suggestion(str(name), self.known))


def unfit(bundle: Bundle, templates: Mapping[str, Template]) -> Iterator[tuple[Path, str, str]]:
    """What a bundle asks of templates that they do not have: the place in its file, a message, and a hint."""
    for path, name, given in bundle.members():
        template = templates.get(name)
        if template is None:
            yield path, f"no policy template `{name}`", suggestion(name, templates)
            continue
        for parameter in sorted(set(given) - set(template.parameters)):
            here = (*path[:-1], "with", parameter)
            yield here, f"`{name}` has no parameter `{parameter}`", suggestion(parameter, template.parameters)
        for parameter in sorted(set(template.parameters) - set(template.defaults) - set(given)):
            yield path, f"`{name}` needs the parameter `{parameter}`", "add it to `with:`"
