"""One text that meets several tests at once, or the certainty that there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, permutations, product
from typing import TYPE_CHECKING

from org.access.prove.automata import GivenUp, Machine, common_text, machine
from org.access.prove.patterns import (
    NO_DEFAULT,
    Token,
    Tokens,
    contained,
    disjoint,
    has_variable,
    instance,
    is_literal,
    tokens,
)
from org.access.prove.typed import group_of, is_of, values
from org.access.truth import Unknown
from org.access.values import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FILLS = ("example", "", "x", "1")
"""What stands for a `*` in a text to try; the first one reads best."""
MOST_TRIED = 40


@dataclass(frozen=True, slots=True)
class Predicate:
    """True of a text that fits one of the patterns of a family (of `org.access.prove.patterns` or an operator's name).

    With `none` it is true where no pattern fits and each of their variables has a value, as NotResource is (rule 31);
    without variables that is the opposite of the plain form, which stands for it.
    """

    family: str
    patterns: tuple[str, ...]
    variables: bool = False
    none: bool = False

    @property
    def open(self) -> bool:
        """True where variables have a say."""
        if group_of(self.family):
            return self.variables and any("${" in one for one in self.patterns)
        return self.variables and any(has_variable(one) for one in _listed(self))

    @property
    def order(self) -> tuple[str, tuple[str, ...], bool]:
        """What predicates are sorted by, so that the same question has the same answer in every run."""
        return self.family, self.patterns, self.none


Sign = tuple[Predicate, bool]
"""A predicate, and whether it is to be true."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a text may be at all: a type of AWS's, patterns that it must and must not fit, characters that it may have.

    `hints` are texts to try first.
    """

    kind: str = ""
    shapes: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    chars: str = ""
    hints: tuple[str, ...] = ()


ANYTHING = Domain()
GROUPS = {"Numeric": "numeric", "Date": "date", "Bool": "bool", "IPAddress": "ipaddress", "Binary": "binary"}
ARN_SHAPE = "arn:*:*:*:*:*"


@lru_cache(maxsize=1 << 17)
def find(signs: frozenset[Sign], domain: Domain = ANYTHING) -> str | None:
    """A text of the domain for which each predicate is as it is to be, or None where there is none.

    Variables stand for any text, so a text that is found may need values for them that are not to be had. Raises
    `GivenUp` where nobody knows.
    """
    if any((predicate, not sign) in signs for predicate, sign in signs):
        return None
    wanted, unwanted, excluded = _lists(signs, domain)
    wanted = [[one for one in listed if not any(contained(one, other) for other in excluded)] for listed in wanted]
    wanted = _without_strangers(wanted)
    if not all(wanted):
        return None
    wanted = _without_wider(wanted)
    finite = next((listed for listed in wanted if all(map(is_literal, listed))), None)
    tried: Iterable[str] = (
        [instance(one, "") for one in finite] if finite is not None else _tries(wanted, _groups(signs, domain), domain)
    )
    machines, barred = [machine(one) for one in wanted], machine(unwanted)
    typed = frozenset(one for one in signs if group_of(one[0].family))

    def is_right(text: str) -> bool:
        return fits(typed, domain, text) and all(one.fits(text) for one in machines) and not barred.fits(text)

    found = next(filter(is_right, tried), None)
    if found is not None or finite is not None:
        return found
    return _searched(signs, wanted, unwanted, domain)


def _without_strangers(wanted: list[list[Tokens]]) -> list[list[Tokens]]:
    """The lists without the patterns that have no text in common with any of another list."""
    for mine, yours in permutations(range(len(wanted)), 2):
        others = wanted[yours]
        wanted[mine] = [one for one in wanted[mine] if not all(disjoint(one, other) for other in others)]
    return wanted


def _without_wider(wanted: list[list[Tokens]]) -> list[list[Tokens]]:
    """The lists without those that ask for nothing that another list does not ask for as well."""
    left = list(wanted)
    for listed in wanted:
        others = [other for other in left if other is not listed]
        if any(all(any(contained(one, wide) for wide in listed) for one in other) for other in others):
            left = others
    return left


def fits(signs: frozenset[Sign], domain: Domain, text: str) -> bool:
    """True where the text is of the domain and each predicate is of it what it is to be, for some variables' values."""
    return _is_of(domain, text) and all(_may_be(predicate, text, sign) for predicate, sign in signs)


def _may_be(predicate: Predicate, text: str, sign: bool) -> bool:
    if group_of(predicate.family):
        compare = OPERATORS[predicate.family]
        found = [compare(one, text, predicate.variables) for one in predicate.patterns]
        return sign is (any(one is True for one in found)) or any(isinstance(one, Unknown) for one in found)
    if predicate.none:
        return not sign or not _accepting(_without_variables(predicate)).fits(text)
    if sign:
        return _accepting(_listed(predicate)).fits(text)
    return not _accepting(_without_variables(predicate)).fits(text)


def _is_of(domain: Domain, text: str) -> bool:
    group = GROUPS.get(domain.kind)
    if group and not is_of(group, text):
        return False
    if domain.chars and not _allowed(domain.chars).fullmatch(text):
        return False
    shapes, unlike = _shapes(domain)
    return (not shapes or _accepting(shapes).fits(text)) and not _accepting(unlike).fits(text)


@lru_cache(maxsize=64)
def _allowed(chars: str) -> re.Pattern[str]:
    return re.compile(f"[{chars}]*")


@lru_cache(maxsize=1 << 14)
def _listed(predicate: Predicate) -> tuple[Tokens, ...]:
    made = (tokens(predicate.family, one, predicate.variables) for one in predicate.patterns)
    return tuple(one for one in made if one is not None)


def _without_variables(predicate: Predicate) -> tuple[Tokens, ...]:
    return tuple(one for one in _listed(predicate) if not has_variable(one))


@lru_cache(maxsize=1 << 14)
def _accepting(listed: tuple[Tokens, ...]) -> Machine:
    return machine(listed)


@lru_cache(maxsize=256)
def _shapes(domain: Domain) -> tuple[tuple[Tokens, ...], tuple[Tokens, ...]]:
    """The patterns that a text of the domain must and must not fit."""
    shapes = domain.shapes or ((ARN_SHAPE,) if domain.kind == "ARN" else ())
    return _tokens(shapes), _tokens(domain.unlike)


def _tokens(shapes: Iterable[str]) -> tuple[Tokens, ...]:
    made = (tokens("arn" if one.startswith("arn:") else "like", one, variables=False) for one in shapes)
    return tuple(one for one in made if one is not None)


def _lists(signs: frozenset[Sign], domain: Domain) -> tuple[list[list[Tokens]], list[Tokens], list[Tokens]]:
    """Lists of which one pattern must fit, patterns of which none may fit, and these with those of variables."""
    shapes, unlike = _shapes(domain)
    wanted = [list(shapes)] if shapes else []
    unwanted, excluded = [*unlike], [*unlike]
    held = {name for predicate, sign in signs if predicate.none and sign for name in _may_lack(predicate)}
    for predicate, sign in sorted(signs, key=lambda one: (one[0].order, one[1])):
        if group_of(predicate.family):
            continue
        if sign is not predicate.none and (not predicate.none or _may_lack(predicate) <= held):
            wanted.append(list(_listed(predicate)))
        elif sign is predicate.none:
            unwanted += _without_variables(predicate)
            excluded += _listed(predicate)
    return wanted, unwanted, excluded


def _may_lack(predicate: Predicate) -> set[str]:
    """The variables of a predicate that may have no value, having no default."""
    return {token.variable for one in _listed(predicate) for token in one if token.variable.endswith(NO_DEFAULT)}


def _groups(signs: frozenset[Sign], domain: Domain) -> dict[str, list[str]]:
    """The limits that typed operators name, by type."""
    groups: dict[str, list[str]] = {}
    for predicate, _ in signs:
        group = group_of(predicate.family)
        if group:
            groups.setdefault(group, []).extend(predicate.patterns)
    if domain.kind in GROUPS:
        groups.setdefault(GROUPS[domain.kind], [])
    return groups


def _tries(wanted: Sequence[Sequence[Tokens]], groups: dict[str, list[str]], domain: Domain) -> Iterator[str]:
    yield from domain.hints
    for group, limits in groups.items():
        yield from values(group, limits)
    if not wanted:
        yield from FILLS
        return
    few, *more = sorted(wanted, key=lambda listed: (len(listed), -sum(map(_literal_characters, listed))))
    for one, other in islice(product(few, *more[:1]), MOST_TRIED if more else 0):
        yield _both(one, other)
    for one, fill in product(few[:MOST_TRIED], FILLS):
        yield instance(one, fill)


def _both(one: Tokens, other: Tokens) -> str:
    """A text that often fits both patterns: part by part, what says more."""
    pairs = zip(_parts(one), _parts(other), strict=False)
    return ":".join(
        instance(max(pair, key=lambda part: (is_literal(part) and len(part) > 0, _literal_characters(part))), FILLS[0])
        for pair in pairs
    )


def _parts(found: Tokens) -> list[Tokens]:
    parts: list[list[Token]] = [[]]
    for token in found:
        if token.chars == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(token)
    return [Tokens(part) for part in parts]


def _literal_characters(part: Tokens) -> int:
    return sum(1 for token in part if token.chars)


def _searched(
    signs: frozenset[Sign], wanted: Sequence[Sequence[Tokens]], unwanted: Sequence[Tokens], domain: Domain
) -> str | None:
    """What the whole search finds, after the texts to try were tried."""
    groups = _groups(signs, domain)
    if any(_none_of(group, limits, signs, domain) for group, limits in groups.items()):
        return None
    allowed = _allowed(domain.chars) if domain.chars else None
    found = common_text(
        [machine(one) for one in wanted],
        machine(unwanted),
        lambda char: allowed is None or allowed.fullmatch(char) is not None,
    )
    if found is not None and groups:
        raise GivenUp("a key is compared as text and as a value of a type")
    return found


def _none_of(group: str, limits: list[str], signs: frozenset[Sign], domain: Domain) -> bool:
    """True where the operators of one type already exclude each other: a value of each stretch was tried."""
    typed = frozenset(one for one in signs if group_of(one[0].family) == group)
    only = Domain(kind=domain.kind if GROUPS.get(domain.kind) == group else "")
    return not any(fits(typed, only, text) for text in values(group, limits))
