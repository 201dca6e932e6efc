"""What is told apart in a comparison, and what is one group."""

from __future__ import annotations

import pytest

from org.access.prove import groups, settle
from org.access.prove.difference import Certainty
from org.access.prove.universe import universe
from tests.access.prove.chains import (
    ADMIN,
    BOTH,
    DEPLOY,
    STOP,
    Statement,
    allow,
    but,
    deny,
    found,
    null,
    one_of,
    outside,
    scps,
)


@pytest.mark.parametrize("actions", [{"Action": STOP}, {"Action": None, "NotAction": ["iam:*", "sts:*"]}])
def test_two_changes_of_one_statement_are_told_apart(actions: Statement) -> None:
    """Who is exempted gains it everywhere, and everybody gains it in the Region: nobody else gains more than that."""
    base = scps([deny([], outside("eu-west-1") | but(ADMIN), **actions)])
    head = scps([deny([], outside("eu-west-1", "eu-west-2") | but(ADMIN, DEPLOY), **actions)])
    differences = found(base, head)
    assert {True} == {one.gain for one in differences}
    for certainty in {one.certainty for one in differences}:
        told = {
            (one.principals, one.except_principals, one.conditions[-1])
            for one in differences
            if one.certainty is certainty
        }
        in_the_region = (("*",), (ADMIN,), "aws:RequestedRegion is eu-west-2")
        assert {in_the_region, ((DEPLOY,), (), "aws:RequestedRegion is not eu-west-1")} == told


def test_what_kept_statements_ask_does_not_divide_a_gain() -> None:
    kept = deny([], outside("eu-west-1") | but(ADMIN), Action=None, NotAction=["iam:*"], Sid="Kept")
    assert ("*",) == one_of(scps([deny(STOP), kept]), scps([kept])).principals


def test_actions_are_apart_where_other_statements_ask_something_else_of_them() -> None:
    rest = [deny("s3:GetObject", but(ADMIN))]
    differences = found(scps([deny(["s3:GetObject", "s3:PutObject"]), *rest]), scps(rest))
    told = {one.actions: one.principals for one in differences}
    assert {("s3:GetObject",): (ADMIN,), ("s3:PutObject",): ("*",)} == told


STAYS = [null(SourceVpc=vpc, SourceIp=ip) for vpc in BOTH for ip in BOTH]
"""Conditions of four statements, of which one always applies, whatever follows from three."""


@pytest.mark.parametrize("denied", ["s3:GetObject", "s3:PutObject"])
def test_what_stays_denied_of_one_action_says_nothing_of_another(denied: str) -> None:
    both = ["s3:GetObject", "s3:PutObject"]
    kept = [*(deny(denied, one) for one in STAYS), deny(both, null(SourceVpc="true", SourceVpce="true"))]
    differences = found(scps([deny(both), *kept]), scps(kept))
    assert {*both} - {denied} == {action for one in differences for action in one.actions}


@pytest.mark.parametrize("denied", ["s3:GetObject", "s3:PutObject"])
def test_what_is_not_decided_of_one_action_says_nothing_of_another(
    denied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "MOST_REQUESTS", 0)
    both, kept = ["s3:GetObject", "s3:PutObject"], [deny(denied, one) for one in STAYS]
    differences = found(scps([deny(both), *kept]), scps(kept))
    assert {*both} - {denied} == {action for one in differences for action in one.actions}


def test_each_action_of_a_level_is_told_with_its_own_conditions() -> None:
    first = str(universe().actions[0])
    ways = [allow("ec2:*", outside("us-east-1")), allow(first)]
    differences = found(scps([], [allow("s3:*")]), scps(ways, [allow("s3:*"), allow([first, "ec2:RunInstances"])]))
    told = {one.actions: one.conditions for one in differences if one.gain and one.certainty is Certainty.CERTAIN}
    assert {(first,): (), ("ec2:RunInstances",): ("aws:RequestedRegion is not us-east-1",)} == told


def test_more_parts_than_anybody_reads_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    base = scps([deny(STOP, outside("eu-west-1") | but(ADMIN))])
    head = scps([deny(STOP, outside("eu-west-1", "eu-west-2") | but(ADMIN, DEPLOY))])
    for most, expected in ((1, 1), (32, 2)):
        monkeypatch.setattr(groups, "MOST_PARTS", most)
        assert expected == len(found(base, head))


@pytest.mark.parametrize(("count", "conditions"), [(1, [1]), (3, [1] * 3), (4, [1] * 4), (5, [0])])
def test_a_statement_that_leaves_many_ways_is_told_as_a_whole(count: int, conditions: list[int]) -> None:
    head = deny("s3:*", {"StringEquals": {f"aws:PrincipalTag/t{number}": "x" for number in range(count)}})
    differences = found(scps([deny("s3:*")]), scps([head]))
    for certainty in (Certainty.CERTAIN, Certainty.FUTURE):
        assert conditions == [len(one.conditions) for one in differences if one.certainty is certainty]


@pytest.mark.parametrize("odd", ["s3:GetObject", "s3:PutObject"])
def test_how_sure_it_is_of_one_action_says_nothing_of_another(odd: str) -> None:
    both = ["s3:GetObject", "s3:PutObject"]
    named = {"StringNotEquals": {"aws:PrincipalType": "Anonymous"}}
    hopeless = [deny(odd, named | null(SourceVpc=one)) for one in BOTH]
    doubtful = [deny(odd, {"StringResembles": {"aws:username": "a"}})]
    for kept, certainty in ((hopeless, Certainty.POSSIBLE), (doubtful, Certainty.UNDECIDED)):
        differences = [one for one in found(scps([deny(both), *kept]), scps(kept)) if one.witness is not None]
        told = {action: one.certainty for one in differences for action in one.actions}
        assert certainty is told[odd]
        assert [Certainty.CERTAIN] == [told[action] for action in both if action != odd]
