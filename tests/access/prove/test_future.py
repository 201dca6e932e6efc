"""Actions that AWS may add are found where a wildcard covers them and the layer binds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.access.prove.difference import Certainty
from tests.access.prove.chains import Statement, allow, deny, found, rcps, scps

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.access.policies import Policies

ODD: Statement = {"StringResembles": {"aws:username": "a"}}


def one_level(*guards: Statement) -> Policies:
    return scps([*guards])


@pytest.mark.parametrize("layer", [one_level, rcps])
@pytest.mark.parametrize("beyond", ["ec2:*", "mechanicalturk:*", "sts:GetCallerIdentity", "kms:RetireGrant*"])
def test_what_the_layer_does_not_bind_is_not_what_is_shown(layer: Callable[..., Policies], beyond: str) -> None:
    differences = found(layer(deny([beyond, "s3:*"])), layer())
    assert {Certainty.CERTAIN, Certainty.FUTURE} == {one.certainty for one in differences}
    (coming,) = (one for one in differences if one.certainty is Certainty.FUTURE)
    assert coming.witness is not None
    assert "s3:*" in coming.actions


def test_an_allow_that_is_not_understood_may_give_what_it_is_about() -> None:
    base, head = (scps([], [allow("s3:*"), *more]) for more in ([], [allow("ec2:*", ODD)]))
    for sides, gain in (((base, head), True), ((head, base), False)):
        (one,) = found(*sides)
        assert (Certainty.UNDECIDED, gain, ("ec2:*",)) == (one.certainty, one.gain, one.actions)
    assert [] == found(rcps(), rcps(allow("s3:*", ODD)))


def test_a_deny_that_is_not_understood_may_take_what_it_is_about() -> None:
    for sides, gain in (((scps([]), scps([deny("s3:*", ODD)])), False), ((rcps(deny("s3:*", ODD)), rcps()), True)):
        (one,) = found(*sides)
        assert (Certainty.UNDECIDED, gain, ("s3:*",)) == (one.certainty, one.gain, one.actions)
    (one,) = found(scps([]), scps([deny([], ODD, Action=None, NotAction=["s3:*"])]))
    assert (("*",), "the action is none of s3:*") == (one.actions, one.conditions[0])
