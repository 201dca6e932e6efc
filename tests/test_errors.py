"""What errors say to people."""

from __future__ import annotations

import pytest

from org.errors import CloudError, Partial, StalePlan, counted
from org.model.change import Action, Change, Outcome, Result
from org.model.place import Place

PLACES = [
    (Place(""), "ListRoots: Oops: it broke"),
    (Place("", "eu-west-1"), "ListRoots: Oops: it broke"),
    (Place("", name="new"), "ListRoots in new (no id yet): Oops: it broke"),
    (Place("111111111111"), "ListRoots in 111111111111: Oops: it broke"),
]


@pytest.mark.parametrize(("place", "expected"), PLACES)
def test_a_place_that_is_not_known_is_left_out(place: Place, expected: str) -> None:
    assert expected == str(CloudError(place, "ListRoots", "Oops", "it broke"))


@pytest.mark.parametrize(("number", "expected"), [(0, "0 facts"), (1, "1 fact"), (2, "2 facts"), (2000, "2,000 facts")])
def test_one_is_singular(number: int, expected: str) -> None:
    assert expected == counted(number, "fact")


def test_one_fact_makes_a_plan_stale() -> None:
    assert "the plan is stale: 1 fact changed since it was made" == str(StalePlan(["a"]))


@pytest.mark.parametrize(
    ("total", "expected"), [(1, "1 of 1 change was not made"), (2, "2 of 2 changes were not made")]
)
def test_what_was_not_made_is_counted(total: int, expected: str) -> None:
    change = Change(Action.CREATE, "policy", "a", Place(""), None, {})
    assert expected == str(Partial([Outcome(change, Result.FAILED, "")] * total))
