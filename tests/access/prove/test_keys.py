"""A value is found for some tests of one key exactly where there is one, whatever the operators."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.access import document
from org.access.document import BASES, NEGATED
from org.access.match import holds
from org.access.prove.automata import GivenUp
from org.access.prove.encode import literal
from org.access.prove.keys import Range, value_of
from org.access.prove.texts import Domain
from org.access.requests import request
from org.model.request import Principal, Request

ANYONE = Principal("arn:aws:iam::111122223333:role/x")
WORDS = {
    "string": ["", "a", "A", "b", "ab", "a*", "*b", "?", "*", "b?a", "${*}"],
    "arn": ["arn:aws:iam::1:a", "arn:*:iam::1:*", "arn:aws:iam:*:?:a*", "*", "a", "arn:aws:iam::1:b:a"],
    "numeric": ["1", "1.0", "2", "-3", "a", "1.5"],
    "date": ["2020-01-01", "2020-01-02T00:00:00Z", "1577836800.0", "x"],
    "bool": ["true", "false", "TRUE", "x"],
    "binary": ["YQ==", "Yg==", "%"],
    "ipaddress": ["10.0.0.0/8", "10.1.0.0/16", "10.0.0.1", "2001:db8::/32", "::/0", "0.0.0.0/0", "x"],
    "null": ["true", "false", "maybe"],
}
"""Values of policies, by the beginning of the operators' names."""
TEXTS = sorted(
    {one for words in WORDS.values() for one in words}
    | {"aa", "bb", "ba", "bba", "c", "arn:aws:iam::1:c", "arn:aws:iam::2:a", "arn:aws:iam::1:ab", "arn:x:iam::1:q"}
    | {"0", "1.2", "1.7", "3", "-4", "2019-05-05", "2020-01-01T05:00:00Z", "2021-01-01", "10.2.3.4", "10.1.2.3"}
    | {"11.0.0.0", "2001:db8::1", "2001:db9::1", "Yw==", "*a", "abc"}
)
VALUES = [None, (), *TEXTS, *[(one,) for one in TEXTS], *combinations(["", "a", "b", "ab", "1", "10.1.2.3"], 2)]


def of(kind: str) -> list[str]:
    return [base for base in (*BASES, *NEGATED) if NEGATED.get(base, base).startswith(kind)]


def written_as(written: tuple[str, str, bool, list[str]]) -> document.Test:
    name, quantifier, if_exists, values = written
    base = NEGATED.get(name, name)
    if base == "null":
        quantifier, if_exists = "", False
    return document.Test(base, "key", tuple(values), name in NEGATED, if_exists, quantifier)


def of_kind(kind: str) -> st.SearchStrategy[document.Test]:
    quantifiers = st.sampled_from(("", "", "forallvalues", "foranyvalue"))
    values = st.lists(st.sampled_from(WORDS[kind]), max_size=3)
    return st.tuples(st.sampled_from(of(kind)), quantifiers, st.booleans(), values).map(written_as)


groups = st.sampled_from((("string", "null"), ("string", "arn"), *[(kind, "null") for kind in WORDS]))
signed = groups.flatmap(
    lambda kinds: st.lists(st.tuples(st.one_of(*map(of_kind, kinds)), st.booleans()), min_size=1, max_size=4)
)


def asked(value: str | tuple[str, ...] | None) -> Request:
    return request(ANYONE, "s3:GetObject", context={} if value is None else {"key": value})


def right(value: str | tuple[str, ...] | None, tests: list[tuple[document.Test, bool]]) -> bool:
    return all(holds(test, asked(value), variables=True) is sign for test, sign in tests)


@given(signed)
@settings(max_examples=1000, deadline=None)
def test_a_value_is_found_where_there_is_one(tests: list[tuple[document.Test, bool]]) -> None:
    literals = frozenset((literal(test, variables=True)[0], sign) for test, sign in tests)
    found = value_of(literals)
    if found is not None:
        assert right(found.value, tests)
    else:
        assert [] == [value for value in VALUES if right(value, tests)]


@given(signed, st.sampled_from(((True, False, False), (False, True, False), (False, False, True))))
@settings(max_examples=300, deadline=None)
def test_the_range_says_what_a_value_may_be(tests: list[tuple[document.Test, bool]], may: tuple[bool, ...]) -> None:
    literals = frozenset((literal(test, variables=True)[0], sign) for test, sign in tests)
    found = value_of(literals, Range(*may))
    kinds = (type(None), str, tuple)
    allowed = tuple(kind for kind, is_allowed in zip(kinds, may, strict=True) if is_allowed)
    if found is not None:
        assert isinstance(found.value, allowed)
        assert right(found.value, tests)
    else:
        assert [] == [one for one in VALUES if isinstance(one, allowed) and right(one, tests)]


def test_a_fixed_value_is_the_only_one() -> None:
    like = literal(document.Test("stringlike", "key", ("a*",)), variables=True)
    assert value_of(frozenset([like]), Range(fixed=("b",))) is None
    found = value_of(frozenset([like]), Range(fixed=("ab",)))
    assert found is not None
    assert found.value == "ab"


@pytest.mark.parametrize(
    ("domain", "operator", "value", "expected"),
    [
        (Domain(kind="Bool"), "stringnotequals", "true", "false"),
        (Domain(kind="Numeric"), "numericnotequals", "1", "0"),
        (Domain(kind="IPAddress"), "notipaddress", "0.0.0.0/0", "2001:db8::7"),
        (Domain(shapes=("arn:aws:iam::1:role/*",), chars=r"\w:/"), "arnnotlike", "arn:*:role/*", None),
        (Domain(shapes=("arn:aws:iam::1:role/*",), chars=r"\w:/"), "arnlike", "arn:aws:iam::*:role/a b", None),
        (
            Domain(shapes=("arn:aws:iam::1:role/*",)),
            "arnlike",
            "arn:aws:iam::*:role/a*",
            "arn:aws:iam::1:role/aexample",
        ),
        (Domain(hints=("eu-west-1",)), "stringnotequals", "eu-central-1", "eu-west-1"),
    ],
)
def test_a_domain_says_which_texts_there_are(domain: Domain, operator: str, value: str, expected: str | None) -> None:
    made = literal(written_as((operator, "", False, [value])), variables=True)
    found = value_of(frozenset([made]), Range(absent=False, several=False, texts=domain))
    if expected is None and operator == "arnlike":
        assert found is None
    elif expected is not None:
        assert found is not None
        assert expected == found.value


def test_text_and_numbers_on_one_key_are_decided_or_given_up() -> None:
    number = literal(document.Test("numericgreaterthan", "key", ("5",)), variables=True)
    text = literal(document.Test("stringlike", "key", ("*a000*",)), variables=True)
    with pytest.raises(GivenUp, match="as text and as a value"):
        value_of(frozenset([number, text]), Range(absent=False, several=False))
