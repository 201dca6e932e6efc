"""The search finds values for all slots exactly where there are some, whatever the clauses."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from org.access.prove.axioms import present
from org.access.prove.keys import Range, may_be
from org.access.prove.solve import Literals, Search, State, models
from org.access.prove.solve import settled as with_what_follows

if TYPE_CHECKING:
    from org.access.prove.solve import Choice

KEYS = 5
LITERALS = Literals()
NUMBERS = [LITERALS.number(present(f"key{number}")) for number in range(KEYS)]

number = st.tuples(st.sampled_from(NUMBERS), st.booleans()).map(lambda pair: pair[0] ^ pair[1])
choice = st.lists(st.lists(number, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
choices = st.lists(choice, max_size=8)


def start() -> State:
    return State(Search(LITERALS), {}, lambda _: Range())


def is_met(found: list[Choice], there: tuple[bool, ...]) -> bool:
    """Whether keys that are there or not give each choice a set that is true."""
    truth = {
        of ^ other: is_there is not bool(other) for of, is_there in zip(NUMBERS, there, strict=True) for other in (0, 1)
    }
    return all(any(all(truth[one] for one in numbers) for numbers in sets) for sets in found)


def values(state: State) -> tuple[bool, ...]:
    """Which keys are there, in a model; what it does not name may be either way, and is not there."""
    found = (state.nodes.get(f"key{at}") for at in range(KEYS))
    return tuple(node is not None and node.found is not None and bool(node.found.value) for node in found)


@given(choices)
@settings(max_examples=300, deadline=None)
def test_a_model_is_found_exactly_where_there_is_one(found: list[Choice]) -> None:
    met = list(models(start(), found))
    assert bool(met) is any(is_met(found, there) for there in product((True, False), repeat=KEYS))
    assert [] == [one for one in met if not is_met(found, values(one))]


@given(choices)
@settings(max_examples=100, deadline=None)
def test_what_follows_is_true_in_every_model(found: list[Choice]) -> None:
    every = [there for there in product((True, False), repeat=KEYS) if is_met(found, there)]
    reached = with_what_follows(start(), found)
    if reached is None:
        assert [] == every
        return
    state, left = reached
    told = [pair for node in state.nodes.values() for pair in node.literals]
    for there in every:
        held = {f"key{at}": "x" if is_there else None for at, is_there in enumerate(there)}
        assert all(may_be(atom, held[atom.slot], sign) for atom, sign in told)
        assert is_met(left, there)
