"""Whether the patterns and tests of a statement fit a request: the definition, by the numbered rules of docs/decide.md.

Pages of the IAM User Guide: reference_policies_elements_action, ..._resource, ..._principal, ..._notprincipal,
..._condition_operators, reference_policies_variables, reference_policies_condition-single-vs-multi-valued-context-keys.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from org.access.truth import Truth, Unknown, all_of, any_of, depends, opposite
from org.access.values import OPERATORS, truth_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from org.access.document import Test
    from org.model.request import Request, Value

RESOURCE = "resource"
"""What an answer depends on where the resource of a request is not known."""
VARIABLE = re.compile(r"\$\{(?:([*?$])|([^{},]*)(?:, '([^']*)')?)\}")
ARN_PARTS = 6


class Wild(Enum):
    """A wildcard of a pattern."""

    MANY = "*"
    ONE = "?"


Token = str | Wild
"""One character that stands for itself, or a wildcard."""


class NoValue(Enum):
    """The one thing that a variable without a value and without a default stands for (rule 31)."""

    NO_VALUE = 0


NO_VALUE = NoValue.NO_VALUE
Pattern = list[Token] | NoValue | Unknown
"""A pattern with its variables resolved; unknown where a variable's key is."""


def plain(text: str) -> list[Token]:
    """The tokens of a text in which `*` and `?` are wildcards."""
    wild: dict[str, Token] = {"*": Wild.MANY, "?": Wild.ONE}
    return [wild.get(one, one) for one in text]


def resolved(text: str, request: Request, *, variables: bool) -> Pattern:
    """The pattern with each variable's value in its place, whose characters all stand for themselves (rules 29-33)."""
    if not variables:
        return plain(text)
    tokens: list[Token] = []
    unknown: set[str] = set()
    end = 0
    missing = False
    for found in VARIABLE.finditer(text):
        tokens += plain(text[end : found.start()])
        end = found.end()
        literal, key, default = found.groups()
        value = literal or _variable(key, default, request)
        if isinstance(value, Unknown):
            unknown |= value.keys
        elif value is None:
            missing = True
        else:
            tokens += value
    if missing:
        return NO_VALUE
    return depends(*unknown) if unknown else [*tokens, *plain(text[end:])]


def _variable(key: str, default: str | None, request: Request) -> str | Unknown | None:
    """The value of a variable; only keys with a single value have one (rule 33)."""
    value = looked_up(key.strip().lower(), request)
    if isinstance(value, Unknown):
        return value
    return value if isinstance(value, str) else default


def looked_up(key: str, request: Request) -> Value | Unknown | None:
    """The value of a key in lower case; None where it is absent, unknown where nobody knows (rule 38)."""
    if key in request.context:
        return request.context[key]
    not_known = key in request.unknown or any(one.endswith("*") and key.startswith(one[:-1]) for one in request.unknown)
    return depends(key) if not_known else None


def matches(pattern: Sequence[Token], text: str) -> bool:
    """True where the whole text is of the pattern; a line break is a character like any other (rule 46)."""
    position, index, star, resume = 0, 0, -1, 0
    while index < len(text):
        token = pattern[position] if position < len(pattern) else None
        if token is Wild.MANY:
            star, resume = position, index
            position += 1
        elif token is Wild.ONE or token == text[index]:
            position, index = position + 1, index + 1
        elif star >= 0:
            resume += 1
            position, index = star + 1, resume
        else:
            return False
    return all(token is Wild.MANY for token in pattern[position:])


def is_everything(pattern: str) -> bool:
    """True for `*`, however often it is repeated."""
    return pattern != "" and not pattern.strip("*")


def action_matches(pattern: str, action: str) -> bool:
    """True where the pattern stands for the action, whatever the case of both (rule 23)."""
    return matches(plain(pattern.lower()), action.lower())


def resource_matches(pattern: str, request: Request, *, variables: bool) -> Truth | NoValue:
    """Whether a pattern of `Resource` fits, its first five parts and the rest each by itself (rules 25-29, 32).

    `NO_VALUE` where the rest names a variable without a value.
    """
    if is_everything(pattern):
        return True
    if request.resource is None:
        return depends(RESOURCE)
    parts = arn_pattern(pattern)
    asked = request.resource.split(":", ARN_PARTS - 1)
    if len(asked) < ARN_PARTS:
        return False
    *heads, rest = parts
    if not all(matches(plain(head), text) for head, text in zip(heads, asked, strict=False)):
        return False
    tail = resolved(rest, request, variables=variables)
    if isinstance(tail, NoValue | Unknown):
        return tail
    return matches(tail, asked[-1])


