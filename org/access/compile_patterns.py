"""Patterns as compiled expressions: what `org.access.match` walks character by character, in one step of the machine.

Each part between two stars is taken where it first fits and never tried elsewhere. That is enough for wildcards, and
the time of a match stays in proportion to the text, whatever the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from org.access.match import ARN_PARTS, VARIABLE, Token, Wild, arn_pattern, is_everything, plain

Fits = Callable[[str], object]
"""Whether a text is of a pattern: the answer counts as true or false."""
ANY, IN_PART = ".", "[^:]"
"""What a wildcard stands for: any character, or any one of a part of an ARN."""


def variables_in(text: str) -> tuple[str, ...]:
    """The keys of the variables in a text, in lower case."""
    return tuple(found[2].strip().lower() for found in VARIABLE.finditer(text) if found[1] is None)


def expression(tokens: Sequence[Token], anything: str = ANY) -> str:
    """The pattern as the text of a regular expression."""
    parts = [""]
    for token in tokens:
        if token is Wild.MANY:
            parts.append("")
        else:
            parts[-1] += anything if isinstance(token, Wild) else re.escape(token)
    first, *rest = parts
    if not rest:
        return first
    between = "".join(f"(?>{anything}*?{part})" for part in rest[:-1] if part)
    return f"{first}{between}{anything}*{rest[-1]}"


def arn_expression(tokens: Sequence[Token]) -> str | None:
    """The pattern of an ARN in a condition, part by part (rule 47); None where it can match nothing."""
    if tokens and all(token is Wild.MANY for token in tokens):
        return f"arn:(?:{IN_PART}*:){{{ARN_PARTS - 2}}}.*"
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token == ":" and len(parts) < ARN_PARTS:
            parts.append([])
        else:
            parts[-1].append(token)
    if len(parts) != ARN_PARTS:
        return None
    *heads, rest = (expression(part, IN_PART if number < ARN_PARTS else ANY) for number, part in enumerate(parts, 1))
    return f"(?=arn:){':'.join(heads)}:{rest}"


def resource_expression(pattern: str, rest: Sequence[Token]) -> str | None:
    """A pattern of `Resource`, part by part, the tokens of its last one given (rule 25); None where nothing fits."""
    *heads, _ = arn_pattern(pattern)
    if any(":" in head for head in heads):  # between braces: no part of a request's ARN has a colon
        return None
    return "".join(f"{expression(plain(head), IN_PART)}:" for head in heads) + expression(rest)


def text_of(tokens: Sequence[Token]) -> str:
    """The tokens as text, wildcards as the characters that they are written with."""
    return "".join(token.value if isinstance(token, Wild) else token for token in tokens)


def is_literal(pattern: str) -> bool:
    """True where every character stands for itself."""
    return "*" not in pattern and "?" not in pattern and "${" not in pattern


def any_fits(exact: Iterable[str], expressions: Iterable[str]) -> Fits:
    """Whether a text is one of some, or of one of some expressions."""
    texts, distinct = frozenset(exact), tuple(dict.fromkeys(expressions))
    if not distinct:
        return texts.__contains__
    matches = re.compile("|".join(distinct), re.DOTALL).fullmatch
    return (lambda text: text in texts or matches(text)) if texts else matches


def resources_fit(patterns: Iterable[tuple[str, Sequence[Token]]]) -> Fits:
    """Whether one of the patterns, each with the tokens of its last part, is about a resource (rules 25-28)."""
    exact, expressions = [], []
    for pattern, rest in patterns:
        if is_everything(pattern):
            return lambda _resource: True
        found = resource_expression(pattern, rest)
        if found is not None and is_literal(pattern) and pattern.count(":") >= ARN_PARTS - 1:
            exact.append(pattern)
        elif found is not None:
            expressions.append(found)
    return any_fits(exact, expressions)
