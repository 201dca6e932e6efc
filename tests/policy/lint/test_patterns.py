"""Patterns beside each other mean what matching texts one by one says."""

from __future__ import annotations

from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from org.access.actions import glob
from org.policy.lint.patterns import covers, overlap

PATTERNS = st.text(st.sampled_from("ab*?"), max_size=6)
TEXTS = ["".join(text) for length in range(5) for text in product("ab", repeat=length)]


def matched(pattern: str) -> set[str]:
    return {text for text in TEXTS if glob(pattern).fullmatch(text)}


@example(wide="?", narrow="*")
@given(wide=PATTERNS, narrow=PATTERNS)
def test_what_covers_matches_everything_the_other_matches(wide: str, narrow: str) -> None:
    assert not covers(wide, narrow) or matched(narrow) <= matched(wide)


@given(one=PATTERNS, other=PATTERNS)
def test_what_shares_a_text_overlaps(one: str, other: str) -> None:
    assert not matched(one) & matched(other) or overlap(one, other)


@given(one=st.text(st.sampled_from("ab"), max_size=4), other=PATTERNS)
def test_a_plain_text_overlaps_what_matches_it(one: str, other: str) -> None:
    assert (one in matched(other)) == overlap(one, other)


@given(one=PATTERNS, other=PATTERNS)
def test_overlap_does_not_ask_which_comes_first(one: str, other: str) -> None:
    assert overlap(one, other) == overlap(other, one)


def test_a_name_without_a_slash_is_no_path() -> None:
    assert not overlap("acme/x", "*", not_in_other="/")
    assert overlap("acme*", "*", not_in_other="/")
