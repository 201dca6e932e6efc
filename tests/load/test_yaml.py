"""YAML is read strictly, as YAML 1.2 has it, and every key and value has its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from org.load.positions import key_span, value_span
from org.load.yaml import BROKEN, parse, plain

SCALARS = {
    "012345670123": "012345670123",
    "123456789012": "123456789012",
    "000000000001": "000000000001",
    "0777": "0777",
    "0o17": "0o17",
    "0x1F": "0x1F",
    "1_000": "1_000",
    "no": "no",
    "NO": "NO",
    "on": "on",
    "yes": "yes",
    "y": "y",
    "2026-11-23": "2026-11-23",
    "12:30:45": "12:30:45",
    "190:20:30": "190:20:30",
    ".inf": ".inf",
    "-.INF": "-.INF",
    ".nan": ".nan",
    ".": ".",
    "-": None,
    "1.2.3": "1.2.3",
    "+": "+",
    "9" * 5_000: "9" * 5_000,
    "1e999": "1e999",
    "<<": "<<",
    "=": "=",
    "true": True,
    "True": True,
    "FALSE": False,
    "null": None,
    "~": None,
    "Null": None,
    "0": 0,
    "-0": 0,
    "42": 42,
    "+42": 42,
    "-7": -7,
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "1e3": 1000.0,
    "-1.5E-3": -0.0015,
}


@pytest.mark.parametrize("text", [text for text in SCALARS if text != "-"])
def test_an_unquoted_scalar(text: str) -> None:
    value = plain(text)
    assert (SCALARS[text], type(SCALARS[text])) == (value, type(value))


@pytest.mark.parametrize("text", ["'012345670123'", '"true"', "'~'", "'1'", '""'])
def test_a_quoted_scalar_is_text(text: str) -> None:
    assert {"a": text[1:-1]} == parse(f"a: {text}\n", "f").data


def test_an_account_id_is_text_whatever_its_quoting() -> None:
    ids = parse("[012345670123, '012345670123', \"012345670123\"]", "f").data
    assert ["012345670123"] * 3 == ids


TEXT = """\
# ünïcode before
grüße: wörld   # 日本
list:
  - {key: "é", ou: 'a b'}
  - key: 日本
    empty:
block: |
  one
  two
"""
PLACES: list[tuple[tuple[Any, ...], tuple[int, int, int, int], tuple[int, int, int, int]]] = [
    (("grüße",), (2, 1, 2, 6), (2, 8, 2, 13)),
    (("list",), (3, 1, 3, 5), (3, 1, 3, 5)),
    (("list", 0), (4, 5, 4, 26), (4, 5, 4, 26)),
    (("list", 0, "key"), (4, 6, 4, 9), (4, 11, 4, 14)),
    (("list", 0, "ou"), (4, 16, 4, 18), (4, 20, 4, 25)),
    (("list", 1), (5, 5, 5, 8), (5, 5, 5, 8)),
    (("list", 1, "key"), (5, 5, 5, 8), (5, 10, 5, 12)),
    (("list", 1, "empty"), (6, 5, 6, 10), (6, 5, 6, 10)),
    (("block",), (7, 1, 7, 6), (7, 1, 7, 6)),
]


@pytest.mark.parametrize(("steps", "key", "value"), PLACES)
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_count_characters_from_one(steps: Any, key: Any, value: Any, start: str, end: str) -> None:
    tree = parse(start + TEXT.replace("\n", end), "f")
    assert ("f", *key) == astuple(key_span("f", tree.marks, steps))
    assert ("f", *value) == astuple(value_span("f", tree.marks, steps))


def astuple(span: Any) -> tuple[str, int, int, int, int]:
    return (span.file, span.line, span.column, span.end_line, span.end_column)


def test_the_first_of_two_keys_stays_and_the_second_is_pointed_at() -> None:
    tree = parse("a: 1\nb:\n  c: 1\n  c: 2\n", "f")
    assert {"a": 1, "b": {"c": 1}} == tree.data
    (finding,) = tree.findings
    assert ("f:4:3", "f:3:3") == (str(finding.span), str(finding.seen))


def test_reading_goes_on_after_a_tag_an_anchor_an_alias_and_a_strange_key() -> None:
    tree = parse("a: !t 1\nb: &x [1]\nc: *x\n? {d: 1}\n: 2\n<<: {e: 1}\nf: 1\nf: 2\n", "f")
    assert ["ORG009", "ORG010", "ORG010", "ORG012", "ORG010", "ORG008"] == [one.rule for one in tree.findings]
    assert {"a": 1, "b": [1], "c": BROKEN, "f": 1} == tree.data


def test_nothing_of_a_second_document_is_read() -> None:
    assert {"a": 1} == parse("a: 1\n---\na: 2\n", "f").data


def test_one_document_may_be_marked_at_both_ends() -> None:
    tree = parse("%YAML 1.2\n---\na: 1\n...\n", "f")
    assert ({"a": 1}, ()) == (tree.data, tree.findings)


WORDS = st.text(alphabet="abcé 日:#-'\"", min_size=1, max_size=8)
DATA = st.recursive(
    WORDS | st.booleans() | st.integers(-99, 99) | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(data=DATA, flow=st.booleans())
def test_what_pyyaml_writes_is_read_back(data: Any, flow: bool) -> None:
    tree = parse(yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow), "f")
    assert (data, ()) == (tree.data, tree.findings)


@settings(max_examples=100, deadline=None)
@given(data=st.dictionaries(WORDS, DATA, min_size=1, max_size=4))
def test_every_key_stands_where_it_is_said_to_stand(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, width=10_000)
    tree = parse(text, "f")
    lines = text.split("\n")
    for key in data:
        span = key_span("f", tree.marks, (key,))
        if span.line == span.end_line:
            written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
            assert key == yaml.safe_load(written) or key == written
