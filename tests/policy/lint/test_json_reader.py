"""The JSON reader agrees with Python's, knows where everything is, and says in plain words what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.model.finding import Span
from org.policy.lint.json_reader import NotJson, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)

BROKEN = {
    '{"a": 1,}': ("a `,` with nothing after it", 1, 8),
    '{"a": "b"\n "c": 1}': ('`"` where `,` or `}` must be', 2, 2),
    '{"a": 1': ("the file ends inside the `{` that is never closed", 1, 1),
    "": ("the file is empty", 1, 1),
    "{'a': 1}": ("single quotes where a key in double quotes must be", 1, 2),
    '{"a": "x\n"}': ("text without a closing quote on its line", 1, 7),
    '{\n >Action": 1}': ("`>` where a key in double quotes must be", 2, 2),
    '{"a": true} x': ("text after the end of the policy", 1, 13),
    '{"a": // why\n 1}': ("a comment where a value must be", 1, 7),
    '{"a" 1}': ("`1` where `:` after the key must be", 1, 6),
    '{"a": True}': ("`True` where a value must be", 1, 7),
    '{"a": "\\q"}': ("an escape that JSON does not have", 1, 7),
    '{"a": "\\ud800"}': ("half of a surrogate pair", 1, 7),
    "{\u201ca\u201d: 1}": ("a typographic quote where a key in double quotes must be", 1, 2),
    '"Effect": "Allow"': ("key `Effect` outside of an object", 1, 1),
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_wrong_is_said_at_its_place(text: str) -> None:
    with pytest.raises(NotJson) as raised:
        read(text, "f")
    span = raised.value.span
    assert BROKEN[text] == (raised.value.message, span.line, span.column)
    assert raised.value.advice


def test_a_fragment_tells_its_next_mistake_where_it_stands() -> None:
    with pytest.raises(NotJson) as raised:
        read('"a": 1, >b": 2', "f")
    following = raised.value.next
    assert following is not None
    assert ("`>` where a key in double quotes must be", 9) == (following.message, following.span.column)


@given(value=VALUES, indent=st.sampled_from([None, 1, 4]), ascii_only=st.booleans())
def test_what_python_writes_is_read_as_python_reads_it(value: Any, indent: int | None, *, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    tree, twice = read(text, "f")
    assert (json.loads(text), []) == (tree.value, twice)


@given(text=st.text(st.sampled_from('{}[]:,"\\ \n10etrufalsn-.x'), max_size=30))
def test_whatever_is_read_python_reads_too_and_whatever_is_not_python_refuses(text: str) -> None:
    try:
        tree, _ = read(text, "f")
    except NotJson:
        with pytest.raises(json.JSONDecodeError):
            strict(text)
    else:
        assert strict(text) == tree.value


def strict(text: str) -> Any:
    """Python's reading of a text without the words it adds to JSON."""
    return json.loads(text, parse_constant=pytest.fail)


@given(value=VALUES)
def test_every_node_is_where_its_span_says(value: Any) -> None:
    text = json.dumps(value, indent=2)
    tree, _ = read(text, "f")
    lines = text.split("\n")
    for path, span in tree.spans.items():
        if span.line == span.end_line:
            node = value
            for step in path:
                node = node[step]
            assert node == json.loads(lines[span.line - 1][span.column - 1 : span.end_column - 1])


def test_a_key_that_is_there_twice_is_told_with_the_first() -> None:
    tree, twice = read('{"a": 1,\n "a": 2}', "f")
    assert {"a": 2} == tree.value
    assert [("a", Span("f", 2, 2, 2, 5), Span("f", 1, 2, 1, 5))] == twice


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 50_000, '"' + "\\" * 200_001, '{"a": ' + "9" * 200_000 + "}"]
)
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(NotJson):
        read(text, "f")
