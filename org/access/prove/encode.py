"""A statement as literals: it applies where all of them are true. Its actions stand apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.access.match import is_everything
from org.access.prove.keys import Atom, Literal
from org.access.prove.texts import Predicate
from org.access.values import truth_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.document import Principals, Statement, Test
    from org.model.request import Reason

RESOURCE, ACTION = "resource", "action"
EVERYONE = (("*", "*"), ("AWS", "*"))
FAMILIES = {
    "stringequals": "equals",
    "stringequalsignorecase": "fold",
    "stringlike": "like",
    "arnequals": "arn",
    "arnlike": "arn",
}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A statement of one side: what it asks for beside the action, and where it stands.

    `doubt` says why its meaning is not known; then it may or may not apply where the literals are true.
    """

    actions: tuple[str, ...]
    not_actions: bool
    literals: frozenset[Literal]
    reason: Reason
    doubt: str = ""

    @property
    def meaning(self) -> tuple[tuple[str, ...], bool, frozenset[Literal], str]:
        """What is equal where two statements mean the same, wherever they stand."""
        return self.actions, self.not_actions, self.literals, self.doubt

    @property
    def texts(self) -> tuple[str, ...]:
        """What it compares with: the patterns of its literals."""
        predicates = (atom.predicate for atom, _ in self.literals if atom.predicate is not None)
        return tuple(text for one in predicates for text in one.patterns)


def encoded(statement: Statement, reason: Reason) -> Encoded:
    """The statement as literals; never is one that only sometimes is asked for left out."""
    doubts = [statement.broken, *filter(None, map(_doubt, statement.tests if statement.variables else ()))]
    return Encoded(
        tuple(sorted({one.lower() for one in statement.actions})),
        statement.not_actions,
        frozenset(_literals(statement)),
        reason,
        "; ".join(dict.fromkeys(filter(None, doubts))),
    )


def _doubt(test: Test) -> str:
    if test.base == "bool" and any("${" in value for value in test.values):
        return "a policy variable in the value of Bool: AWS's pages disagree on what it means"
    return ""


def _literals(statement: Statement) -> Iterator[Literal]:
    if statement.resources and not (any(map(is_everything, statement.resources)) and not statement.not_resources):
        yield resource_literal(statement.resources, negated=statement.not_resources, variables=statement.variables)
    if statement.principals is not None and not _everyone(statement.principals):
        yield Atom(f"principal {statement.principals}"), True
    for test in statement.tests:
        yield literal(test, variables=statement.variables)


def _everyone(principals: Principals) -> bool:
    return not principals.negated and any(one in EVERYONE for one in principals.listed)


def resource_literal(patterns: tuple[str, ...], *, negated: bool, variables: bool) -> Literal:
    """That the resource fits one of the patterns, or with `negated` none.

    A pattern `*` among those of NotResource fits everything: the literal is then false of all resources.
    """
    with_variables = variables and any("${" in one for one in patterns)
    everything = any(map(is_everything, patterns))
    texts = ("*",) if everything else tuple(sorted(set(patterns)))
    family = "like" if everything else "resource"
    return _signed(RESOURCE, family, texts, with_variables and not everything, negated)


def _signed(slot: str, family: str, texts: tuple[str, ...], variables: bool, negated: bool) -> Literal:
    predicate = Predicate(family, texts, variables)
    if negated and predicate.open:
        return Atom(slot, replace(predicate, none=True)), True
    return Atom(slot, predicate), not negated


def literal(test: Test, *, variables: bool) -> Literal:
    """A test of a condition as an atom that is to be true."""
    if test.base == "null":
        words = {truth_word(value) for value in test.values} - {None}
        return Atom(test.key, nulls=frozenset(word is True for word in words)), True
    text = test.base in FAMILIES
    with_variables = variables and (text or test.base == "bool") and any("${" in value for value in test.values)
    predicate = Predicate(FAMILIES.get(test.base, test.base), tuple(sorted(set(test.values))), with_variables)
    return (
        Atom(
            test.key,
            predicate,
            negated=test.negated,
            absent=(test.negated or test.if_exists) and not test.quantifier,
            quantifier=test.quantifier,
        ),
        True,
    )
