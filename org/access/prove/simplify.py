"""Literals about one slot in the shortest form that says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from org.access.prove.automata import GivenUp
from org.access.prove.keys import value_of
from org.access.prove.patterns import contained, disjoint, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.access.prove.keys import Literal
    from org.access.prove.patterns import Tokens
    from org.access.prove.texts import Predicate

LISTS = ("equals", "like", "arn", "resource")
"""The families whose patterns can be compared with each other."""


def simplified(literals: Sequence[Literal]) -> list[Literal]:
    """The literals without those that follow from others, and without patterns that the others rule out."""
    left = list(literals)
    for one in literals:
        others = [other for other in left if other != one]
        if others and _follows(one, others):
            left = others
    left = [_without_impossible(one, left) for one in left]
    wanted = [one for one in left if wants(one)]
    left = [_without_strangers(one, wanted) if wanted and wants(one) is False else one for one in left]
    return [one for one in left if one[0].predicate is None or one[0].predicate.patterns or wants(one) is not False]


def _follows(one: Literal, others: Sequence[Literal]) -> bool:
    try:
        return value_of(frozenset([*others, (one[0], not one[1])])) is None
    except GivenUp:
        return False


def wants(literal: Literal) -> bool | None:
    """True for a literal that wants one of its patterns, False for one that wants none, None for any other."""
    atom, sign = literal
    if atom.quantifier or atom.predicate is None or atom.predicate.family not in LISTS:
        return None
    if atom.predicate.none:
        return False if sign else None
    return sign is not atom.negated


def predicate_of(literal: Literal) -> Predicate:
    """The predicate of a literal that has one."""
    assert literal[0].predicate is not None
    return literal[0].predicate


def _tokens(predicate: Predicate) -> list[tuple[str, Tokens | None]]:
    return [(one, tokens(predicate.family, one, predicate.variables)) for one in predicate.patterns]


def _with(literal: Literal, patterns: list[str]) -> Literal:
    atom, sign = literal
    return replace(atom, predicate=replace(predicate_of(literal), patterns=tuple(patterns))), sign


def _without_impossible(literal: Literal, among: Sequence[Literal]) -> Literal:
    """Of a literal that wants one of its patterns, those that no other literal rules out."""
    if not wants(literal) or not all(other[0].absent is not other[1] or wants(other) is False for other in among):
        return literal
    barred = [made for other in among if wants(other) is False for _, made in _tokens(predicate_of(other)) if made]
    kept = [
        one for one, made in _tokens(predicate_of(literal)) if made and not any(contained(made, no) for no in barred)
    ]
    return _with(literal, kept) if kept else literal


def _without_strangers(literal: Literal, wanted: Sequence[Literal]) -> Literal:
    """Of a literal that wants none of its patterns, those that overlap with what the others want."""
    mine = [[made for _, made in _tokens(predicate_of(one)) if made] for one in wanted]
    kept = [
        one
        for one, made in _tokens(predicate_of(literal))
        if made and not any(all(disjoint(made, other) for other in listed) for listed in mine)
    ]
    return _with(literal, kept)
