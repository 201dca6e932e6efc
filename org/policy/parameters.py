"""The parameters of a template: the part of JSON Schema they may use, and what is wrong with a value.

Parameters are text, numbers, switches, and lists of those: nothing that could become structure. The few keywords are
checked here because importing a whole JSON Schema library costs more than every template together; a test holds that
both agree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from org.policy.backtracking import LONGEST_VALUE, too_slow
from org.policy.formats import FORMATS
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.policy.parse import Path

SCALARS = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
KEYWORDS = {
    "type": str,
    "description": str,
    "default": object,
    "examples": list,
    "enum": list,
    "format": str,
    "pattern": str,
    "minLength": int,
    "maxLength": int,
    "minimum": (int, float),
    "maximum": (int, float),
    "items": dict,
    "minItems": int,
    "maxItems": int,
    "uniqueItems": bool,
}
ONLY_FOR = {
    "format": "string",
    "pattern": "string",
    "minLength": "string",
    "maxLength": "string",
    "items": "array",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
}


def schema_problems(schema: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What is wrong with the declaration of a parameter: the path below it, and a message."""
    if not isinstance(schema, dict):
        yield path, "a parameter is declared by a JSON Schema"
        return
    kind = schema.get("type")
    allowed = [*SCALARS] if path else [*SCALARS, "array"]
    if kind not in allowed:
        yield (*path, "type"), f"type `{kind}` of a parameter; it must be one of {', '.join(allowed)}"
        return
    if kind == "array" and "items" not in schema:
        yield path, "a list without `items`: say what each element is"
    if "format" in schema and "pattern" in schema:
        yield (*path, "pattern"), "`pattern` beside `format`, which is one itself"
    for keyword, value in schema.items():
        yield from _keyword_problems(keyword, value, str(kind), path)


def _keyword_problems(keyword: str, value: Any, kind: str, path: Path) -> Iterator[tuple[Path, str]]:
    here = (*path, keyword)
    if keyword not in KEYWORDS:
        yield here, f"keyword `{keyword}` is not one that parameters have"
    elif not isinstance(value, KEYWORDS[keyword]):  # type: ignore[arg-type]
        yield here, f"`{keyword}` has the wrong type"
    elif ONLY_FOR.get(keyword, kind) != kind:
        yield here, f"`{keyword}` has no meaning for type `{kind}`"
    elif keyword == "items":
        yield from schema_problems(value, here)
    elif keyword == "format" and value not in FORMATS:
        yield here, f"no format {shown(value)}: docs/policy-templates.md lists them"
    elif keyword == "pattern":
        try:
            reason = too_slow(value)
        except (re.error, OverflowError) as error:
            yield here, f"pattern {shown(value)} is not a regular expression: {error}"
        else:
            if reason:
                yield here, f"pattern {shown(value)} {reason}"


def problems(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """What is wrong with a value, in words that follow the name of the parameter. Nothing where it fits the schema."""
    kind = schema["type"]
    if kind == "array":
        yield from _list_problems(schema, value)
    elif not _is(kind, value):
        yield f"is {shown(value)}, and should be of type {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"is {shown(value)}, and should be one of {', '.join(map(shown, schema['enum']))}"
    elif kind == "string":
        yield from _text_problems(schema, value)
    elif kind != "boolean" and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"is {shown(value)}, and should be from {schema.get('minimum', '-')} to {schema.get('maximum', '-')}"


def _list_problems(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f"is {shown(value)}, and should be a list"
        return
    if len(value) < schema.get("minItems", 0):
        yield f"has {len(value)} elements, and needs at least {schema['minItems']}"
    if len(value) > schema.get("maxItems", len(value)):
        yield f"has {len(value)} elements, and may have at most {schema['maxItems']}"
    if schema.get("uniqueItems") and len({(type(item), item) for item in value if _hashable(item)}) < len(value):
        yield "names something twice"
    for item in value:
        yield from (f"holds an element that {problem}" for problem in problems(schema["items"], item))


def _text_problems(schema: Mapping[str, Any], value: str) -> Iterator[str]:
    # A pattern's `$` also matches before a final line break, so control characters are refused on their own; AWS takes
    # U+0020 to U+00FF in a policy: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
    if any(not " " <= character <= "\u00ff" or "\x7f" <= character < "\u00a0" for character in value):
        yield f"is {shown(value)}, which has a character that no policy may hold"
    elif value.startswith("@@"):
        yield f"is {shown(value)}, and `@@` begins an inheritance operator"
    elif "pattern" in schema and len(value) > LONGEST_VALUE:
        yield f"is {len(value)} characters long; with a pattern it may have at most {LONGEST_VALUE}"
    elif "format" in schema and not re.search(FORMATS[schema["format"]], value):
        yield f"is {shown(value)}, which is not of the format {schema['format']}"
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"is {shown(value)}, which does not match `{schema['pattern']}`"
    elif not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"is {len(value)} characters long, outside {schema.get('minLength', 0)} to {schema.get('maxLength', '-')}"


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, SCALARS[kind])  # type: ignore[arg-type]


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)
