"""A JSON Schema (draft-07) compiled to functions that say what is wrong and where, many times faster than jsonschema.

jsonschema is the contract: a property test holds that both agree on validity, on random schemas and random data. A
schema with a keyword that is not known here is handed to jsonschema itself.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from org.load.yaml import BROKEN

Path = tuple[Any, ...]
"""The way to a value: `()` is the whole, `(way, step)` one step further."""

MOST_PROBLEMS: Final = 20_000
"""After so many the rest of a value is not looked at: a hostile file can have millions."""
ANNOTATIONS: Final = frozenset(
    {
        "title",
        "description",
        "default",
        "examples",
        "$schema",
        "$id",
        "$comment",
        "definitions",
        "format",
        "deprecated",
        "x-rule",
        "x-help",
    }
)
TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: type(value) is str,
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": lambda value: type(value) in (int, float),
}
LIMITS: Final[dict[str, tuple[tuple[type, ...], Callable[[Any], Any], Callable[[Any, Any], bool]]]] = {
    "minLength": ((str,), len, operator.ge),
    "maxLength": ((str,), len, operator.le),
    "minItems": ((list,), len, operator.ge),
    "maxItems": ((list,), len, operator.le),
    "minProperties": ((dict,), len, operator.ge),
    "maxProperties": ((dict,), len, operator.le),
    "minimum": ((int, float), lambda value: value, operator.ge),
    "maximum": ((int, float), lambda value: value, operator.le),
}
"""Keyword: the types it speaks about, what is measured, and how it compares."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a value does not fit its schema.

    `keyword` is the schema's, or `unknown` for a key that is not allowed, and `expected` is what the keyword holds. The
    last step of the path of `unknown` and `propertyNames` is the key itself.
    """

    keyword: str
    path: Path
    value: Any
    expected: Any
    schema: Mapping[str, Any]

    @property
    def steps(self) -> list[Any]:
        """The keys and indexes from the whole to the value."""
        steps, path = [], self.path
        while path:
            path, step = path
            steps.append(step)
        return steps[::-1]


Problems = list[Problem]
Check = Callable[[Any, Path, Problems], None]
Schema = Mapping[str, Any]


def compiled(schema: Schema) -> Callable[[Any], Problems]:
    """A function that gives the problems of a value; none means that it is valid."""
    check = Compiler(schema).check_of(schema)

    def problems(value: Any) -> Problems:
        found: Problems = []
        check(value, (), found)
        return found

    return problems


def canonical(value: Any) -> Any:
    """A hashable stand-in that is equal for values that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    if type(value) is bool:
        return ("boolean", value)
    if type(value) is list:
        return ("array", *map(canonical, value))
    if type(value) is dict:
        return ("object", frozenset((key, canonical(item)) for key, item in value.items()))
    return value


def accept(value: Any, path: Path, out: Problems) -> None:
    """Every value is valid."""


class Compiler:
    """Turns the schemas inside one root schema into checks; a reference is compiled once."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.references: dict[str, Check] = {}

    def check_of(self, schema: Schema | bool) -> Check:
        """The check of one schema."""
        if isinstance(schema, bool):
            return accept if schema else lambda value, path, out: out.append(Problem("false", path, value, False, {}))
        if "$ref" in schema:
            return self.reference(schema["$ref"])
        if not schema.keys() <= ANNOTATIONS | MAKERS.keys() | LIMITS.keys() | {
            "type",
            "then",
            "else",
            "additionalProperties",
        }:
            return self.unknown_keywords(schema)
        parts = [limit(keyword, schema) for keyword in LIMITS if keyword in schema]
        parts += [make(self, schema) for keyword, make in MAKERS.items() if keyword in schema]
        if "additionalProperties" in schema and "properties" not in schema:
            parts.append(mapping(self, schema))
        return typed(schema, parts)

    def reference(self, name: str) -> Check:
        """The check of a definition; it may contain itself."""
        if name not in self.references:

            def later(value: Any, path: Path, out: Problems) -> None:
                self.references[name](value, path, out)

            self.references[name] = later
            target: Any = self.root
            for step in name.removeprefix("#/").split("/"):
                target = target[step]
            self.references[name] = self.check_of(target)
        return self.references[name]

    def unknown_keywords(self, schema: Schema) -> Check:
        """jsonschema's verdict, for a schema that uses more of the language than this module knows."""
        from jsonschema import Draft7Validator

        validator = Draft7Validator({**schema, "definitions": self.root.get("definitions", {})})

        def check(value: Any, path: Path, out: Problems) -> None:
            if value is not BROKEN and not validator.is_valid(value):
                out.append(Problem("other", path, value, None, schema))

        return check


def together(parts: list[Check]) -> Check:
    """A check of every part."""

    def check(value: Any, path: Path, out: Problems) -> None:
        for part in parts:
            part(value, path, out)

    return check


def typed(schema: Schema, parts: list[Check]) -> Check:
    """A check of the type, and only where that is right of everything else."""
    wanted = schema.get("type")
    if wanted is None:
        return together(parts)
    tests = [TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    first = tests[0]

    def check(value: Any, path: Path, out: Problems) -> None:
        if first(value) or any(test(value) for test in tests):
            for part in parts:
                part(value, path, out)
        elif value is not BROKEN:
            out.append(Problem("type", path, value, wanted, schema))

    return check


def limit(keyword: str, schema: Schema) -> Check:
    """A check of a length, a count or a size."""
    types, measure, holds = LIMITS[keyword]
    bound = schema[keyword]

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) in types and not holds(measure(value), bound):
            out.append(Problem(keyword, path, value, bound, schema))

    return check


