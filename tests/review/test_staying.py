"""An account that head leaves out of the file is in AWS all the same, and what changes above it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from org.model.policy import PolicyType
from org.model.review import Trip
from tests.review.organizations import account, deny, organization
from tests.review.test_dangers import reviewed

if TYPE_CHECKING:
    from org.model.organization import Organization

STAY, GO = account("stay", "Prod", id="222222222222"), account("go", "Dev", id="333333333333")
KEEP, OWN = deny("keep-trails", "cloudtrail:StopLogging", "ou:Dev"), deny("own", "s3:DeleteBucket", "account:go")
BASE = organization(STAY, GO, policies=(KEEP, OWN))


def without(found: Organization, *keys: str, **changes: object) -> Organization:
    return replace(found, accounts=tuple(one for one in found.accounts if one.key not in keys), **changes)


def gains(head: Organization, base: Organization = BASE) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(claim.actions, claim.scope.accounts) for claim in reviewed(head, base).claims if claim.gain]


def test_an_account_that_is_left_out_alone_gains_nothing() -> None:
    found = reviewed(without(BASE, "go"), BASE)
    assert ((), (), ()) == (found.claims, found.policies, found.slots)
    assert [("go", "removed")] == [(one.key, one.change) for one in found.accounts]


def test_leaving_an_account_out_does_not_hide_what_its_unit_loses() -> None:
    head = without(BASE, "go", policies=())
    assert [(("cloudtrail:StopLogging",), ("go",))] == gains(head)
    assert Trip.WEAKENED in {one.trip for one in reviewed(head, BASE).dangers}


def test_a_policy_stays_on_what_is_left_out_with_what_head_writes_into_it() -> None:
    other = replace(OWN, content=OWN.content.replace("s3:DeleteBucket", "s3:PutBucketAcl"), targets=frozenset())
    assert [(("s3:DeleteBucket",), ("go",))] == gains(without(BASE, "go", policies=(KEEP, other)))


def test_a_unit_that_is_left_out_with_its_account_keeps_its_policies() -> None:
    units = tuple(one for one in BASE.units if one.path != "Dev")
    assert [] == gains(without(BASE, "go", policies=(), units=units))


def test_an_account_without_an_id_is_told_by_its_key() -> None:
    base = organization(STAY, replace(GO, id=None), policies=(KEEP, OWN))
    head = without(base, "go", policies=())
    assert [(("cloudtrail:StopLogging",), ("go",))] == gains(head, base)
    (claim,) = reviewed(head, base).claims
    assert claim.witness
    assert ":iam::999999999999:role/" in claim.witness.request["principal"]


def test_another_account_of_the_same_key_is_not_taken_for_it() -> None:
    head = replace(
        BASE, policies=(), accounts=(*BASE.accounts[:2], replace(GO, id="444444444444", email="x@y.example"))
    )
    assert [(("cloudtrail:StopLogging",), ("333333333333",))] == gains(head)


def test_a_declarative_policy_that_goes_is_told_for_it() -> None:
    content = '{"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}}'
    opt_out = replace(KEEP, kind=PolicyType.AISERVICES_OPT_OUT_POLICY, content=content)
    base = replace(BASE, policies=(opt_out,))
    found = reviewed(without(base, "go", policies=()), base)
    assert [("go",)] == [one.scope.accounts for one in found.effective]


def test_the_pipeline_has_nothing_to_do_in_it() -> None:
    shut = deny("shut", "sts:*", "ou:Dev")
    assert [] == [
        one for one in reviewed(without(BASE, "go", policies=(shut,)), BASE).dangers if one.trip is Trip.LOCKOUT
    ]
