"""Every policy type of AWS Organizations is enabled, created, attached and kept like any other."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.aws.organizations import read
from org.errors import CloudError
from org.model.change import Action, Result
from org.model.finding import Severity
from org.model.organization import Account, Organization, OrganizationalUnit, ou_reference
from org.model.policy import Policy, PolicyType, PolicyUse, minified
from org.policy import library, render
from org.policy.effective import effective
from org.policy.quota import QUOTAS
from org.reconcile.apply import apply
from org.reconcile.plan import plan
from org.reconcile.run import plan_organization
from tests.policy.conftest import ROOT
from tests.reconcile.organizations import made_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

LIBRARY = library([ROOT / "scps"])
DECLARATIVE = sorted(name for name, template in LIBRARY.templates.items() if template.kind.declarative)
OTHERS = {
    PolicyType.BEDROCK_POLICY: {"bedrock": {"guardrail_inference": {}}},
    PolicyType.CHATBOT_POLICY: {"chatbot": {"default": {"client": {"@@assign": "disabled"}}}},
    PolicyType.SECURITYHUB_CSPM_POLICY: {"any": {"cspm_enablement": {}}},
}
"""A document of each type that has no template."""


def wanting(*policies: Policy) -> Organization:
    return replace(made_up(1), policies=policies)


def s3(mode: str) -> Policy:
    content = minified({"s3_attributes": {"public_access_block_configuration": {"@@assign": mode}}})
    return Policy(PolicyType.S3_POLICY, "public-access", content, targets=frozenset({"ou:/"}))


def answered(cloud: Cloud, account: str) -> object:
    """The effective S3 policy of an account as DescribeEffectivePolicy tells it; None where it has none."""
    try:
        answer = cloud.call("organizations", "describe_effective_policy", PolicyType="S3_POLICY", TargetId=account)
    except CloudError as error:
        if error.code == "EffectivePolicyNotFoundException":
            return None
        raise
    return json.loads(answer["EffectivePolicy"]["PolicyContent"])


def asked() -> tuple[Policy, ...]:
    """A policy of each type, on the root: those that have templates as they are rendered with their defaults."""
    uses = tuple(PolicyUse(name, "ou:/") for name in [*DECLARATIVE, "deny-root", "require-secure-transport"])
    rendered = render(replace(made_up(1), regions=("eu-west-1",), policy_uses=uses), LIBRARY)
    unprepared = "ORG115"  # the made-up accounts have no baseline, and so no vault for backups
    assert {unprepared} == {finding.rule for finding in rendered.findings}
    plain = [
        Policy(kind, kind.value.lower(), minified(document), targets=frozenset({"ou:/"}))
        for kind, document in OTHERS.items()
    ]
    return (*rendered.policies, *plain)


def test_every_type_is_enabled_created_and_attached_once(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(wanting())
    wanted = wanting(*asked())
    assert set(PolicyType) == {policy.kind for policy in wanted.policies}
    made = plan_organization(wanted, cloud())
    kinds = Counter((change.kind, change.action) for change in made.changes)
    assert len(wanted.policies) == kinds["policy", Action.CREATE] == kinds["attachment", Action.ATTACH]
    assert {Result.DONE} == {outcome.result for outcome in apply(made, cloud())}
    assert () == plan_organization(wanted, cloud()).changes


def test_a_declarative_policy_is_changed_and_taken_away(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(wanting(s3("all")))
    made = plan_organization(wanting(s3("none")), cloud())
    assert [("policy", Action.UPDATE)] == [(change.kind, change.action) for change in made.changes]
    done = apply(made, cloud(), allow={"public-access"})
    assert {Result.DONE} == {outcome.result for outcome in done}
    gone = plan_organization(wanting(), cloud())
    assert {Action.DETACH, Action.DELETE} == {change.action for change in gone.changes}


@pytest.mark.parametrize(
    ("root", "unit"), [("all", None), ("all", "none"), ("none", "all"), (None, "all"), (None, None)]
)
def test_the_effective_policy_is_what_aws_answers(
    root: str | None, unit: str | None, sandbox: Sandbox, cloud: Callable[[], Cloud]
) -> None:
    """The sandbox merges S3 policies by itself, as DescribeEffectivePolicy does."""
    account = next(account for account in made_up(1).accounts if account.ou)
    at = {"ou:/": root, ou_reference(str(account.ou)): unit}
    policies = [
        replace(s3(mode), name=f"on {node}".replace("/", " "), targets=frozenset({node}))
        for node, mode in at.items()
        if mode
    ]
    wanted = wanting(*policies)
    sandbox.reset(wanted)
    found = next(live for live in read(cloud()).accounts if live.email == account.email)
    ours = effective(wanted, account, PolicyType.S3_POLICY).document
    assert ours == answered(cloud(), str(found.id))


def test_only_types_that_are_enabled_or_wanted_are_read(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    """AWS has one list call for each type, and a plan of 300 accounts has 70 calls to spend."""
    sandbox.reset(wanting())
    enabled = read(cloud()).enabled_policy_types
    sandbox.recorder.clear()
    plan_organization(wanting(s3("all")), cloud())
    listed = [call for call in sandbox.recorder.calls if call.operation == "ListPolicies"]
    assert PolicyType.S3_POLICY not in enabled
    assert len(enabled) + 1 == len(listed)


def test_a_declarative_update_does_not_count_as_protection() -> None:
    """It comes after every move, because it may weaken what an account has."""
    live = replace(wanting(s3("all")), id="o-exampleorgid", enabled_policy_types=frozenset(PolicyType))
    changed = plan(wanting(s3("none"), Policy(PolicyType.TAG_POLICY, "new", "{}")), live).changes
    assert [Action.CREATE, Action.UPDATE] == [change.action for change in changed if change.kind == "policy"]


SWITCHED_OFF = ("public-access", "S3 policy public-access switches Block Public Access off below it")
LEFT_TO_ACCOUNTS = (
    "public-access",
    "ou:/ would decide on Block Public Access itself again; not declared to block it: management",
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([s3("all")], [s3("none")], SWITCHED_OFF),
        ([], [s3("none")], SWITCHED_OFF),
        ([s3("all")], [], LEFT_TO_ACCOUNTS),
        ([], [s3("all")], None),
        ([s3("none")], [s3("all")], None),
        ([s3("all")], [replace(s3("all"), name="renamed")], None),
    ],
)
def test_opening_buckets_to_the_public_is_guarded(
    before: list[Policy], after: list[Policy], expected: tuple[str, str] | None
) -> None:
    live = replace(wanting(*before), id="o-exampleorgid", enabled_policy_types=frozenset(PolicyType))
    tripped = [guard for guard in plan(wanting(*after), live).guards if guard[0] == "public-access"]
    assert tripped == ([expected] if expected else [])


def placed(**settings: bool) -> Organization:
    """An account in the OU `Work`, and what it declares for itself."""
    account = Account("shop", "acme-shop", "aws+shop@acme.example", ou="Work", settings={"s3-public-access": settings})
    return Organization(accounts=(account,), units=(OrganizationalUnit("Work"), OrganizationalUnit("Open")))


def trips(wanted: Organization, live: Organization) -> list[str]:
    there = replace(live, id="o-exampleorgid", enabled_policy_types=frozenset(PolicyType))
    return [because for name, because in plan(wanted, there).guards if name == "public-access"]


def test_a_detach_names_the_accounts_that_would_be_left_open() -> None:
    """What an account set for itself can neither be seen nor set while a policy decides."""
    freed = "ou:/ would decide on Block Public Access itself again"
    live = replace(placed(), policies=(s3("all"),))
    assert [freed] == trips(placed(), live)
    assert [f"{freed}; not declared to block it: shop"] == trips(placed(BlockPublicPolicy=False), live)
    undeclared = replace(placed(), accounts=(replace(placed().accounts[0], settings={}),))
    assert [f"{freed}; not declared to block it: shop"] == trips(undeclared, live)
    many = tuple(replace(undeclared.accounts[0], key=f"a{n}", email=f"a{n}@acme.example") for n in range(7))
    assert trips(replace(undeclared, accounts=many), live)[0].endswith("a0, a1, a2, a3, a4 and 2 more")


@pytest.mark.parametrize(
    ("modes", "tripped"),
    [
        ({"ou:Work": "all"}, True),
        ({"ou:/": "all"}, False),
        ({"ou:/": "all", "ou:Open": "none"}, True),
        ({"ou:/": "none", "ou:Work": "all"}, True),
        ({"ou:Work": "none"}, False),
        ({"account:shop": "all"}, False),
        ({}, False),
    ],
)
def test_a_move_out_from_under_an_s3_policy_is_guarded(modes: dict[str, str], tripped: bool) -> None:
    policies = tuple(
        replace(s3(mode), name=f"p{number}", targets=frozenset({node}))
        for number, (node, mode) in enumerate(modes.items())
    )
    live = replace(placed(), policies=policies)
    moved = replace(live, accounts=(replace(live.accounts[0], ou="Open"),))
    left = "account shop would leave the S3 policy that switches Block Public Access on for it"
    assert ([left] if tripped else []) == trips(moved, live)


@pytest.mark.parametrize("kind", PolicyType)
def test_a_target_takes_as_many_as_aws_says(kind: PolicyType) -> None:
    quota = QUOTAS[kind]
    policies = [Policy(kind, f"p{n}", json.dumps({"n": n}), targets=frozenset({"ou:/"})) for n in range(quota.attached)]
    live = replace(wanting(), id="o-exampleorgid", enabled_policy_types=frozenset(PolicyType))
    full = plan(wanting(*policies), live).findings
    told = [finding.rule for finding in full if finding.severity is Severity.ERROR]
    assert ["ORG908"] * quota.aws_attached == told
    assert "ORG908" in [
        finding.rule for finding in plan(wanting(*policies, replace(policies[0], name="x")), live).findings
    ]


def test_a_target_takes_as_many_as_accounts_yaml_says() -> None:
    policies = [
        Policy(PolicyType.SERVICE_CONTROL_POLICY, f"p{n}", json.dumps({"n": n}), targets=frozenset({"ou:/"}))
        for n in range(5)
    ]
    live = replace(wanting(), id="o-exampleorgid", enabled_policy_types=frozenset(PolicyType))

    def told(attached: int) -> list[str]:
        asked = replace(wanting(*policies), policy_quotas={"SERVICE_CONTROL_POLICY": {"attached": attached}})
        return [finding.message for finding in plan(asked, live).findings if finding.severity is Severity.ERROR]

    assert [] == told(6)
    assert ["`ou:/` would hold more than 5 policies of type SERVICE_CONTROL_POLICY"] == told(5)