def enum(_compiler: Compiler, schema: Schema) -> Check:
    """A check that the value is one of those listed."""
    return listed("enum", schema["enum"], schema)


def const(_compiler: Compiler, schema: Schema) -> Check:
    """A check that the value is the one."""
    return listed("const", [schema["const"]], schema)


def listed(keyword: str, allowed: list[Any], schema: Schema) -> Check:
    """A check that the value is the same as one of those allowed."""
    known = frozenset(map(canonical, allowed))

    def check(value: Any, path: Path, out: Problems) -> None:
        if canonical(value) not in known and value is not BROKEN:
            out.append(Problem(keyword, path, value, schema[keyword], schema))

    return check


def pattern(_compiler: Compiler, schema: Schema) -> Check:
    """A check that the text matches; one that is too long is not looked at, so that it cannot cost much."""
    search = re.compile(schema["pattern"]).search
    longest = schema.get("maxLength", math.inf)

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) is str and len(value) <= longest and not search(value):
            out.append(Problem("pattern", path, value, schema["pattern"], schema))

    return check


def unique(_compiler: Compiler, schema: Schema) -> Check:
    """A check that no two items are the same; the later one is reported."""
    if not schema["uniqueItems"]:
        return accept
    longest = schema.get("maxItems", math.inf)

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) is not list or len(value) > longest:
            return
        seen: set[Any] = set()
        for index, item in enumerate(value):
            stand_in = canonical(item)
            if stand_in in seen and item is not BROKEN:
                out.append(Problem("uniqueItems", (path, index), item, True, schema))
            seen.add(stand_in)

    return check


def items(compiler: Compiler, schema: Schema) -> Check:
    """A check of every item of a list."""
    each = compiler.check_of(schema["items"])
    longest = schema.get("maxItems", math.inf)

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) is list and len(value) <= longest:
            for index, item in enumerate(value):
                each(item, (path, index), out)
                if len(out) > MOST_PROBLEMS:
                    return

    return check


def mapping(compiler: Compiler, schema: Schema) -> Check:
    """A check of every value of a mapping, and of keys that are not allowed."""
    checks = {key: compiler.check_of(inner) for key, inner in schema.get("properties", {}).items()}
    rest = schema.get("additionalProperties", True)
    other = None if rest is False else compiler.check_of(rest)

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) is not dict:
            return
        for key, item in value.items():
            if len(out) > MOST_PROBLEMS:
                return
            known = checks.get(key, other)
            if known is not None:
                known(item, (path, key), out)
            else:
                out.append(Problem("unknown", (path, key), item, schema.get("properties", {}), schema))

    return check


def required(_compiler: Compiler, schema: Schema) -> Check:
    """A check that the keys are there."""
    keys = schema["required"]

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) is dict:
            for key in keys:
                if key not in value:
                    out.append(Problem("required", path, value, key, schema))

    return check


def names(compiler: Compiler, schema: Schema) -> Check:
    """A check of every key of a mapping."""
    each = compiler.check_of(schema["propertyNames"])

    def check(value: Any, path: Path, out: Problems) -> None:
        if type(value) is dict:
            for key in value:
                found: Problems = []
                each(key, (path, key), found)
                out.extend(Problem("propertyNames", one.path, key, one.keyword, one.schema) for one in found)

    return check


def any_of(compiler: Compiler, schema: Schema) -> Check:
    """A check that one alternative fits; where none does, the first of the right type tells its problems."""
    choices = [compiler.check_of(choice) for choice in schema["anyOf"]]

    def check(value: Any, path: Path, out: Problems) -> None:
        if value is BROKEN:
            return
        close: list[Problems] = []
        for choice in choices:
            found: Problems = []
            choice(value, path, found)
            if not found:
                return
            if not any(one.keyword == "type" and one.path is path for one in found):
                close.append(found)
        if close:
            out.extend(close[0])
        else:
            out.append(Problem("anyOf", path, value, schema["anyOf"], schema))

    return check


def all_of(compiler: Compiler, schema: Schema) -> Check:
    """A check that every part fits."""
    return together([compiler.check_of(part) for part in schema["allOf"]])


def condition(compiler: Compiler, schema: Schema) -> Check:
    """A check of `then` for values that fit `if`, and of `else` for the others."""
    test = compiler.check_of(schema["if"])
    then, otherwise = compiler.check_of(schema.get("then", True)), compiler.check_of(schema.get("else", True))

    def check(value: Any, path: Path, out: Problems) -> None:
        found: Problems = []
        test(value, path, found)
        (otherwise if found else then)(value, path, out)

    return check


MAKERS: Final[dict[str, Callable[[Compiler, Schema], Check]]] = {
    "enum": enum,
    "const": const,
    "pattern": pattern,
    "uniqueItems": unique,
    "properties": mapping,
    "required": required,
    "propertyNames": names,
    "items": items,
    "allOf": all_of,
    "anyOf": any_of,
    "if": condition,
}
