"""The schema of accounts.yaml, as an editor and as a person see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from org.load.schema import DRAFT, included, printed, schema
from tests.load.complete import VOCABULARY, complete

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = schema(VOCABULARY)


def named(shape: Any, way: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of our own, with the way to it; settings and parameters that are handed in are not ours."""
    for key, inner in shape.get("properties", {}).items():
        yield f"{way}/{key}", inner
        yield from named(inner, f"{way}/{key}")


OURS = [*named(SCHEMA)] + [
    one
    for name, shape in SCHEMA["definitions"].items()
    if name not in ("baseline", "contacts")
    for one in named(shape, name)
]


@pytest.mark.parametrize(("way", "shape"), OURS, ids=[way for way, _ in OURS])
def test_every_property_has_a_description_and_an_example(way: str, shape: dict[str, Any]) -> None:
    assert shape["description"].endswith((".", "none."))
    assert shape["examples"]


@pytest.mark.parametrize(("way", "shape"), OURS, ids=[way for way, _ in OURS])
def test_every_example_is_valid(way: str, shape: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator({**shape, "definitions": SCHEMA["definitions"]})
    for example in shape["examples"]:
        assert [] == [error.message for error in validator.iter_errors(example)]


def shapes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from shapes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shapes(inner)


def test_no_pattern_relies_on_a_dollar_sign_or_on_a_digit_of_any_script() -> None:
    for shape in shapes(SCHEMA):
        pattern = shape.get("pattern")
        if isinstance(pattern, str):
            assert "$" not in pattern
            assert "\\d" not in pattern
            assert "\\w" not in pattern


IDS = {
    "123456789012": True,
    "123456789012\n": False,
    "١٢٣٤٥٦٧٨٩٠١٢": False,
    "12345678901": False,
    "a23456789012": False,
}


@pytest.mark.parametrize("value", IDS)
def test_an_account_id_has_twelve_ascii_digits_and_nothing_else(value: str) -> None:
    shape = SCHEMA["definitions"]["account"]["properties"]["id"]
    assert IDS[value] == jsonschema.Draft7Validator(shape).is_valid(value)


def test_mappings_take_no_other_keys() -> None:
    closed = [SCHEMA, *(SCHEMA["definitions"][name] for name in ("account", "unit", "contact", "contacts", "baseline"))]
    assert [False] * len(closed) == [shape["additionalProperties"] for shape in closed]


def test_it_is_draft_07_because_editors_read_no_newer_one() -> None:
    assert DRAFT == SCHEMA["$schema"]


def test_names_that_exist_are_offered_when_asked_for() -> None:
    filled = schema(VOCABULARY, ["Workloads", "Workloads/Prod"], fill=True)
    assert ["Workloads", "Workloads/Prod", "/"] == filled["definitions"]["account"]["properties"]["ou"]["enum"]
    bare, long_form = filled["definitions"]["policies"]["items"]["anyOf"]
    assert sorted(VOCABULARY.policies) == bare["enum"] == long_form["properties"]["use"]["enum"]


def test_the_schema_in_the_repository_accepts_the_example_organization() -> None:
    checked_in = json.loads((ROOT / "schema/accounts.schema.json").read_text())
    data = yaml.safe_load((ROOT / "accounts.yaml").read_text())
    assert [] == [error.message for error in jsonschema.Draft7Validator(checked_in).iter_errors(data)]


def test_an_included_file_may_hold_accounts_only() -> None:
    validator = jsonschema.Draft7Validator(included(VOCABULARY))
    assert validator.is_valid({"accounts": [{"key": "a", "ou": "Workloads"}]})
    assert not validator.is_valid(yaml.safe_load(complete("")))


def test_it_is_printed_as_json() -> None:
    assert json.loads(printed(SCHEMA)) == SCHEMA


def test_the_regions_are_those_of_botocore() -> None:
    import botocore.loaders

    from org.load.regions import REGIONS

    partitions = botocore.loaders.Loader().load_data("partitions")["partitions"]
    known = {region for one in partitions for region in one["regions"] if one["id"] in OPEN_PARTITIONS}
    assert {region for region in known if not region.endswith("-global")} == REGIONS


OPEN_PARTITIONS = {"aws", "aws-cn", "aws-us-gov", "aws-eusc"}
