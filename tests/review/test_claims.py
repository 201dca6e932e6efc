"""Claims that say the same are one, and exceptions that are none are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.access.match import arn_like, plain
from org.model.review import Cause
from org.review.claims import organization_id, within
from org.review.reviewing import review
from org.review.sides import Side
from tests.review.organizations import account, deny, moved, organization

ACCOUNTS = tuple(account(f"a{n}", "Prod" if n < 3 else "Dev", id=f"12345678900{n}") for n in range(6))


def claims(base: object, head: object) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    sides = [Side("side", "accounts.yaml", None, found, (), {}, apart=found.policies) for found in (base, head)]
    return [(one.cause.value, one.scope.accounts, one.actions) for one in review(*sides).claims]


def test_the_same_gain_in_several_chains_is_one_claim() -> None:
    policies = (deny("a", "s3:CreateBucket", "ou:Prod"), deny("b", "s3:CreateBucket", "ou:Dev"))
    base = organization(*ACCOUNTS, policies=policies)
    found = claims(base, replace(base, policies=()))
    assert [("changed", tuple(f"a{n}" for n in range(6)), ("s3:CreateBucket",))] == found


def test_what_happens_to_everybody_does_not_happen_because_one_moves() -> None:
    base = organization(*ACCOUNTS, policies=(deny("a", "s3:CreateBucket", "ou:/"),))
    found = claims(base, replace(moved(base, "a0", "Dev"), policies=()))
    assert [("changed", tuple(f"a{n}" for n in range(6)), ("s3:CreateBucket",))] == found


def test_what_happens_because_an_account_moves_is_told_apart() -> None:
    base = organization(*ACCOUNTS, policies=(deny("a", "s3:CreateBucket", "ou:Prod"),))
    assert [(Cause.MOVED.value, ("a0",), ("s3:CreateBucket",))] == claims(base, moved(base, "a0", "Dev"))


ROLE = "arn:aws:iam::*:role/"
EXCEPTIONS = [
    ((f"{ROLE}x",), (f"{ROLE}y", f"{ROLE}x"), (f"{ROLE}x",)),
    ((f"{ROLE}team/*",), (f"{ROLE}*/a", f"{ROLE}other/a", f"{ROLE}team/a"), (f"{ROLE}*/a", f"{ROLE}team/a")),
    ((f"{ROLE}x", f"{ROLE}y"), (f"{ROLE}y",), (f"{ROLE}y",)),
    (("*",), (f"{ROLE}y",), (f"{ROLE}y",)),
    ((f"{ROLE}x",), ("arn:aws:iam::123456789012:root", "*"), ("*",)),
]


@pytest.mark.parametrize(("patterns", "exceptions", "left"), EXCEPTIONS)
def test_an_exception_that_is_none_is_left_out(
    patterns: tuple[str, ...], exceptions: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert left == within(patterns, exceptions)


names = st.text("ab*?/", min_size=1, max_size=5)


@given(names, names, st.text("ab/", min_size=1, max_size=5))
def test_no_exception_that_excepts_somebody_is_left_out(pattern: str, exception: str, name: str) -> None:
    who = f"arn:aws:iam::123456789012:role/{name}"
    if all(arn_like(plain(ROLE + one), who) for one in (pattern, exception)):
        assert (ROLE + exception,) == within((ROLE + pattern,), (ROLE + exception,))


IDS = [
    ((), "o-exampleorgid"),
    (("o-abcdefghij",), "o-abcdefghij"),
    (("o-zzzzzzzzzz", "o-abcdefghij", "o-zzzzzzzzzz"), "o-zzzzzzzzzz"),
    (("no-abcdefghijk",), "o-exampleorgid"),
]


@pytest.mark.parametrize(("named", "expected"), IDS)
def test_the_organization_s_id_is_the_one_that_its_policies_name(named: tuple[str, ...], expected: str) -> None:
    policies = tuple(
        deny(f"p{number}", "s3:*", "ou:/", Condition={"StringNotEquals": {"aws:PrincipalOrgID": one}})
        for number, one in enumerate(named)
    )
    assert expected == organization_id(organization(policies=policies))
