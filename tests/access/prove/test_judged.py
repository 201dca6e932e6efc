"""The comparison and cvc5 agree on every change of every chain, and the definition confirms each witness."""

from __future__ import annotations

import random

import pytest

from org.access.actions import glob
from org.access.prove.compare import compare
from org.access.prove.difference import Certainty, Difference
from org.access.prove.reach import within_reach
from org.access.prove.sides import bearing
from org.access.prove.universe import universe
from org.access.spec import decide
from org.model.request import Answer, Layer
from tests.access.prove.judge import Judge, listed
from tests.access.prove.mutations import SETTING, Levels, as_rcps, changed, made_up, policies, shipped

SLICE, SWEEP = 40, 640


def case(number: int) -> tuple[str, str, Levels, Levels]:
    """What is changed, the layer, and the chain before and after."""
    chance = random.Random(number)
    layer = "rcp" if number % 5 == 4 else "scp"
    levels = shipped(chance, layer) if number % 3 == 0 else made_up(chance)
    if layer == "rcp":
        levels = as_rcps(levels)
    name, after = changed(chance, levels)
    return name, layer, levels, after


def confirm(one: Difference, base: Levels, head: Levels, layer: str) -> None:
    """The definition says of the witness what the difference says, policies as they are."""
    assert one.certainty is not Certainty.UNDECIDED
    assert one.witness is not None
    answers = [
        decide(bearing(policies(levels, layer), one.witness, SETTING), one.witness).answer for levels in (base, head)
    ]
    assert [one.before, one.after] == answers
    assert Answer.ALLOWED is answers[one.gain]
    assert Answer.ALLOWED is not answers[not one.gain]


def covers(one: Difference, action: str) -> bool:
    """Whether an action is among those of a difference: a known one by name, a new one by pattern."""
    place = universe().places.get(action.lower())
    if one.certainty is Certainty.FUTURE:
        return place is None and any(glob(pattern).fullmatch(action.lower()) for pattern in one.actions)
    return place is not None and str(universe().actions[place]) in one.actions


def sampled(chance: random.Random, found: list[Difference], base: Levels, head: Levels) -> list[str]:
    """Actions to ask about: some that are said to change, some that policies name, one that is new."""
    reported = [action for one in found if one.certainty is not Certainty.FUTURE for action in one.actions]
    patterns = [
        pattern.lower()
        for levels in (base, head)
        for level in levels
        for document in level
        for statement in listed(document["Statement"])
        for pattern in listed(statement.get("Action", statement.get("NotAction")))
    ]
    pattern = chance.choice(patterns) if patterns else "*"
    new = pattern.replace("*", "zq") if ":" in pattern else "zq:zq"
    known = [str(one) for one in universe().actions]
    some = [name for name in chance.sample(known, 2000) if glob(pattern).fullmatch(name.lower())]
    return [*chance.sample(reported, min(2, len(reported))), *some[:1], chance.choice(known), new.replace("?", "z")]


def judge(number: int) -> None:
    name, layer, base, head = case(number)
    found = compare(policies(base, layer), policies(head, layer), SETTING)
    for one in found:
        confirm(one, base, head, layer)
    chance = random.Random(number)
    for gain, (old, new) in ((True, (base, head)), (False, (head, base))):
        mine = [one for one in found if one.gain is gain]
        assert Judge(layer).more_allowed(old, new) is bool(mine), (number, name, gain)
        for action in sampled(chance, mine, base, head):
            ask_about(number, layer, action, mine, old, new)


def ask_about(number: int, layer: str, action: str, mine: list[Difference], old: Levels, new: Levels) -> None:
    """The judge and the comparison agree on one action; of new ones, a pattern may stand for more than change."""
    place = universe().places.get(action.lower())
    if place is not None and not within_reach(Layer(layer)) >> place & 1:
        return
    changes = Judge(layer, action).more_allowed(old, new)
    covered = any(covers(one, action) for one in mine)
    assert covered or not changes, (number, action)
    assert changes or not covered or place is None, (number, action)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SLICE))
def test_cvc5_agrees_on_changed_chains(number: int) -> None:
    judge(number)


@pytest.mark.sweep
@pytest.mark.parametrize("number", range(SLICE, SWEEP))
def test_cvc5_agrees_on_many_more(number: int) -> None:
    judge(number)
