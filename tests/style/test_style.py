"""The limits of style that no linter holds; each test names everything that breaks its rule."""

from __future__ import annotations

import ast
import statistics
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "demo", "docs", "org", "playbooks", "tests", "tools")
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
PRODUCT = [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"org", "playbooks"}]
PLUGINS = [path for path in PRODUCT if "plugins" in path.parts]

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
MEDIAN_MODULE = 120
BROAD_EXCEPT_ALLOWED = {"org/reconcile/fan_out.py"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def length(function: Function) -> int:
    """Lines of a function without its docstring."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    skipped = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - skipped


def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id.endswith("Exception")) for kind in caught)


def public(path: Path) -> list[Function | ast.ClassDef]:
    """The public functions and classes of a module, and the public members of those classes."""
    kinds = Function | ast.ClassDef
    classes = [node for node in tree(path).body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    nodes = [*tree(path).body, *(member for found in classes for member in found.body)]
    named = [node for node in nodes if isinstance(node, kinds) and not node.name.startswith("_")]
    return [node for node in named if not any(ast.unparse(mark).endswith(".setter") for mark in node.decorator_list)]


def test_the_walk_finds_the_product() -> None:
    assert {"org/errors.py", "tests/style/test_style.py"} <= {name(path) for path in MODULES}


def test_no_module_is_longer_than_400_lines() -> None:
    assert [] == [f"{name(path)}: {lines(path)}" for path in MODULES if lines(path) > LONGEST_MODULE]


def test_half_of_the_product_s_modules_have_fewer_than_120_lines() -> None:
    assert statistics.median(lines(path) for path in PRODUCT) < MEDIAN_MODULE


def test_no_function_is_longer_than_50_lines() -> None:
    found = [(path, function) for path in MODULES for function in functions(path)]
    long = [(path, function) for path, function in found if length(function) > LONGEST_FUNCTION]
    assert [] == [f"{name(path)}:{function.lineno} {function.name}: {length(function)}" for path, function in long]


def test_only_the_fan_out_catches_every_exception() -> None:
    handlers = [
        (path, node) for path in PRODUCT for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)
    ]
    broad = [f"{name(path)}:{node.lineno}" for path, node in handlers if is_broad(node)]
    assert [] == [entry for entry in broad if entry.partition(":")[0] not in BROAD_EXCEPT_ALLOWED]


def test_every_module_but_the_empty_one_says_what_it_is() -> None:
    modules = [path for path in PRODUCT if path not in PLUGINS and name(path) != "org/__init__.py"]
    assert [] == [name(path) for path in modules if ast.get_docstring(tree(path)) is None]


def test_everything_public_says_what_comes_back_or_what_becomes_true() -> None:
    found = [(path, node) for path in PRODUCT if path not in PLUGINS for node in public(path)]
    assert [] == [f"{name(path)}:{node.lineno} {node.name}" for path, node in found if ast.get_docstring(node) is None]


def test_files_and_folders_are_named_for_what_they_do() -> None:
    assert [] == [name(path) for path in MODULES if EMPTY_NAMES & {*path.relative_to(ROOT).parts, path.stem}]


def test_an_ansible_plugin_names_its_licence() -> None:
    heads = {path: "\n".join(path.read_text(encoding="utf-8").splitlines()[:6]) for path in PLUGINS}
    marks = ("GPL-3.0-or-later", "GNU General Public License v3.0+")
    assert [] == [name(path) for path, head in heads.items() if not any(mark in head for mark in marks)]
