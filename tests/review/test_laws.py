"""What holds for any two organizations: a review never breaks, and what one way gains the other way loses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from org.model.organization import OrganizationalUnit, Pipeline
from org.model.review import Cause
from org.report import review_json, review_markdown, review_text
from org.review.reviewing import review
from org.review.sides import Side
from tests.review.organizations import account, deny, organization

if TYPE_CHECKING:
    from org.model.organization import Organization
    from org.model.review import Review

PATHS = ("", "A", "A/B", "C")
ACTIONS = ("s3:*", "cloudtrail:StopLogging", "iam:CreateUser", "ec2:RunInstances", "sts:AssumeRole")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}},
    {"Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-baseline-apply"]}}},
    {"Condition": {"StringEquals": {"aws:PrincipalAccount": "222222222221"}}},
    {"Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "a"}}},
)

policy = st.builds(
    lambda number, action, targets, condition: deny(f"p{number}", action, *targets, **condition),
    st.integers(0, 3),
    st.sampled_from(ACTIONS),
    st.sets(st.sampled_from(["ou:/", "ou:A", "ou:A/B", "ou:C", "account:a1"]), max_size=3),
    st.sampled_from(CONDITIONS),
)
one_account = st.builds(
    lambda number, ou, known, protected, declared: account(
        f"a{number}",
        ou,
        id=f"22222222222{number}" if known else None,
        protected=protected,
        settings={"s3-public-access": {}} if declared else {},
    ),
    st.integers(0, 4),
    st.sampled_from(PATHS),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@st.composite
def organizations(draw: st.DrawFn) -> Organization:
    accounts = draw(st.lists(one_account, max_size=5, unique_by=lambda one: one.key))
    policies = draw(st.lists(policy, max_size=4, unique_by=lambda one: one.name))
    units = (OrganizationalUnit("A", protected=draw(st.booleans())), *map(OrganizationalUnit, ("A/B", "C")))
    made = organization(*accounts, policies=tuple(policies), units=units)
    return replace(made, pipeline=Pipeline(apply_role=draw(st.sampled_from(["org-baseline-apply", "other"]))))


def reviewed(base: Organization, head: Organization) -> Review:
    return review(*(Side("x", "accounts.yaml", None, one, (), {}, apart=one.policies) for one in (base, head)))


@settings(max_examples=40)
@given(organizations(), organizations())
def test_any_two_can_be_reviewed_and_shown(base: Organization, head: Organization) -> None:
    found = reviewed(base, head)
    for writer in (review_text, review_markdown, review_json):
        assert writer.review(found)


@settings(max_examples=30)
@given(organizations())
def test_nothing_changes_between_an_organization_and_itself(found: Organization) -> None:
    assert not reviewed(found, found)
    assert () == reviewed(found, found).dangers


def claims(found: Review, both: set[str], gain: bool) -> set[Any]:
    """What is claimed of accounts that both organizations declare."""
    return {
        (claim.certainty, tuple(held), claim.actions, claim.principals, claim.except_principals)
        for claim in found.claims
        if claim.gain is gain and claim.cause is not Cause.NEW and (held := sorted(both & set(claim.scope.accounts)))
    }


@settings(max_examples=40)
@given(organizations(), organizations())
def test_what_one_way_gains_the_other_way_loses(one: Organization, other: Organization) -> None:
    there, back = reviewed(one, other), reviewed(other, one)
    both = {account.key for account in one.accounts} & {account.key for account in other.accounts}
    assert claims(there, both, gain=True) == claims(back, both, gain=False)
    assert claims(there, both, gain=False) == claims(back, both, gain=True)
