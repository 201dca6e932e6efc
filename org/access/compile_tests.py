"""Tests of conditions as functions of the one value that they read: everything about the policy's side is done once."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from org.access.compile_patterns import Fits, any_fits, arn_expression, expression, text_of, variables_in
from org.access.match import resolved
from org.access.values import address, date, network, number, octets, truth_word
from org.model.request import Principal, Request

if TYPE_CHECKING:
    from org.access.document import Test
    from org.access.match import Token
    from org.model.request import Value

Holds = Callable[["Value | None"], bool]
"""Whether a test holds for the value of its key, None where the key is absent."""
NOBODY = Request(Principal("*"), "")
TEXT = frozenset(("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"))
"""The operators in whose values variables have a meaning (rule 29)."""


def other_keys(test: Test, *, variables: bool) -> tuple[str, ...]:
    """The keys of the variables in a test's values."""
    if not variables or test.base not in TEXT:
        return ()
    return tuple(key for value in test.values for key in variables_in(value))


def is_open(test: Test, *, variables: bool) -> bool:
    """True where what a test means is not known although its key is: a variable under Bool (rule 50)."""
    return variables and test.base == "bool" and any("${" in value for value in test.values)


def compiled_test(test: Test, *, variables: bool) -> Holds:
    """The test as a function; it must have no variables, nor be open."""
    if test.base == "null":
        wanted = {truth_word(value) for value in test.values}
        return lambda value: (not value or (value.__class__ is tuple and not any(value))) in wanted
    fits = _fits(test, variables=variables)
    one: Fits = (lambda value: not fits(value)) if test.negated else fits
    if test.quantifier:
        return _of_set(one, for_all=test.quantifier == "forallvalues")
    absent = test.negated or test.if_exists
    return lambda value: absent if value is None else value.__class__ is not tuple and bool(one(str(value)))


def _of_set(one: Fits, *, for_all: bool) -> Holds:
    """An empty set, or one of empty texts, is all and not any (rules 42, 43)."""
    decide: Callable[[Any], bool] = all if for_all else any

    def holds(value: Value | None) -> bool:
        values = (value,) if isinstance(value, str) else value
        return decide(map(one, values)) if values and any(values) else for_all

    return holds


def _fits(test: Test, *, variables: bool) -> Fits:
    """Whether one of the policy's values fits a value of the request."""
    if test.base in TEXT:
        return _text_fits(test.base, [_tokens(value, variables=variables) for value in test.values])
    if test.base == "bool":
        words = {truth_word(value) for value in test.values} - {None}
        return lambda value: truth_word(value) in words
    if test.base == "binaryequals":
        contents = {octets(value) for value in test.values} - {None}
        return lambda value: octets(value) in contents
    if test.base == "ipaddress":
        return _inside([block for block in map(network, test.values) if block is not None])
    kind = "numeric" if test.base.startswith("numeric") else "date"
    return _ordered(kind, test.base.removeprefix(kind), test.values)


def _tokens(value: str, *, variables: bool) -> list[Token]:
    tokens = resolved(value, NOBODY, variables=variables)
    assert isinstance(tokens, list)
    return tokens


def _text_fits(base: str, values: list[list[Token]]) -> Fits:
    if base == "stringequals":
        return frozenset(map(text_of, values)).__contains__
    if base == "stringequalsignorecase":
        folded = frozenset(text_of(value).lower() for value in values)
        return lambda value: value.lower() in folded
    if base == "stringlike":
        return any_fits((), map(expression, values))
    return any_fits((), (found for found in map(arn_expression, values) if found is not None))


def _inside(blocks: list[Any]) -> Fits:
    ranges = {
        version: [(int(one.network_address), int(one.broadcast_address)) for one in blocks if one.version == version]
        for version in (4, 6)
    }

    def fits(value: str) -> bool:
        found = _address(value)
        return found is not None and any(first <= found[1] <= last for first, last in ranges[found[0]])

    return fits


@lru_cache(maxsize=1024)
def _address(text: str) -> tuple[int, int] | None:
    """The version and the number of an address; None for other text."""
    found = address(text)
    return None if found is None else (found.version, int(found))


def _ordered(kind: str, name: str, values: tuple[str, ...]) -> Fits:
    """Whether one of the limits is met; all of them are met where the loosest one is."""
    read = number if kind == "numeric" else date
    limits = [limit for limit in map(read, values) if limit is not None]
    compare, loosest = _COMPARISONS[name]
    if not limits:
        return lambda _value: False
    if loosest is None:
        among = frozenset(limits)
        return lambda value: read(value) in among
    limit = loosest(limits)

    def fits(value: str) -> bool:
        found = read(value)
        return found is not None and compare(found, limit)

    return fits


_COMPARISONS: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Any], Any] | None]] = {
    "equals": (operator.eq, None),
    "lessthan": (operator.lt, max),
    "lessthanequals": (operator.le, max),
    "greaterthan": (operator.gt, min),
    "greaterthanequals": (operator.ge, min),
}
