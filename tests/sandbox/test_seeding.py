"""A seeded sandbox holds exactly what was declared, and drifts the same way for a seed."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from org.model.organization import (
    OWNED,
    OWNER_TAG,
    Account,
    AccountState,
    Contact,
    Organization,
    OrganizationalUnit,
    Pipeline,
)
from org.model.policy import Policy, PolicyType
from org.reconcile.wanted import wanted
from org.sandbox.drift import KINDS
from org.sandbox.serve import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
RCP = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}'
CONTACT = Contact("Sec", "On call", "sec@acme.example", "+44")
MOST_CPU = 10.0
"""CPU seconds that seeding 10,000 accounts may take."""


@pytest.fixture(scope="module")
def example() -> Organization:
    """The organization of the accounts.yaml in the root of the repository."""
    return wanted(ROOT / "accounts.yaml").checked()


def state(organization: Organization | None, **settings: Any) -> dict[str, Any]:
    found = Sandbox(organization, **settings).organization_state()
    assert found is not None
    return found


def test_ous_and_accounts_are_where_they_were_declared(small_organization: Organization) -> None:
    found = state(small_organization)
    assert ["Security", "Workloads", "Workloads/Prod"] == list(found["units"])
    assert {
        "aws@acme.example": "",
        "aws+log@acme.example": "Security",
        "aws+pay@acme.example": "Workloads/Prod",
        "aws+search@acme.example": "Workloads/Prod",
    } == {email: account["ou"] for email, account in found["accounts"].items()}


def test_declared_ids_are_kept_and_the_others_come_from_the_seed(small_organization: Organization) -> None:
    first, again = state(small_organization, seed=1), state(small_organization, seed=1)
    other = state(small_organization, seed=2)
    assert first == again
    assert (
        "012345670123"
        == first["accounts"]["aws+log@acme.example"]["id"]
        == other["accounts"]["aws+log@acme.example"]["id"]
    )
    assert first["accounts"]["aws+pay@acme.example"]["id"] != other["accounts"]["aws+pay@acme.example"]["id"]


def test_without_ids_two_seeds_give_equal_states(small_organization: Organization) -> None:
    plain = [Sandbox(small_organization, seed=seed).organization_state(ids=False) for seed in (1, 2)]
    assert plain[0] == plain[1]


def test_tags_are_as_declared_and_ous_and_policies_carry_our_mark(small_organization: Organization) -> None:
    found = state(small_organization)
    assert {"team": "pay"} == found["accounts"]["aws+pay@acme.example"]["tags"]
    assert {OWNER_TAG: OWNED} == found["units"]["Security"]["tags"]
    assert {OWNER_TAG: OWNED} == found["policies"]["SERVICE_CONTROL_POLICY/deny-leave-organization"]["tags"]
    assert {} == found["policies"]["SERVICE_CONTROL_POLICY/FullAWSAccess"]["tags"]


def test_what_is_not_ours_carries_no_mark_and_an_absent_tag_is_absent() -> None:
    unit = OrganizationalUnit("Theirs", owned=False, tags={"a": "b", "gone": None})
    assert {"a": "b"} == state(Organization(units=(unit,)))["units"]["Theirs"]["tags"]


def test_policies_keep_their_text_and_are_attached_to_their_targets(small_organization: Organization) -> None:
    found = state(small_organization)["policies"]
    ours = found["SERVICE_CONTROL_POLICY/deny-leave-organization"]
    assert small_organization.policies[0].content == ours["content"]
    assert ["ou:/"] == ours["targets"]
    assert 8 == len(found["SERVICE_CONTROL_POLICY/FullAWSAccess"]["targets"])


def test_an_rcp_enables_its_type() -> None:
    policy = Policy(PolicyType.RESOURCE_CONTROL_POLICY, "rcp", RCP, targets=frozenset({"ou:/"}))
    found = state(Organization(policies=(policy,)))
    assert ["RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY"] == found["policy_types"]
    assert 2 == len(found["policies"]["RESOURCE_CONTROL_POLICY/RCPFullAWSAccess"]["targets"])


def test_contacts_settings_services_and_delegates_are_there() -> None:
    account = Account("a", "a", "a@acme.example", contacts={"SECURITY": CONTACT}, settings={"s3-public-access": {}})
    closed = replace(account, key="b", email="b@acme.example", contacts={}, state=AccountState.CLOSED)
    organization = Organization(
        accounts=(account, closed),
        trusted_services=frozenset({"guardduty.amazonaws.com"}),
        delegated_administrators={"guardduty.amazonaws.com": frozenset({"a"})},
    )
    found = state(organization)
    assert "sec@acme.example" == found["accounts"]["a@acme.example"]["contacts"]["SECURITY"]["EmailAddress"]
    assert [True] * 4 == list(found["accounts"]["a@acme.example"]["public_access"].values())
    assert ("CLOSED", None) == tuple(found["accounts"]["b@acme.example"][key] for key in ("state", "public_access"))
    assert {"account:a@acme.example": ["guardduty.amazonaws.com"]} == found["delegates"]


def test_every_member_has_the_roles_of_its_pipeline() -> None:
    pipeline = Pipeline(plan_role="look", apply_role="do", break_glass_role="glass", bootstrap_role=None)
    sandbox = Sandbox(Organization(accounts=(Account("a", "a", "a@acme.example"),), pipeline=pipeline))
    assert [{"look", "do", "glass", "OrganizationAccountAccessRole"}] == [set(r) for r in sandbox.world.roles.values()]


def test_the_management_account_may_stand_in_an_ou() -> None:
    management = Account("m", "acme", "aws@acme.example", ou="Security", management=True)
    organization = Organization(accounts=(management,), units=(OrganizationalUnit("Security"),))
    assert "Security" == state(organization)["accounts"]["aws@acme.example"]["ou"]


def test_the_example_organization_obeys_the_rules_of_aws(example: Organization) -> None:
    from org.sandbox.strict.policies import check_content
    from org.sandbox.strict.quotas import Quotas

    sandbox = Sandbox(example)
    realm = sandbox.world.realm
    assert realm is not None
    for policy in realm.policies.values():
        if not policy.aws_managed:
            check_content(Quotas(), policy.kind, policy.content)
    attached = [len(policies) for kinds in realm.attached.values() for policies in kinds.values()]
    assert max(attached) <= 10


def test_guardrails_add_up_from_the_root(small_organization: Organization) -> None:
    names = frozenset({"SERVICE_CONTROL_POLICY/FullAWSAccess", "SERVICE_CONTROL_POLICY/deny-leave-organization"})
    assert {names} == set(Sandbox(small_organization).guardrails().values())


def test_ten_thousand_accounts_are_seeded_in_ten_cpu_seconds() -> None:
    members = tuple(Account(f"a{n}", f"account-{n}", f"aws+{n}@acme.example", ou="W") for n in range(10_000))
    started = time.process_time()
    sandbox = Sandbox(Organization(accounts=members, units=(OrganizationalUnit("W"),)))
    assert time.process_time() - started < MOST_CPU
    assert sandbox.world.realm is not None
    assert 10_001 == len(sandbox.world.realm.accounts)


def test_drift_does_as_many_things_as_asked_and_says_each(example: Organization) -> None:
    sandbox = Sandbox(example, drift=14, seed=7)
    assert 14 == len(sandbox.drifted) == len(set(sandbox.drifted))
    assert Sandbox(example, seed=7).organization_state() != sandbox.organization_state()


def test_drift_repeats_with_its_seed(example: Organization) -> None:
    first, again = Sandbox(example, drift=25, seed=3), Sandbox(example, drift=25, seed=3)
    assert first.drifted == again.drifted
    assert first.organization_state() == again.organization_state()
    assert first.drifted != Sandbox(example, drift=25, seed=4).drifted


def test_every_kind_of_drift_happens_before_one_happens_twice(example: Organization) -> None:
    sandbox = Sandbox(example, drift=len(KINDS), seed=1)
    verbs = sorted(" ".join(line.split()[:2]) for line in sandbox.drifted)
    assert len(KINDS) == len(verbs)
    for start in ("moved account", "changed tag", "removed tag", "renamed account", "renamed OU", "deleted OU"):
        assert start in verbs
    for start in ("created account", "created OU", "created policy", "deleted policy", "detached policy"):
        assert start in verbs


@pytest.mark.parametrize("seed", range(8))
def test_a_drifted_organization_is_one_that_aws_could_hold(seed: int, example: Organization) -> None:
    sandbox = Sandbox(example, drift=40, seed=seed)
    realm = sandbox.world.realm
    assert realm is not None
    for account in realm.accounts.values():
        assert account.id in realm.child_accounts[account.parent]
        assert len(account.name) <= 50
    for unit in realm.units.values():
        assert unit.id == realm.unit_names[unit.parent, unit.name]
        assert unit.id in realm.child_units[unit.parent]
    for policy in realm.policies.values():
        json.loads(policy.content)
        assert all(policy.id in realm.attached_to(target, policy.kind) for target in policy.targets)
        assert all(realm.node(target) for target in policy.targets)
    assert all(realm.attached_to(node, "SERVICE_CONTROL_POLICY") for node in realm.nodes())


def test_a_small_organization_drifts_only_as_far_as_it_can() -> None:
    sandbox = Sandbox(Organization(accounts=(Account("a", "a", "a@acme.example", id="222222222222"),)), drift=50)
    assert sandbox.drifted
    assert "222222222222" in {account["id"] for account in state_of(sandbox)["accounts"].values()}


def state_of(sandbox: Sandbox) -> dict[str, Any]:
    found = sandbox.organization_state()
    assert found is not None
    return found


def test_an_account_with_a_declared_id_is_never_missing(small_organization: Organization) -> None:
    for seed in range(20):
        sandbox = Sandbox(small_organization, drift=30, seed=seed)
        assert "012345670123" in {account["id"] for account in state_of(sandbox)["accounts"].values()}


def test_the_seeded_state_is_what_the_calls_show(
    sandbox: Sandbox, client: Callable[..., Any], small_organization: Organization
) -> None:
    organizations = client("organizations")
    listed = [a for page in organizations.get_paginator("list_accounts").paginate() for a in page["Accounts"]]
    assert {account.email: account.name for account in small_organization.accounts} == {
        account["Email"]: account["Name"] for account in listed
    }
