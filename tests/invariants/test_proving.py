"""An invariant is asked of each account where the policies, or it, name one; else once for all of a kind."""

from __future__ import annotations

from dataclasses import replace

from org.invariants.file import Invariant
from org.invariants.meaning import meaning
from org.invariants.proving import answers, setting
from org.model.organization import Organization, OrganizationalUnit
from tests.review.organizations import RCP, account, deny, organization

FIRST, SECOND = account("a", "Prod", id="123456789000"), account("b", "Prod", id="123456789001")
SEND = "sqs:SendMessage"
GUARDED = organization(FIRST, SECOND, policies=(deny("guard", SEND, "ou:/", kind=RCP),))


def answered(invariant: Invariant, found: Organization) -> dict[tuple[str, ...], str]:
    """What is said, by the keys of the accounts."""
    meant, wrong = meaning(invariant, found)
    assert [] == wrong
    assert meant is not None
    return {tuple(who.key for who in one.accounts): one.verdict.answered.value for one in answers(meant, found)}


def test_accounts_that_nothing_tells_apart_are_asked_about_once() -> None:
    assert {("a", "b"): "proved"} == answered(Invariant("n", "denied", (SEND,), who="outsiders"), GUARDED)


def test_an_account_that_the_invariant_names_is_asked_about_alone() -> None:
    queue = f"arn:aws:sqs:*:{FIRST.id}:*"
    assert {("a",): "proved", ("b",): "refuted"} == answered(
        Invariant("n", "denied", (SEND,), resources=(queue,)), GUARDED
    )
    role = f"arn:aws:iam::{FIRST.id}:role/x"
    assert {("a",): "refuted", ("b",): "unknown"} == answered(Invariant("n", "denied", (SEND,), by=(role,)), GUARDED)


def test_an_account_that_a_policy_names_is_asked_about_alone() -> None:
    first = {"StringEquals": {"aws:PrincipalAccount": FIRST.id}}
    found = replace(GUARDED, policies=(deny("guard", SEND, "ou:/", Condition=first),))
    assert {("b",): "refuted", ("a",): "proved"} == answered(Invariant("n", "denied", (SEND,)), found)


def test_the_management_account_is_asked_about_alone() -> None:
    invariant = Invariant("n", "denied", (SEND,), accounts=("management", "a"), who="outsiders")
    assert {("management",): "unknown", ("a",): "proved"} == answered(invariant, GUARDED)


def test_a_place_has_the_ids_that_are_known() -> None:
    units = (
        OrganizationalUnit("W", "ou-ab12-11111111"),
        OrganizationalUnit("W/P"),
        OrganizationalUnit("W/P/Q", "ou-q"),
    )
    found = organization(account("a", "W/P/Q"), account("b"), units=units, id="o-acme123456", root_id="r-ab12")
    deep, top = (setting(found, one) for one in found.accounts[1:])
    assert ("999999999999", "o-acme123456") == (deep.account, deep.org_id)
    assert "o-acme123456/r-ab12/ou-ab12-11111111/ou-*/ou-q/" == deep.org_path
    assert "o-acme123456/r-ab12/" == top.org_path
    assert ("eu-west-1",) == deep.regions
    assert (True, False) == (setting(found, found.accounts[0]).management, deep.management)
    assert "o-exampleorgid/r-*/" == setting(organization(account("b")), account("b")).org_path
