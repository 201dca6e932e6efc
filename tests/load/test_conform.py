"""The compiled check and jsonschema agree on what is valid, on any schema and any data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.load.conform import compiled
from org.load.schema import included, schema
from tests.load.complete import VOCABULARY, complete

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["a", "b", "key", "ou", "aa", ""]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.0, 1.0, 1.5]),
    st.sampled_from(WORDS),
    st.text(max_size=3),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["string", "object", "array", "boolean", "null", "integer", "number"])
LIMIT = st.integers(0, 3)


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(SCALARS, min_size=1, max_size=3),
            "const": VALUES,
            "pattern": st.sampled_from(["^a", "b", "^(?:a+)(?![\\s\\S])"]),
            "minLength": LIMIT,
            "maxLength": LIMIT,
            "minItems": LIMIT,
            "maxItems": LIMIT,
            "minProperties": LIMIT,
            "maxProperties": LIMIT,
            "minimum": LIMIT,
            "maximum": LIMIT,
            "uniqueItems": st.booleans(),
            "properties": st.dictionaries(st.sampled_from(WORDS), inner, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "propertyNames": inner,
            "required": st.lists(st.sampled_from(WORDS), max_size=2, unique=True),
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "if": inner,
            "then": inner,
            "else": inner,
        },
    )


SCHEMAS = st.recursive(st.booleans() | st.fixed_dictionaries({"type": TYPES}), schemas, max_leaves=6).filter(
    lambda shape: isinstance(shape, dict)
)


@settings(max_examples=150, deadline=None)
@given(shape=SCHEMAS, value=VALUES)
def test_any_schema_and_any_value(shape: dict[str, Any], value: Any) -> None:
    assert jsonschema.Draft7Validator(shape).is_valid(value) == (compiled(shape)(value) == [])


ONES = [0, 0.0, False, 1, 1.0, True, "1", "true", None, ""]
ALIKE = [*ONES, [], {}, *([one] for one in ONES), *({"a": one} for one in ONES)]


@pytest.mark.parametrize("left", ALIKE, ids=repr)
def test_which_values_are_the_same(left: Any) -> None:
    for right in ALIKE:
        cases = [({"const": left}, right), ({"enum": [left]}, right), ({"uniqueItems": True}, [left, right])]
        for shape, value in cases:
            assert jsonschema.Draft7Validator(shape).is_valid(value) == (compiled(shape)(value) == []), (shape, value)


@cache
def validator(included_file: bool) -> Any:
    return jsonschema.Draft7Validator((included if included_file else schema)(VOCABULARY))


@cache
def check(included_file: bool) -> Any:
    return compiled((included if included_file else schema)(VOCABULARY))


@cache
def example() -> Any:
    import yaml

    piece = """
policies: [deny-root, {use: restrict-regions, with: {regions: $organization.regions}, name: eu}]
baseline: {cloudtrail: {account: log-archive, days: 3}}
accounts:
  - key: log-archive
    ou: Workloads/Prod
    id: "012345670123"
    contacts: {security: {name: a, title: b, email: a@b.cc, phone: "+44 1"}}
    tags: {a: b, c: null}
    state: closed
    close_reason: why
"""
    return yaml.safe_load(complete(piece))


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for step, item in inner for place in places(item, (*way, step)))]


def changed(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    copy = value.copy()
    copy[way[0]] = changed(value[way[0]], way[1:], new)
    return copy


def test_the_example_is_valid() -> None:
    assert [] == list(validator(False).iter_errors(example())) == check(False)(example())


@settings(max_examples=150, deadline=None)
@given(data=st.data(), new=VALUES)
def test_an_accounts_file_with_any_part_replaced(data: st.DataObject, new: Any) -> None:
    value = changed(example(), data.draw(st.sampled_from(places(example()))), new)
    assert validator(False).is_valid(value) == (check(False)(value) == [])


@settings(max_examples=75, deadline=None)
@given(data=st.data(), key=st.sampled_from(["use", "key", "ou", "with", "name", "units", "zzz"]), new=VALUES)
def test_an_accounts_file_with_a_key_more(data: st.DataObject, key: str, new: Any) -> None:
    mappings = [way for way in places(example()) if isinstance(part(example(), way), dict)]
    way = data.draw(st.sampled_from(mappings))
    value = changed(example(), way, {**part(example(), way), key: new})
    assert validator(False).is_valid(value) == (check(False)(value) == [])


def part(value: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


@pytest.mark.parametrize("included_file", [False, True])
def test_the_schemas_are_legal_draft_07(included_file: bool) -> None:
    jsonschema.Draft7Validator.check_schema((included if included_file else schema)(VOCABULARY))
