"""Policy variables replaced by values: what a search has found for any value is found again for some value.

Every variable's key gets a value that its own tests allow, guessed from the texts that the search has found; the tests
with variables are then decided as if the policy had said so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, product
from typing import TYPE_CHECKING

from org.access.match import ARN_PARTS, arn_pattern
from org.access.prove.automata import GivenUp
from org.access.prove.keys import value_of
from org.access.prove.patterns import tokens
from org.access.prove.variables import ground, variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.access.prove.keys import Atom, Literal
    from org.access.prove.patterns import Token
    from org.access.prove.solve import Node, State
    from org.model.request import Value

Values = dict[str, "Value | None"]
MOST_GUESSES = 48
MOST_WILDCARDS = 5
GUESSES = ("example", "other")


def grounded(state: State) -> Iterator[Values]:
    """Values for the slots of a state that meet its literals, several ways where variables are in them."""
    exact = {slot: node.found.value for slot, node in state.nodes.items() if node.found and node.found.exact}
    others = {slot: node for slot, node in state.nodes.items() if slot not in exact}
    if not others:
        yield exact
        return
    keys = sorted({key for node in others.values() for literal in node.literals for key in variables(literal)})
    guesses = [list(_guesses(state, key, others)) for key in keys]
    for chosen in islice(product(*guesses), MOST_GUESSES):
        values = _with(state, exact, others, dict(zip(keys, chosen, strict=True)))
        if values is not None:
            yield values


def _guesses(state: State, key: str, others: Mapping[str, Node]) -> Iterator[str | None]:
    """Values that the key may have: its own, else parts of the texts that variables are in, else any, else none."""
    allowed = state.ranges(key)
    if allowed.fixed is not None:
        (value,) = allowed.fixed
        yield value if isinstance(value, str) else None
        return
    node = state.nodes.get(key)
    texts = [node.found.value if node and node.found else None, *GUESSES]
    for other in others.values():
        value = other.found.value if other.found else None
        if isinstance(value, str):
            texts += [*_captured(other.literals, key, value), *re.split(r"[:/]", value)]
    if allowed.one:
        yield from dict.fromkeys(text for text in texts if isinstance(text, str) and text not in ("", "*"))
    if allowed.absent:
        yield None


def _captured(literals: Iterable[Literal], key: str, text: str) -> Iterator[str]:
    """What the variable must be for a pattern that it is in to fit the text."""
    for atom, _ in sorted(literals, key=repr):
        for pattern in atom.predicate.patterns if atom.predicate and atom.predicate.open else ():
            made = tokens(atom.predicate.family, pattern, variables=True) if atom.predicate else None
            if made is None or sum(token.many for token in made) > MOST_WILDCARDS:
                continue
            found = re.fullmatch("".join(_expression(token, key) for token in made), text, re.DOTALL)
            yield from filter(None, found.groups()) if found else ()


def _expression(token: Token, key: str) -> str:
    if token.many:
        return "(.*?)" if token.variable.startswith(f"{key},") else ".*?"
    return f"[{re.escape(token.chars)}]" if token.chars else "."


def _with(state: State, exact: Values, others: Mapping[str, Node], chosen: Mapping[str, str | None]) -> Values | None:
    values = dict(exact)
    for key, value in chosen.items():
        node = state.nodes.get(key) or state.node(key)
        if node is None or not _may_have(node, value):
            return None
        values[key] = value
    try:
        for slot, node in others.items():
            if slot in chosen:
                continue
            wanted = [ground(literal, chosen) for literal in node.literals]
            if any(one is False for one in wanted):
                return None
            found = value_of(frozenset(one for one in wanted if not isinstance(one, bool)), node.allowed)
            if found is None:
                return None
            values[slot] = found.value
    except GivenUp:
        return None
    return values


def _may_have(node: Node, value: str | None) -> bool:
    fixed = replace(node.allowed, fixed=(value,))
    inside = node.allowed.fixed is None or node.allowed.fixed == (value,)
    return inside and value_of(node.literals, fixed) is not None


def values_of(patterns: Sequence[str], part: int) -> list[str]:
    """What stands in one of the six parts of those patterns that are ARNs, where that is no pattern itself."""
    found = (arn_pattern(one)[part] for one in patterns if one.count(":") >= ARN_PARTS - 1)
    return [one for one in dict.fromkeys(found) if one and not set("*?$") & set(one)]


def patterns_of(atoms: Sequence[Atom]) -> list[str]:
    """The patterns of some atoms."""
    return [text for atom in atoms if atom.predicate is not None for text in atom.predicate.patterns]
