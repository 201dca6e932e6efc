"""Accounts are put together where what reaches them cannot tell them apart, and never else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from org.model.organization import OrganizationalUnit
from org.model.review import Cause
from org.policy.chain import chain
from org.review.accounts import matched
from org.review.chains import Chains, changed_chains
from org.review.scope import Scopes
from tests.review.organizations import MANAGEMENT, account, deny, moved, organization

ACCOUNTS = tuple(account(f"a{n}", "Prod" if n < 3 else "Dev", id=f"12345678900{n}") for n in range(6))
STOP, LEAVE = (
    deny("stop", "cloudtrail:StopLogging", "ou:/"),
    deny("leave", "organizations:LeaveOrganization", "ou:Prod"),
)
BASE = organization(*ACCOUNTS, policies=(STOP, LEAVE))


def chains(head: object, base: object = BASE) -> list[Chains]:
    return [*changed_chains(base, head, [*matched(base.accounts, head.accounts)])]


def keys(found: list[Chains]) -> list[tuple[str, list[str]]]:
    return [(one.cause.value, [account.key for account in one.accounts]) for one in found]


def test_nothing_changes_between_the_same() -> None:
    assert [] == chains(BASE)


def test_a_change_at_the_root_is_one_pair_for_each_distinct_chain() -> None:
    head = replace(BASE, policies=(deny("stop", "cloudtrail:DeleteTrail", "ou:/"), LEAVE))
    assert [("changed", ["a0", "a1", "a2"]), ("changed", ["a3", "a4", "a5"])] == keys(chains(head))


def test_the_chains_are_those_of_base_and_head() -> None:
    head = replace(BASE, policies=(STOP,))
    (one,) = chains(head)
    assert (chain(BASE, "a0"), chain(head, "a0")) == (one.base, one.head)


def test_an_account_that_moves_is_compared_with_where_it_was() -> None:
    (one,) = chains(moved(BASE, "a0", "Dev"))
    assert (Cause.MOVED, chain(BASE, "a0"), chain(BASE, "a3")) == (one.cause, one.base, one.head)


def test_a_move_between_equal_chains_changes_nothing() -> None:
    base = replace(BASE, policies=(STOP,))
    assert [] == chains(moved(base, "a0", "Dev"), base)


def test_a_new_account_is_compared_with_full_access_alone() -> None:
    (one,) = chains(organization(*ACCOUNTS, account("new", "Prod"), policies=(STOP, LEAVE)))
    assert (Cause.NEW, chain(BASE, "a0")) == (one.cause, one.head)
    assert [["FullAWSAccess"]] * 3 == [[document.name for document in level] for level in one.base.scps or ()]


def test_the_management_account_is_bound_by_nothing() -> None:
    head = replace(BASE, policies=(deny("stop", "s3:*", "ou:/", "account:management"), LEAVE))
    assert "management" not in {key for _, found in keys(chains(head)) for key in found}


TELLING = [
    ({"StringEquals": {"aws:PrincipalAccount": "123456789001"}}, [["a0", "a2"], ["a1"], ["a3", "a4", "a5"]]),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789001:role/x"}}, [["a0", "a2"], ["a1"], ["a3", "a4", "a5"]]),
    ({"StringLike": {"aws:ResourceAccount": "*002"}}, [["a0", "a1"], ["a2"], ["a3", "a4", "a5"]]),
    ({"StringEquals": {"aws:PrincipalAccount": "999999999999"}}, [["a0", "a1", "a2"], ["a3", "a4", "a5"]]),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, [["a0", "a1", "a2"], ["a3", "a4", "a5"]]),
]


@pytest.mark.parametrize(("condition", "expected"), TELLING)
def test_accounts_that_a_policy_tells_apart_are_not_together(condition: object, expected: list[list[str]]) -> None:
    head = replace(BASE, policies=(deny("stop", "cloudtrail:*", "ou:/", Condition=condition), LEAVE))
    assert expected == sorted(found for _, found in keys(chains(head)))


def test_paths_of_units_tell_units_apart() -> None:
    condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-x/r-y/ou-z/*"}}
    base = replace(BASE, policies=(STOP,))
    head = replace(BASE, policies=(deny("stop", "cloudtrail:*", "ou:/", Condition=condition),))
    assert [["a0", "a1", "a2"], ["a3", "a4", "a5"]] == [found for _, found in keys(chains(head, base))]
    same = replace(BASE, policies=(deny("stop", "cloudtrail:*", "ou:/"),))
    assert [["a0", "a1", "a2", "a3", "a4", "a5"]] == [found for _, found in keys(chains(same, base))]


MATCHES = [
    (account("a", id="123456789012"), account("b", "Prod", id="123456789012"), True),
    (account("a"), replace(account("a"), id="123456789012"), True),
    (account("a", id="123456789012"), account("a"), True),
    (account("a", id="123456789012"), replace(account("a"), id="999999999999"), False),
    (account("a"), replace(account("a"), email="other@acme.example"), False),
    (account("a"), replace(account("b"), email="AWS+A@acme.example"), True),
]


@pytest.mark.parametrize(("old", "new", "same"), MATCHES)
def test_an_account_is_known_by_its_id_then_by_its_e_mail(old: object, new: object, same: bool) -> None:
    expected = [(MANAGEMENT, MANAGEMENT), *([(old, new)] if same else [(None, new), (old, None)])]
    assert expected == [*matched((MANAGEMENT, old), (MANAGEMENT, new))]


def test_no_account_of_base_is_two_of_head() -> None:
    old, twins = account("a"), (account("a"), replace(account("b"), email="aws+a@acme.example"))
    assert [(old, twins[0]), (None, twins[1])] == [*matched((old,), twins)]


SCOPES = [
    (["a0", "a1", "a2"], (("Prod", 3, True),)),
    (["a0", "a3", "a4", "a5"], (("Dev", 3, True), ("Prod", 1, False))),
    (["a0", "a1", "a2", "a3", "a4", "a5"], (("", 6, True),)),
    (["a5", "a0"], (("Dev", 1, False), ("Prod", 1, False))),
]


@pytest.mark.parametrize(("chosen", "units"), SCOPES)
def test_accounts_are_summed_up_by_whole_units(chosen: list[str], units: object) -> None:
    found = Scopes.of(BASE.accounts).scope(chosen)
    assert (tuple(sorted(chosen)), units, 6) == (found.accounts, found.units, found.of)


def test_a_whole_unit_stands_for_those_below_it() -> None:
    accounts = (account("a", "W/P"), account("b", "W/D"), account("c", "W"), account("d", "X"))
    scopes = Scopes.of(accounts)
    assert (("W", 3, True),) == scopes.scope("abc").units
    assert (("W/D", 1, True), ("W/P", 1, True)) == scopes.scope("ab").units
    assert OrganizationalUnit("W").path in scopes.sizes
