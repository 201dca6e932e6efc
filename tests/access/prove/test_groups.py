"""What is told apart in a comparison, and what is one group."""

from __future__ import annotations

import pytest

from tests.access.prove.chains import ADMIN, DEPLOY, STOP, Statement, but, deny, found, one_of, outside, scps


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
