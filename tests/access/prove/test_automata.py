"""Patterns and their automata say what the definition says, tried on every short text."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.access import document
from org.access.match import holds, resource_matches
from org.access.prove import automata
from org.access.prove.automata import GivenUp, common_text, machine
from org.access.prove.patterns import contained, disjoint, instance, tokens
from org.access.requests import request
from org.model.request import Principal

SHORT = ["".join(chars) for length in range(5) for chars in product("ab:", repeat=length)]
ARNS = [
    "arn" + "".join(f":{part}" for part in parts)
    for parts in product(("", "a", "b"), repeat=4)
    for parts in [(*parts, last) for last in ("", "a", "a:b", "b:")]
]
OPERATORS = {"equals": "stringequals", "fold": "stringequalsignorecase", "like": "stringlike", "arn": "arnlike"}
ANYONE = Principal("arn:aws:iam::111122223333:role/x")

texts = st.text("ab:*?A", max_size=6)
arns = st.builds(
    lambda *parts: ":".join(parts),
    st.sampled_from(("arn", "a*", "*", "?rn")),
    *[st.text("ab*?", max_size=2)] * 4,
    st.text("ab:*?", max_size=4),
)
patterns = st.one_of(
    st.tuples(st.sampled_from(("equals", "fold", "like")), texts),
    st.tuples(st.sampled_from(("arn", "resource")), st.one_of(arns, texts, st.just("*"))),
)


def fits(family: str, pattern: str, text: str) -> bool:
    """What the definition says."""
    if family == "resource":
        asked = request(ANYONE, "s3:GetObject", text)
        return resource_matches(pattern, asked, variables=True) is True and text.count(":") >= 5
    asked = request(ANYONE, "s3:GetObject", context={"key": text})
    return holds(document.Test(OPERATORS[family], "key", (pattern,)), asked, variables=True) is True


def made(family: str, pattern: str) -> automata.Machine:
    found = tokens(family, pattern, variables=True)
    return machine([] if found is None else [found])


@given(patterns)
@settings(max_examples=300, deadline=None)
def test_an_automaton_accepts_what_fits_by_definition(pattern: tuple[str, str]) -> None:
    of = made(*pattern)
    asked = ARNS if pattern[0] in ("arn", "resource") else SHORT
    assert [text for text in asked if fits(*pattern, text)] == [text for text in asked if of.fits(text)]


@given(st.lists(patterns, min_size=1, max_size=3), st.lists(patterns, max_size=3))
@settings(max_examples=400, deadline=None)
def test_a_common_text_is_found_where_there_is_one(
    wanted: list[tuple[str, str]], unwanted: list[tuple[str, str]]
) -> None:
    bad = machine([found for one in unwanted if (found := tokens(*one, variables=True)) is not None])
    text = common_text([made(*one) for one in wanted], bad)

    def right(candidate: str) -> bool:
        return all(fits(*one, candidate) for one in wanted) and not any(fits(*one, candidate) for one in unwanted)

    if text is None:
        assert [] == [candidate for candidate in (*SHORT, *ARNS) if right(candidate)]
    else:
        assert right(text)
        assert [] == [one for one in (*SHORT, *ARNS) if len(one) < len(text) and right(one)]


@given(patterns, patterns)
@settings(max_examples=600, deadline=None)
def test_what_is_contained_fits_wherever_the_inner_pattern_fits(inner: tuple[str, str], outer: tuple[str, str]) -> None:
    left, right = tokens(*inner, variables=True), tokens(*outer, variables=True)
    if left is None or right is None or not contained(left, right):
        return
    assert [] == [one for one in (*SHORT, *ARNS) if fits(*inner, one) and not fits(*outer, one)]


@pytest.mark.parametrize(
    ("inner", "outer", "answer"),
    [
        ("s3:Get*", "s3:*", True),
        ("s3:*", "s3:Get*", False),
        ("a*b*c", "a*c", True),
        ("a?c", "a*c", True),
        ("a*c", "a?c", False),
        ("*", "*", True),
        ("", "*", True),
        ("home/${aws:username}/x", "home/${aws:username}/*", True),
        ("home/${aws:username}/x", "home/*", True),
        ("home/${aws:username}", "home/${aws:userid}", False),
        ("home/*", "home/${aws:username}", False),
        ("${aws:username}", "?", False),
        ("${*}", "*", True),
        ("*", "${*}", False),
    ],
)
def test_containment_sees_wildcards_and_variables(inner: str, outer: str, answer: bool) -> None:
    left, right = tokens("like", inner, variables=True), tokens("like", outer, variables=True)
    assert left is not None
    assert right is not None
    assert answer == contained(left, right)


def test_an_arn_with_a_variable_before_its_last_part_contains_only_itself() -> None:
    pattern = tokens("arn", "arn:aws:iam::${aws:PrincipalAccount}:role/a", variables=True)
    other = tokens("arn", "arn:aws:iam::*:role/a", variables=True)
    assert pattern is not None
    assert other is not None
    assert contained(pattern, pattern)
    assert not contained(other, pattern)
    assert contained(pattern, other) is False  # nobody knows how many colons the value has


def test_variables_mean_something_only_where_the_version_says_so() -> None:
    assert made("like", "${*}").fits("*")
    plain = tokens("like", "${*}", variables=False)
    assert plain is not None
    assert machine([plain]).fits("${abc}")


def test_an_instance_has_what_was_asked_for_in_its_wildcards() -> None:
    found = tokens("like", "role/*-?", variables=True)
    assert found is not None
    assert "role/deploy-0" == instance(found, "deploy")


def test_a_search_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MOST_STATES", 10)
    wanted = [made("like", f"*{'?' * number}a*") for number in range(3, 8)]
    with pytest.raises(GivenUp, match="no decision about 5 lists"):
        common_text(wanted, machine([]))


@given(patterns, patterns)
@settings(max_examples=600, deadline=None)
def test_what_is_disjoint_has_no_text_in_common(one: tuple[str, str], other: tuple[str, str]) -> None:
    left, right = tokens(*one, variables=True), tokens(*other, variables=True)
    if left is None or right is None or not disjoint(left, right):
        return
    assert [] == [text for text in (*SHORT, *ARNS) if fits(*one, text) and fits(*other, text)]


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("arn:aws:s3:::a*", "arn:aws:s3:::b*", True),
        ("arn:*:s3:::a", "arn:*:ec2:*:*:a", True),
        ("arn:*:s3:::a", "arn:*:s3:*:*:a", False),
        ("arn:*:s3:::a*", "arn:*:s3:::*b", False),
    ],
)
def test_arns_are_disjoint_where_a_part_differs(one: str, other: str, answer: bool) -> None:
    left, right = tokens("arn", one, variables=False), tokens("arn", other, variables=False)
    assert left is not None
    assert right is not None
    assert answer == disjoint(left, right)
