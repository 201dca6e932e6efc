"""Policy variables replaced by values: what a search has found for any value is found again for some value.

Every variable's key gets a value that its own tests allow, guessed from the texts that the search has found; the tests
with variables are then decided as if the policy had said so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, product
from typing import TYPE_CHECKING

from org.access.match import ARN_PARTS, VARIABLE, arn_pattern
from org.access.prove.automata import GivenUp
from org.access.prove.keys import Atom, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.access.prove.keys import Literal
    from org.access.prove.solve import Node, State
    from org.model.request import Value

Values = dict[str, "Value | None"]
MOST_GUESSES = 48
GUESSES = ("example", "other")


def grounded(state: State) -> Iterator[Values]:
    """Values for the slots of a state that meet its literals, several ways where variables are in them."""
    exact = {slot: node.found.value for slot, node in state.nodes.items() if node.found and node.found.exact}
    others = {slot: node for slot, node in state.nodes.items() if slot not in exact}
    if not others:
        yield exact
        return
    keys = sorted({key for node in others.values() for literal in literals(state, node) for key in variables(literal)})
    guesses = [list(_guesses(state, key, others)) for key in keys]
    for chosen in islice(product(*guesses), MOST_GUESSES):
        values = _with(state, exact, others, dict(zip(keys, chosen, strict=True)))
        if values is not None:
            yield values


def literals(state: State, node: Node) -> list[Literal]:
    """The literals of a node."""
    return [state.search.literals.literals[number] for number in node.numbers]


def variables(literal: Literal) -> set[str]:
    """The keys of the policy variables in what a literal asks for."""
    predicate = literal[0].predicate
    if predicate is None or not predicate.open:
        return set()
    found = (one for text in predicate.patterns for one in VARIABLE.finditer(text))
    return {one.group(2).strip().lower() for one in found if not one.group(1)}


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
        texts += re.split(r"[:/]", value) if isinstance(value, str) else []
    if allowed.one:
        yield from dict.fromkeys(text for text in texts if isinstance(text, str) and text not in ("", "*"))
    if allowed.absent:
        yield None


def _with(state: State, exact: Values, others: Mapping[str, Node], chosen: Mapping[str, str | None]) -> Values | None:
    values = dict(exact)
    for key, value in chosen.items():
        node = state.nodes.get(key) or state.node(key)
        if node is None or not _may_have(state, node, value):
            return None
        values[key] = value
    try:
        for slot, node in others.items():
            if slot in chosen:
                continue
            wanted = [ground(literal, chosen) for literal in literals(state, node)]
            if any(one is False for one in wanted):
                return None
            found = value_of(frozenset(one for one in wanted if not isinstance(one, bool)), node.allowed)
            if found is None:
                return None
            values[slot] = found.value
    except GivenUp:
        return None
    return values


def _may_have(state: State, node: Node, value: str | None) -> bool:
    fixed = replace(node.allowed, fixed=(value,))
    inside = node.allowed.fixed is None or node.allowed.fixed == (value,)
    return inside and value_of(frozenset(literals(state, node)), fixed) is not None


def ground(literal: Literal, chosen: Mapping[str, str | None]) -> Literal | bool:
    """The literal with the values of variables in their place; true or false where no value can change it."""
    atom, sign = literal
    predicate = atom.predicate
    if predicate is None or not predicate.open:
        return literal
    texts = [_filled(predicate.family, text, chosen) for text in predicate.patterns]
    if predicate.none and None in texts:
        return not sign
    plain = replace(predicate, patterns=tuple(text for text in texts if text is not None), none=False)
    return replace(atom, predicate=plain, negated=atom.negated is not predicate.none), sign


def _filled(family: str, text: str, chosen: Mapping[str, str | None]) -> str | None:
    """A pattern with values in place of variables, `*` in them escaped; None where one has no value (rule 31)."""
    if family == "resource":
        *heads, rest = arn_pattern(text)
        filled = _filled("like", rest, chosen)
        return None if filled is None else ":".join([*heads, filled])
    parts: list[str] = []
    end = 0
    for found in VARIABLE.finditer(text):
        literal, key, default = found.groups()
        parts.append(text[end : found.start()])
        end = found.end()
        if literal:
            parts.append(found.group())
            continue
        value = chosen.get(key.strip().lower())
        value = default if value is None else value
        if value is None:
            return None
        parts.append(re.sub(r"[*?$]", r"${\g<0>}", value))
    return "".join([*parts, text[end:]])


def values_of(patterns: Sequence[str], part: int) -> list[str]:
    """What stands in one of the six parts of those patterns that are ARNs, where that is no pattern itself."""
    found = (arn_pattern(one)[part] for one in patterns if one.count(":") >= ARN_PARTS - 1)
    return [one for one in dict.fromkeys(found) if one and not set("*?$") & set(one)]


def patterns_of(atoms: Sequence[Atom]) -> list[str]:
    """The patterns of some atoms."""
    return [text for atom in atoms if atom.predicate is not None for text in atom.predicate.patterns]
