"""Patterns of policies as tokens: what each operator makes of a text with wildcards and variables.

A variable stands for any text here, always the same within one request. So what is shown of tokens holds for every
value of the variables, and a text that fits them may need values that nobody has: the witness shows that it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from org.access.match import ARN_PARTS, VARIABLE, arn_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FAMILIES = ("equals", "fold", "like", "arn", "resource")
"""Ways to compare text: exactly, whatever the case, with wildcards, as an ARN, as the resource of a statement."""


@dataclass(frozen=True, slots=True)
class Token:
    """One character of `chars`, or any where there are none; with `many` any number of characters.

    A wildcard without `colon` stands for no `:`. `variable` names a policy variable: any text, the same everywhere.
    """

    chars: str = ""
    many: bool = False
    colon: bool = True
    variable: str = ""


NO_DEFAULT = ",None"
"""How the name of a variable ends that may have no value."""
MANY = Token(many=True)
ONE = Token()
MANY_IN_PART = Token(many=True, colon=False)
ONE_IN_PART = Token(colon=False)


class Tokens(tuple[Token, ...]):
    """The tokens of one pattern, the same only as itself: hashing what is in it would cost more than all else.

    `loose` is the pattern where they fit more than it does; empty where they fit exactly what it does.
    """

    loose: str = ""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other


@lru_cache(maxsize=1 << 16)
def tokens(family: str, text: str, variables: bool) -> Tokens | None:
    """What the text of a policy fits under an operator of that family; None where it fits nothing."""
    if family == "resource":
        return _resource(text, variables)
    wild = family in ("like", "arn")
    found = list(_pieces(text, variables, wild=wild, fold=family == "fold"))
    return _arn(found) if family == "arn" else Tokens(_merged(found))


def _pieces(text: str, variables: bool, *, wild: bool, fold: bool = False) -> Iterator[Token]:
    """The tokens of a text; a variable's value is any text, unless it is one of the three literal ones (rule 32)."""
    end = 0
    for found in VARIABLE.finditer(text) if variables else ():
        yield from _plain(text[end : found.start()], wild, fold)
        end = found.end()
        literal, key, default = found.groups()
        yield _literal(literal, fold) if literal else Token(many=True, variable=f"{key.strip().lower()},{default}")
    yield from _plain(text[end:], wild, fold)


def _plain(text: str, wild: bool, fold: bool) -> Iterator[Token]:
    for one in text:
        yield {"*": MANY, "?": ONE}[one] if wild and one in "*?" else _literal(one, fold)


@lru_cache(maxsize=4096)
def _literal(char: str, fold: bool) -> Token:
    others = {char.lower(), char.upper()} - {char} if fold else ()
    return Token(char + "".join(sorted(one for one in others if len(one) == 1)))


def _merged(found: Sequence[Token]) -> Iterator[Token]:
    """Wildcards in a row that mean the same as one are one."""
    last = None
    for token in found:
        if token.many and token == last and not token.variable:
            continue
        yield token
        last = token


def _arn(found: list[Token]) -> Tokens | None:
    """Six parts, each by itself: a wildcard in the first five stands for no `:`; the first part is `arn` (rule 47)."""
    if found and all(token == MANY for token in found):
        return tokens("resource", "arn:*", variables=False)
    colon = _literal(":", fold=False)
    places = [place for place, token in enumerate(found) if token == colon][: ARN_PARTS - 1]
    loose = any(token.variable for token in (found[: places[-1]] if len(places) == ARN_PARTS - 1 else found))
    if loose:  # the value of a variable may have colons of its own, and so say where the parts begin
        made = Tokens(_merged(found))
        made.loose = repr(found)
        return made
    if len(places) < ARN_PARTS - 1 or not _fits_arn(found[: places[0]]):
        return None
    return Tokens(_merged([*_texts("arn"), *map(_in_part, found[places[0] : places[-1]]), *found[places[-1] :]]))


def _fits_arn(part: Sequence[Token]) -> bool:
    return contained(_texts("arn"), Tokens(part))


