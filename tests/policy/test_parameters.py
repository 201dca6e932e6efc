"""Our few keywords of JSON Schema mean what a whole JSON Schema library says they mean."""

from __future__ import annotations

from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from org.policy import library
from org.policy.parameters import problems, schema_problems
from org.policy.reference import PREFIX
from tests.policy.conftest import ROOT

WORDS = st.sampled_from(["a", "b", "ab", "aa", "z9", "A", ""])
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1.0, 2.5]))
VALUES = st.one_of(WORDS, NUMBERS, st.booleans(), st.none())
SCALAR_SCHEMAS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "pattern": st.sampled_from(["^a", "b$", "^[a-z]+$"]),
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(1, 3),
        },
    ),
    st.fixed_dictionaries({"type": st.just("string"), "enum": st.just(["a", "b"])}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": st.integers(-2, 0), "maximum": st.integers(0, 2)},
    ),
    st.just({"type": "boolean"}),
)
SCHEMAS = st.one_of(
    SCALAR_SCHEMAS,
    st.fixed_dictionaries(
        {"type": st.just("array"), "items": SCALAR_SCHEMAS},
        optional={"minItems": st.integers(0, 2), "maxItems": st.integers(1, 3), "uniqueItems": st.booleans()},
    ),
)


@given(SCHEMAS, st.one_of(VALUES, st.lists(VALUES, max_size=4)))
def test_a_value_fits_exactly_where_json_schema_says_so(schema: dict[str, Any], value: Any) -> None:
    assert jsonschema.Draft7Validator(schema).is_valid(value) == (list(problems(schema, value)) == [])


@given(SCHEMAS)
def test_a_declaration_of_these_keywords_is_fine(schema: dict[str, Any]) -> None:
    assert list(schema_problems(schema)) == []


def test_control_characters_are_refused_even_where_the_pattern_lets_them_through() -> None:
    """In Python `$` also matches before a final line break."""
    assert list(problems({"type": "string", "pattern": "^[a-z]+$"}, "admin\n")) == [
        "is `admin\n`, which has a character that no policy may hold"
    ]


def test_the_schema_for_accounts_yaml_takes_values_and_references() -> None:
    schema = library([ROOT / "scps"]).parameters()["restrict-regions"]
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for good in (
        {},
        {"regions": ["eu-west-1"]},
        {"regions": f"{PREFIX}regions"},
        {"exempt_roles": ["admin", f"{PREFIX}pipeline.plan_role"]},
        {"new_keys": True},
    ):
        assert validator.is_valid(good)
    for bad in (
        {"regions": []},
        {"regions": "eu-west-1"},
        {"regions": ["Ireland"]},
        {"regions": f"{PREFIX}region"},
        {"new_keys": f"{PREFIX}id"},
        {"region": ["eu-west-1"]},
    ):
        assert not validator.is_valid(bad)


def test_every_default_fits_the_schema_it_stands_in() -> None:
    for schema in library([ROOT / "scps"]).parameters().values():
        for parameter in schema["properties"].values():
            if "default" in parameter:
                assert jsonschema.Draft7Validator(parameter).is_valid(parameter["default"])
