"""One value of a context key that meets several tests at once: absent, one text, or a set of texts (rules 37-45)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from org.access.prove.texts import ANYTHING, Domain, Predicate, find, fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.access.prove.texts import Sign
    from org.model.request import Value

EMPTY: Final = Predicate("equals", ("",))


@dataclass(frozen=True, slots=True)
class Atom:
    """Something about one slot of a request that is true or false: what a statement asks of a key or of the resource.

    `slot` is the key in lower case, `resource`, `action`, or a name of its own for what nobody can look into: then
    there is no predicate. `absent` is the truth where the key is absent. `nulls` is what a `Null` test asks for.
    """

    slot: str
    predicate: Predicate | None = None
    negated: bool = False
    absent: bool = False
    quantifier: str = ""
    nulls: frozenset[bool] | None = None


Literal = tuple[Atom, bool]
"""An atom, and whether it is to be true."""


@dataclass(frozen=True, slots=True)
class Range:
    """Which values a slot may have: absent, one text, several; and which texts. With `fixed` the one value it has."""

    absent: bool = True
    one: bool = True
    several: bool = True
    texts: Domain = ANYTHING
    fixed: tuple[Value | None] | None = None


ANY_VALUE = Range()
PRESENT = Predicate("like", ("?*",))


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a slot; None where it is absent. It is not `exact` where policy variables may forbid it."""

    value: Value | None
    exact: bool = field(default=True, compare=False)


@lru_cache(maxsize=1 << 17)
def value_of(literals: frozenset[Literal], allowed: Range = ANY_VALUE) -> Found | None:
    """A value for which each atom is as it is to be, the simplest first; None where there is none.

    Raises `GivenUp` where nobody knows. Variables stand for any text, as in `org.access.prove.texts`.
    """
    if any((atom, not sign) in literals for atom, sign in literals):
        return None
    exact = not any(atom.predicate is not None and atom.predicate.open for atom, _ in literals)
    if allowed.fixed is not None:
        (value,) = allowed.fixed
        if isinstance(value, str):
            return None if _one(literals, ANYTHING, value) is None else Found(value, exact)
        return Found(value, exact) if all(may_be(atom, value, sign) for atom, sign in literals) else None
    for value in _values(literals, allowed):
        return Found(value, exact)
    return None


def _values(literals: frozenset[Literal], allowed: Range) -> Iterator[Value | None]:
    if allowed.absent and all(may_be(atom, None, sign) for atom, sign in literals):
        yield None
    if allowed.one:
        text = _one(literals, allowed.texts)
        if text is not None:
            yield text
    if allowed.several:
        several = _several(literals, allowed.texts)
        if several is not None:
            yield several


def may_be(atom: Atom, value: Value | None, sign: bool) -> bool:
    """True where the atom can be what it is to be with that value, whatever the values of variables."""
    if atom.predicate is None and atom.nulls is None:
        return True
    if atom.nulls is not None:
        return sign is (_is_null(value) in atom.nulls)
    assert atom.predicate is not None
    if atom.quantifier:
        if value is None or _is_null(value):
            return sign is (atom.quantifier == "forallvalues")
        texts = (value,) if isinstance(value, str) else value
        every = sign is (atom.quantifier == "forallvalues")
        return (all if every else any)(_fits(atom, text, sign) for text in texts)
    if value is None:
        return sign is atom.absent
    return _fits(atom, value, sign) if isinstance(value, str) else not sign


def _is_null(value: Value | None) -> bool:
    return value is None or not any([value] if isinstance(value, str) else value)


def _fits(atom: Atom, text: str, sign: bool) -> bool:
    assert atom.predicate is not None
    return fits(frozenset({(atom.predicate, sign is not atom.negated)}), ANYTHING, text)


def _one(literals: Iterable[Literal], texts: Domain, exactly: str | None = None) -> str | None:
    """A single text; the empty one is null to `Null` and to quantifiers, so it is looked at by itself."""
    signs: set[Sign] = {(PRESENT, True)}
    possible = True
    for atom, sign in literals:
        if atom.nulls is not None:
            possible &= sign is (False in atom.nulls)
        elif atom.predicate is not None:
            signs.add((atom.predicate, sign is not atom.negated))
    if exactly is not None:
        signs.add((Predicate("equals", (exactly,)), True))
    text = find(frozenset(signs), texts) if possible else None
    return text if text is not None or exactly else _empty(literals, texts)


def _empty(literals: Iterable[Literal], texts: Domain) -> str | None:
    if not fits(frozenset(), texts, ""):
        return None
    signs: set[Sign] = {(EMPTY, True)}
    for atom, sign in literals:
        if atom.nulls is not None or atom.quantifier:
            if not may_be(atom, "", sign):
                return None
        elif atom.predicate is not None:
            signs.add((atom.predicate, sign is not atom.negated))
    return find(frozenset(signs), texts)


def _several(literals: Iterable[Literal], texts: Domain) -> tuple[str, ...] | None:
    """A set of texts: those that some test wants to be in it, each of which must pass the tests of all."""
    if all(may_be(atom, (), sign) for atom, sign in literals):
        return ()
    every: set[Sign] = set()
    some: list[Sign] = []
    for atom, sign in sorted(literals, key=_order):
        if atom.nulls is not None:
            if sign is not (False in atom.nulls):
                return None
        elif atom.predicate is not None and atom.quantifier:
            wanted = (atom.predicate, sign is not atom.negated)
            if sign is (atom.quantifier == "forallvalues"):
                every.add(wanted)
            else:
                some.append(wanted)
        elif atom.predicate is not None and sign:
            return None  # an operator for one value is false of several (rule 45)
    return _members(frozenset(every), some, texts)


def _order(literal: Literal) -> tuple[object, ...]:
    """What literals are sorted by, so that the same question has the same answer in every run."""
    atom, sign = literal
    return sign, atom.quantifier, atom.negated, atom.predicate.order if atom.predicate else ("",)


def _members(every: frozenset[Sign], some: list[Sign], texts: Domain) -> tuple[str, ...] | None:
    members: list[str] = []
    for wanted in some:
        found = find(every | {wanted, (PRESENT, True)}, texts) or find(every | {wanted}, texts)
        if found is None:
            return None
        members.append(found)
    if not any(members):
        present = find(every | {(PRESENT, True)}, texts)
        if present is None:
            return None
        members.append(present)
    return tuple(dict.fromkeys(members))