def _texts(text: str) -> Tokens:
    return Tokens(_literal(one, fold=False) for one in text)


def _in_part(token: Token) -> Token:
    return {MANY: MANY_IN_PART, ONE: ONE_IN_PART}.get(token, token)


def _resource(text: str, variables: bool) -> Tokens | None:
    """Six parts as well; those left out stand for anything, and variables mean something in the last (rules 25-29)."""
    *heads, rest = arn_pattern(text)
    if any(":" in head for head in heads):
        return None  # no part of a resource has a colon but the last
    colon = _literal(":", fold=False)
    found = [token for head in heads for token in (*map(_in_part, _pieces(head, variables=False, wild=True)), colon)]
    return Tokens(_merged([*found, *_pieces(rest, variables, wild=True)]))


@lru_cache(maxsize=1 << 16)
def contained(inner: Tokens, outer: Tokens) -> bool:
    """True where every text that fits `inner` surely fits `outer`, whatever the variables; False says nothing."""
    if outer.loose:
        return inner.loose == outer.loose
    places = _skipped({0}, outer)
    for symbol in inner:
        after = set()
        for place in places:
            if place == len(outer):
                continue
            token = outer[place]
            if token.many and (_covers(token, symbol)):
                after.add(place)
            elif not token.many and not symbol.many and _covers(token, symbol):
                after.add(place + 1)
            if token.variable and token == symbol:
                after.add(place + 1)
        places = _skipped(after, outer)
        if not places:
            return False
    return len(outer) in places


def _skipped(places: set[int], outer: Tokens) -> set[int]:
    """The places with those that are reached by taking nothing for a `*`; a variable is never taken for nothing."""
    for place in sorted(places):
        end = place
        while end < len(outer) and outer[end].many and not outer[end].variable:
            end += 1
            places.add(end)
    return places


def _covers(token: Token, symbol: Token) -> bool:
    """True where each character of the symbol is one of the token's."""
    if token.variable:
        return False
    if token.chars:
        return symbol.chars != "" and set(symbol.chars) <= set(token.chars)
    if token.colon:
        return True
    return ":" not in symbol.chars if symbol.chars else not symbol.colon


@lru_cache(maxsize=1 << 15)
def sealed(found: Tokens) -> tuple[Tokens, ...] | None:
    """The six parts of a pattern none of whose first five can reach into the next; None for any other pattern."""
    parts: list[list[Token]] = [[]]
    for token in found:
        if len(parts) == ARN_PARTS:
            parts[-1].append(token)
        elif token.chars == ":":
            parts.append([])
        elif token.chars or not token.colon:
            parts[-1].append(token)
        else:
            return None
    return tuple(map(Tokens, parts)) if len(parts) == ARN_PARTS else None


def disjoint(one: Tokens, other: Tokens) -> bool:
    """True where surely no text fits both: they begin or end differently, or do so in a part; False says nothing."""
    mine, yours = sealed(one), sealed(other)
    if mine is None or yours is None:
        return _differ(one, other)
    return any(map(_differ, mine, yours))


def _differ(one: Tokens, other: Tokens) -> bool:
    if _begin_differently(one, other) or _begin_differently(one[::-1], other[::-1]):
        return True
    return is_literal(one) and is_literal(other) and len(one) != len(other)


def _begin_differently(one: Sequence[Token], other: Sequence[Token]) -> bool:
    for left, right in zip(one, other, strict=False):
        if not left.chars or not right.chars:
            return False
        if not set(left.chars) & set(right.chars):
            return True
    return False


def instance(found: Tokens, many: str, one: str = "0") -> str:
    """A text that fits: `many` for each `*`, `one` for each `?`."""
    return "".join(many if token.many else token.chars[:1] or one for token in found)


def is_literal(found: Tokens) -> bool:
    """True where exactly one text fits."""
    return all(len(token.chars) == 1 for token in found)


def has_variable(found: Tokens) -> bool:
    """True where it is for a variable to say what fits."""
    return any(token.variable for token in found)
