"""What a reviewer must not overlook is found, and what is harmless is not called dangerous."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.model.organization import OrganizationalUnit, Pipeline
from org.model.policy import PolicyType
from org.model.review import Trip
from org.report.review_words import quoted
from org.review.reviewing import review
from org.review.sides import Side
from tests.review.organizations import RCP, account, deny, moved, organization

if TYPE_CHECKING:
    from org.model.organization import Organization
    from org.model.review import Danger, Review

PROD = tuple(account(f"p{n}", "Prod", id=f"22222222222{n}", settings={"s3-public-access": {}}) for n in range(2))
DEV = tuple(account(f"d{n}", "Dev", id=f"33333333333{n}") for n in range(2))
EXEMPT = {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-baseline-apply"]}}
KEEP = deny("keep-trails", "cloudtrail:StopLogging", "ou:/")
BASE = organization(*PROD, *DEV, policies=(KEEP,))


def side(found: Organization) -> Side:
    return Side("side", "accounts.yaml", None, found, (), {}, apart=found.policies)


def reviewed(head: Organization, base: Organization = BASE) -> Review:
    return review(side(base), side(head))


def dangers(head: Organization, base: Organization = BASE) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.trip.value, one.scope.accounts if one.scope else ()) for one in reviewed(head, base).dangers]


def only(head: Organization, trip: Trip, base: Organization = BASE) -> Danger:
    (found,) = [one for one in reviewed(head, base).dangers if one.trip is trip]
    return found


def policies(*more: object) -> Organization:
    return replace(BASE, policies=(KEEP, *more))


def test_nothing_is_dangerous_where_nothing_changes() -> None:
    found = reviewed(BASE)
    assert ((), (), False) == (found.dangers, found.claims, bool(found))


WRITE = "s3:PutAccountPublicAccessBlock"
LOCKOUTS = [
    (deny("no-s3", "s3:*", "ou:Prod"), {"plan", "apply", "break-glass"}, ("p0", "p1")),
    (deny("no-s3", WRITE, "ou:Prod"), {"apply", "break-glass"}, ("p0", "p1")),
    (deny("no-s3", WRITE, "ou:Prod", Condition=EXEMPT), {"break-glass"}, ("p0", "p1")),
    (deny("no-roles", "iam:PutRolePolicy", "account:d0"), {"break-glass"}, ("d0",)),
    (deny("no-regions", "account:ListRegions", "account:d1"), {"plan", "apply", "break-glass"}, ("d1",)),
    (deny("no-way-in", "sts:AssumeRole", "account:d0", kind=RCP), {"plan", "apply", "break-glass"}, ("d0",)),
]


@pytest.mark.parametrize(("policy", "roles", "accounts"), LOCKOUTS)
def test_a_role_of_the_pipeline_that_is_denied_is_locked_out(policy: object, roles: object, accounts: object) -> None:
    found = [one for one in reviewed(policies(policy)).dangers if one.trip is Trip.LOCKOUT]
    assert roles == {quoted(one.message).split()[2] for one in found}
    assert {accounts} == {one.scope.accounts for one in found if one.scope}


HARMLESS = [
    deny("other-roles", WRITE, "ou:Prod", Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/org-*"}}),
    deny("undeclared", WRITE, "ou:Dev"),
    deny("scp-of-the-way-in", "sts:AssumeRole", "ou:/"),
    deny("elsewhere", "s3:*", "ou:/", Condition={"StringEquals": {"aws:RequestedRegion": "us-west-2"}}),
    deny("insecure", "s3:*", "ou:/", Condition={"Bool": {"aws:SecureTransport": "false"}}),
]


@pytest.mark.parametrize("policy", HARMLESS, ids=lambda one: one.name)
def test_what_the_pipeline_does_not_need_locks_nobody_out(policy: object) -> None:
    assert Trip.LOCKOUT.value not in {trip for trip, _ in dangers(policies(policy))}


def test_a_lockout_that_depends_on_what_nobody_knows_is_told_as_such() -> None:
    tagged = deny("tagged", WRITE, "ou:Prod", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "platform"}})
    found = [one for one in reviewed(policies(tagged)).dangers if one.trip is Trip.LOCKOUT]
    assert {True} == {"may no longer" in quoted(one.message) for one in found}
    assert {True} == {"aws:principaltag/team" in quoted(one.message) for one in found}


def test_what_locked_out_before_is_not_told_again() -> None:
    shut = policies(deny("no-s3", "s3:*", "ou:Prod"))
    head = replace(shut, policies=(*shut.policies, deny("more", "ec2:RunInstances", "ou:Prod")))
    assert Trip.LOCKOUT.value not in {trip for trip, _ in dangers(head, shut)}


def test_a_lockout_that_becomes_doubtful_is_none() -> None:
    shut = deny("no-s3", WRITE, "ou:Prod")
    tagged = deny("no-s3", WRITE, "ou:Prod", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "platform"}})
    assert Trip.LOCKOUT.value not in {trip for trip, _ in dangers(policies(tagged), policies(shut))}


def test_an_account_that_moves_below_a_lockout_is_told() -> None:
    base = policies(deny("no-roles", "iam:*", "ou:Dev"))
    found = [one for one in reviewed(moved(base, "p0", "Dev"), base).dangers if one.trip is Trip.LOCKOUT]
    assert {("p0",)} == {one.scope.accounts for one in found if one.scope}


def test_another_name_for_a_role_of_the_pipeline_is_told() -> None:
    head = replace(BASE, pipeline=Pipeline(apply_role="somebody-else"))
    assert "`somebody-else` in place of `org-baseline-apply`" in quoted(only(head, Trip.LOCKOUT).message)


def test_an_organization_whose_id_policies_name_is_not_foreign_to_itself() -> None:
    foreign = {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }
    perimeter = deny("perimeter", "sts:*", "ou:/", kind=RCP, Condition=foreign)
    assert Trip.LOCKOUT.value not in {trip for trip, _ in dangers(policies(perimeter))}


def test_the_last_guardrail_of_a_node_is_told() -> None:
    base = policies(deny("prod-only", "ec2:*", "ou:Prod"))
    assert ("last-guardrail", ()) in dangers(BASE, base)
    assert "last-guardrail" not in {
        trip for trip, _ in dangers(base, replace(base, policies=(*base.policies, deny("x", "s3:*", "ou:Prod"))))
    }


def protected(found: Organization, *keys: str) -> Organization:
    return replace(found, accounts=tuple(replace(one, protected=one.key in keys) for one in found.accounts))


def test_what_is_protected_is_told_when_it_moves() -> None:
    base = protected(BASE, "p0")
    assert "p0" in quoted(only(moved(base, "p0", "Dev"), Trip.PROTECTED, base).message)


def test_taking_the_protection_away_in_the_same_change_hides_nothing() -> None:
    base = protected(BASE, "p0")
    message = quoted(only(moved(BASE, "p0", "Dev"), Trip.UNPROTECTED, base).message)
    assert "p0" in message
    assert "takes `protected` away" in message


def test_taking_a_policy_from_a_unit_that_was_protected_is_told() -> None:
    units = tuple(replace(unit, protected=unit.path == "Prod") for unit in BASE.units)
    base = replace(BASE, units=units, policies=(KEEP, deny("a", "ec2:*", "ou:Prod"), deny("b", "rds:*", "ou:Prod")))
    head = replace(BASE, policies=(KEEP, deny("a", "ec2:*", "ou:Prod")))
    assert "Prod" in quoted(only(head, Trip.UNPROTECTED, base).message)


def test_protection_that_goes_alone_is_a_change_and_no_danger() -> None:
    found = reviewed(BASE, protected(BASE, "p0"))
    assert ((), ("- protected",)) == (found.dangers, found.accounts[0].lines)


def test_a_mass_move_is_told() -> None:
    many = organization(
        *(account(f"a{n}", "Prod") for n in range(30)),
        policies=(KEEP,),
        units=(OrganizationalUnit("Prod"), OrganizationalUnit("Dev")),
    )
    head = replace(many, accounts=tuple(replace(one, ou="Dev") if one.ou == "Prod" else one for one in many.accounts))
    assert ("mass-move", ()) in dangers(head, many)


def test_a_public_bucket_policy_is_told() -> None:
    off = '{"s3_attributes":{"public_access_block_configuration":{"@@assign":"none"}}}'
    policy = replace(KEEP, kind=PolicyType.S3_POLICY, name="open", content=off)
    assert ("public-access", ()) in dangers(policies(policy))


def test_a_switch_of_the_baseline_that_goes_off_is_told() -> None:
    settings = {"s3-public-access": {"BlockPublicPolicy": False}}
    accounts = tuple(replace(one, settings=settings) if one.key == "p1" else one for one in BASE.accounts)
    found = only(replace(BASE, accounts=accounts), Trip.WEAKENED)
    assert ("p1",) == (found.scope.accounts if found.scope else ())
    assert "BlockPublicPolicy" in quoted(found.message)


def test_a_guardrail_that_goes_weakens_protection_and_says_where() -> None:
    head = replace(BASE, policies=(replace(KEEP, targets=frozenset({"ou:Dev"})),))
    found = only(head, Trip.WEAKENED)
    assert ("p0", "p1") == (found.scope.accounts if found.scope else ())
    assert "cloudtrail:StopLogging" in quoted(found.message)
    assert found.witness is not None


def test_a_gain_that_is_not_sure_is_no_sure_danger() -> None:
    condition = {"StringNotEquals": {"aws:PrincipalAccount": "222222222220"}}
    head = replace(BASE, policies=(deny("keep-trails", "cloudtrail:StopLogging", "ou:/", Condition=condition),))
    found = [one for one in reviewed(head).dangers if one.trip is Trip.WEAKENED and one.scope]
    told = {one.scope.accounts: quoted(one.message) for one in found if one.scope}
    assert "anyone can `cloudtrail:StopLogging`" == told["p0",]
    assert {"anyone can `cloudtrail:StopLogging`", "anyone may be able to `cloudtrail:StopLogging`"} == {*told.values()}


def test_a_gain_that_no_guard_named_does_not_weaken() -> None:
    regions = deny("regions", "*", "ou:/", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})
    wider = deny(
        "regions", "*", "ou:/", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    )
    base, head = (replace(BASE, policies=(one,)) for one in (regions, wider))
    found = reviewed(head, base)
    assert Trip.GAIN.value in found.trips
    assert Trip.WEAKENED.value not in found.trips


def test_an_exemption_for_the_pipeline_does_not_weaken() -> None:
    head = replace(BASE, policies=(deny("keep-trails", "cloudtrail:StopLogging", "ou:/", Condition=EXEMPT),))
    found = reviewed(head)
    assert Trip.GAIN.value in found.trips
    assert Trip.WEAKENED.value not in found.trips


def test_a_policy_of_the_user_s_own_called_protect_is_a_guard_too() -> None:
    own = deny("protect-ledger", "s3:DeleteObject", "ou:Prod")
    assert ("weakened", ("p0", "p1")) in dangers(BASE, policies(own))
    other = deny("no-deletes", "s3:DeleteObject", "ou:Prod")
    assert "weakened" not in {trip for trip, _ in dangers(BASE, policies(other))}


def test_a_document_near_its_quota_is_told_once() -> None:
    big = deny("big", [f"s3:Get{'x' * 60}{n}" for n in range(137)], "ou:Prod")  # type: ignore[arg-type]
    assert "`big` takes" in quoted(only(policies(big), Trip.QUOTA).message)
    assert "quota" not in {trip for trip, _ in dangers(policies(big), policies(big))}
    smaller = deny("big", [f"s3:Get{'x' * 60}{n}" for n in range(136)], "ou:Prod")  # type: ignore[arg-type]
    assert "quota" not in {trip for trip, _ in dangers(policies(smaller), policies(big))}
