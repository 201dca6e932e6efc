"""The comparison and cvc5 agree on every change of every chain, and the definition confirms each witness."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from org.access.actions import glob, rcp_services
from org.access.prove.compare import compare
from org.access.prove.difference import Certainty
from org.access.prove.reach import within_reach
from org.access.prove.sides import bearing
from org.access.prove.universe import universe
from org.access.spec import decide
from org.model.request import Answer, Layer
from tests.access.prove.judge import Judge, expression, listed
from tests.access.prove.mutations import SETTING, as_rcps, changed, made_up, policies, shipped
from tests.access.prove.terms import Undecided

if TYPE_CHECKING:
    from org.access.prove.difference import Difference
    from tests.access.prove.mutations import Levels

KNOWN = {str(one) for one in universe().actions}
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
    if one.certainty is Certainty.FUTURE:
        return action not in KNOWN and any(glob(pattern).fullmatch(action.lower()) for pattern in one.actions)
    return action in one.actions


def statements(levels: Levels) -> list[list[str]]:
    """The statements of each level, each as one text."""
    return [
        sorted({json.dumps(one, sort_keys=True) for document in level for one in listed(document["Statement"])})
        for level in levels
    ]


def groups(layer: str, base: Levels, head: Levels) -> list[list[str]]:
    """Actions by what is said of them, where the two sides do not say the same: all known ones, and new ones."""
    sides = [statements(levels) for levels in (base, head)]
    texts = {text: json.loads(text) for levels in sides for level in levels for text in level}
    patterns = {one for made in texts.values() for one in listed(made.get("Action") or made["NotAction"])}
    bound = within_reach(Layer(layer))
    known = [str(one) for place, one in enumerate(universe().actions) if bound >> place & 1]
    actions = [*known, *sorted(one for one in map(new_action, patterns) if is_new(layer, one))]
    of: dict[str, set[str]] = {action: set() for action in actions}
    for text, made in texts.items():
        for action in matched(made, actions):
            of[action].add(text)
    found: dict[frozenset[str], list[str]] = {}
    for action, said in of.items():
        found.setdefault(frozenset(said), []).append(action)
    differ = [said for said in found if len({json.dumps(narrowed(levels, said)) for levels in sides}) > 1]
    return [found[said] for said in differ]


def is_new(layer: str, action: str) -> bool:
    """Whether nobody knows the action, and the policies of the layer bind it."""
    return action not in universe().places and (layer == "scp" or action.partition(":")[0] in rcp_services())


def narrowed(levels: list[list[str]], said: frozenset[str]) -> list[list[str]]:
    """What of the levels is about an action."""
    return [[text for text in level if text in said] for level in levels]


def new_action(pattern: str) -> str:
    """An action that nobody knows and the pattern stands for, or the pattern itself."""
    made = pattern.lower().replace("*", "zq9").replace("?", "z")
    return made if ":" in made else f"{made}:zq9"


def matched(statement: dict[str, Any], actions: list[str]) -> set[str]:
    negated = "NotAction" in statement
    expressions = [expression(one) for one in listed(statement["NotAction" if negated else "Action"])]
    joined = re.compile("|".join(expressions), re.DOTALL | re.IGNORECASE)
    return {one for one in actions if (joined.fullmatch(one) is not None) is not negated}


def decided(layer: str, action: str, mine: list[Difference], old: Levels, new: Levels) -> bool:
    """What the judge says about an action; where it gives up, what it says about the witnesses that were found."""
    try:
        return Judge(layer, action).more_allowed(old, new)
    except Undecided:
        found = [one.witness for one in mine if covers(one, action)]
        if any(Judge(layer, action, witness).more_allowed(old, new) for witness in found):
            return True
        raise


def judge(number: int) -> None:
    name, layer, base, head = case(number)
    found = compare(policies(base, layer), policies(head, layer), SETTING)
    for one in found:
        confirm(one, base, head, layer)
    by_group = groups(layer, base, head)
    for gain, (old, new) in ((True, (base, head)), (False, (head, base))):
        mine = [one for one in found if one.gain is gain]
        with suppress(Undecided):  # the groups below say the same, one after the other
            assert Judge(layer).more_allowed(old, new) is bool(mine), (number, name, gain)
        for actions in by_group:
            changes = decided(layer, actions[0], mine, old, new)
            wrong = [one for one in actions if any(covers(of, one) for of in mine) is not changes]
            assert [] == [one for one in wrong if one in KNOWN or changes], (number, name, gain)
        outside = {one for of in mine if of.certainty is not Certainty.FUTURE for one in of.actions}
        assert set() == outside.difference(*by_group), (number, name, gain)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SLICE))
def test_cvc5_agrees_on_changed_chains(number: int) -> None:
    judge(number)


@pytest.mark.sweep
@pytest.mark.parametrize("number", range(SLICE, SWEEP))
def test_cvc5_agrees_on_many_more(number: int) -> None:
    judge(number)
