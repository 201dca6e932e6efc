"""The collection itself: what every file of it must be, whatever is added."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from org import baseline
from tests.playbooks.conftest import BIN, ROOT

COLLECTION = ROOT / "playbooks" / "collections" / "ansible_collections" / "org" / "baseline"
PLUGINS = sorted((COLLECTION / "plugins").rglob("*.py"))
PLAYBOOKS = sorted((COLLECTION / "playbooks").rglob("*.yml"))
ROOT_PLAYBOOKS = sorted(path for path in (ROOT / "playbooks").glob("*.yml") if "inventory" not in path.name)
LICENCE = "# SPDX-License-Identifier: GPL-3.0-or-later"
KEYWORDS = {
    "add_host",
    "gather_facts",
    "hosts",
    "loop",
    "loop_control",
    "changed_when",
    "name",
    "register",
    "run_once",
    "serial",
    "tags",
    "tasks",
    "vars",
    "when",
}


def parsed(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def tasks(path: Path) -> list[dict[str, Any]]:
    """Every task of a playbook or task file."""
    entries = parsed(path)
    return [task for entry in entries for task in entry.get("tasks", [entry] if "hosts" not in entry else [])]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT / "playbooks"))


@pytest.mark.parametrize(
    "path", [*PLUGINS, *PLAYBOOKS, *COLLECTION.glob("*.yml"), *COLLECTION.glob("meta/*")], ids=short
)
def test_every_file_of_the_collection_carries_its_licence(path: Path) -> None:
    assert LICENCE in path.read_text(encoding="utf-8").splitlines()[:4]


@pytest.mark.parametrize("path", PLUGINS, ids=short)
def test_every_plugin_is_a_thin_shell(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert [] == [line for line in lines if re.match(r"\s*(import|from) (boto3|botocore|yaml|jinja2)\b", line)]


def test_the_baseline_has_a_tag_for_each_component() -> None:
    (tags,) = [task["tags"] for task in tasks(COLLECTION / "playbooks" / "baseline.yml") if len(task["tags"]) > 1]
    assert ["baseline", *baseline.find()] == tags


def test_components_run_after_those_they_come_after() -> None:
    order = list(baseline.find())
    late = [
        (one, first) for one in order for first in baseline.find()[one].after if order.index(first) > order.index(one)
    ]
    assert [] == late


@pytest.mark.parametrize("path", [*PLAYBOOKS, *ROOT_PLAYBOOKS], ids=short)
def test_every_task_names_its_plugin_in_full(path: Path) -> None:
    entries = [*tasks(path), *(entry for entry in parsed(path) if "hosts" not in entry)]
    plugins = {key for entry in entries for key in entry if key not in KEYWORDS}
    assert {key for key in plugins if key.count(".") >= 2} == plugins
    assert all("name" in entry for entry in parsed(path))


@pytest.mark.parametrize("path", [*PLAYBOOKS, *ROOT_PLAYBOOKS], ids=short)
def test_no_playbook_holds_logic(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expressions = re.findall(r"\{\{(.*?)\}\}", text)
    simple = re.compile(r" [a-z_.]+( \| default\((\[\]|\d+|'100%')\))? ")
    assert [] == [expression for expression in expressions if not simple.fullmatch(expression)]
    assert "{%" not in text
    conditions = [task["when"] for task in tasks(path) if "when" in task]
    assert [] == [condition for condition in conditions if not re.fullmatch(r"[a-z_]+ is (not )?defined", condition)]


@pytest.mark.parametrize("path", ROOT_PLAYBOOKS, ids=short)
def test_a_playbook_in_the_folder_is_the_collection_s_of_that_name(path: Path) -> None:
    assert [f"org.baseline.{path.stem}"] == [entry["ansible.builtin.import_playbook"] for entry in parsed(path)]
    assert (COLLECTION / "playbooks" / path.name).exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"),
    [("inventory", "accounts"), ("callback", "grouped"), ("module", "organization"), ("module", "component")],
)
def test_every_plugin_is_documented(kind: str, name: str) -> None:
    command = [BIN / "ansible-doc", "--playbook-dir", "playbooks", "-t", kind, "-j", f"org.baseline.{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    documented = json.loads(done.stdout)[f"org.baseline.{name}"]
    assert documented["doc"]["short_description"]
    assert all("description" in option for option in documented["doc"]["options"].values())
    if kind == "module":
        assert documented["examples"]
        assert documented["return"]


def test_every_action_is_documented_by_a_module_with_its_options() -> None:
    import ast

    for action in (COLLECTION / "plugins" / "action").glob("*.py"):
        tree = ast.parse(action.read_text(encoding="utf-8"))
        arguments = next(
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ARGUMENTS"
        )
        module = ast.parse((COLLECTION / "plugins" / "modules" / action.name).read_text(encoding="utf-8"))
        text = next(
            ast.literal_eval(node.value)
            for node in module.body
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION"
        )
        documented = yaml.safe_load(text)["options"]
        kept = {name: {k: v for k, v in option.items() if k != "description"} for name, option in documented.items()}
        assert arguments == kept