def arn_pattern(pattern: str) -> list[str]:
    """The six parts of a pattern; those that are left out stand for anything (rule 27)."""
    parts = re.split(r":(?![^{}]*\})", pattern, maxsplit=ARN_PARTS - 1)
    return [*parts, *["*"] * (ARN_PARTS - len(parts))]


def listed(patterns: Sequence[str], fits: Callable[[str], Truth | NoValue], *, negated: bool) -> Truth:
    """Whether one of the patterns fits, or with `negated` none (rule 24).

    A resource whose variable has no value matches nothing, and does not make NotResource true either (rule 31).
    """
    found = [fits(pattern) for pattern in patterns]
    if negated and any(one is NO_VALUE for one in found):
        return False
    truth = any_of(False if isinstance(one, NoValue) else one for one in found)
    return opposite(truth) if negated else truth


def holds(test: Test, request: Request, *, variables: bool) -> Truth:
    """Whether one key under one operator holds (rules 37-52)."""
    value = looked_up(test.key, request)
    if isinstance(value, Unknown):
        return value
    if test.base == "null":
        return any(truth_word(one) is _is_null(value) for one in test.values)
    if test.quantifier:
        return _of_set(test, value, request, variables=variables)
    if value is None:
        return test.negated or test.if_exists
    if not isinstance(value, str):
        return False  # a key with several values under an operator for one (rule 45)
    return _one(test, value, request, variables=variables)


def _is_null(value: Value | None) -> bool:
    """True for an absent key and for one whose values are all empty (rules 41, 42)."""
    return value is None or not any([value] if isinstance(value, str) else value)


def _of_set(test: Test, value: Value | None, request: Request, *, variables: bool) -> Truth:
    """ForAllValues and ForAnyValue: what an empty set gives comes first (rules 42, 43), then each value (rule 44)."""
    for_all = test.quantifier == "forallvalues"
    if value is None or _is_null(value):
        return for_all
    each = [_one(test, one, request, variables=variables) for one in ((value,) if isinstance(value, str) else value)]
    return all_of(each) if for_all else any_of(each)


def _one(test: Test, value: str, request: Request, *, variables: bool) -> Truth:
    """Whether one value fits: one of the policy's values, or with a negated operator none (rule 37)."""
    compare = OPERATORS.get(test.base)
    return listed(
        test.values,
        (lambda wanted: _compared(test, wanted, value, request, variables=variables))
        if compare is None
        else (lambda wanted: compare(wanted, value, variables)),
        negated=test.negated,
    )


def _compared(test: Test, wanted: str, value: str, request: Request, *, variables: bool) -> Truth:
    """The operators for text and ARNs, in whose values variables have a meaning (rules 29, 46, 47).

    Nothing is equal to or like a variable without a value, so that a negated operator is true (rule 31,
    reference_policies_variables, "Policy variables with no value"; docs/decisions/0013-variables-without-value.md).
    """
    pattern = resolved(wanted, request, variables=variables)
    if isinstance(pattern, NoValue):
        return False
    if isinstance(pattern, Unknown):
        return pattern
    if test.base == "stringlike":
        return matches(pattern, value)
    if test.base in ("arnlike", "arnequals"):
        return arn_like(pattern, value)
    text = "".join(token.value if isinstance(token, Wild) else token for token in pattern)
    return text.lower() == value.lower() if test.base == "stringequalsignorecase" else text == value


def arn_like(pattern: Sequence[Token], value: str) -> bool:
    """True where each of the six parts of an ARN is of the pattern's (rule 47); `*` alone is any ARN."""
    asked = value.split(":", ARN_PARTS - 1)
    if len(asked) < ARN_PARTS or asked[0] != "arn":
        return False
    if pattern and all(token is Wild.MANY for token in pattern):
        return True
    parts: list[list[Token]] = [[]]
    for token in pattern:
        if token == ":" and len(parts) < ARN_PARTS:
            parts.append([])
        else:
            parts[-1].append(token)
    return len(parts) == ARN_PARTS and all(matches(part, text) for part, text in zip(parts, asked, strict=True))
