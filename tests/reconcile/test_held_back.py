"""A failure costs what it must and no more: what protects stays, and everybody else's changes are made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from org.errors import BadInput
from org.model.change import Outcome, Result
from org.model.organization import Account, Organization, OrganizationalUnit
from org.model.policy import Policy, PolicyType, minified
from org.reconcile.apply import apply
from org.reconcile.run import plan_organization
from org.sandbox.serve import Fault
from tests.reconcile.organizations import MANAGEMENT, guardrails

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.cloud import Cloud
    from org.sandbox.serve import Sandbox

MANAGED = Account("management", "acme", "aws@acme.example", ou=None, id=MANAGEMENT, management=True)
DENIED = "AccessDeniedException"
Made = dict[str, str]


def _scp(name: str, *targets: str, actions: tuple[str, ...] = ("s3:*",)) -> Policy:
    statements = [{"Effect": "Deny", "Action": action, "Resource": "*"} for action in actions]
    content = minified({"Version": "2012-10-17", "Statement": statements})
    return Policy(PolicyType.SERVICE_CONTROL_POLICY, name, content, name, frozenset(targets))


def _account(key: str, ou: str) -> Account:
    return Account(key, f"acme-{key}", f"aws+{key}@acme.example", ou=ou)


def _organization(*accounts: Account, policies: tuple[Policy, ...] = ()) -> Organization:
    return Organization(
        accounts=(MANAGED, *accounts),
        units=(OrganizationalUnit("A"), OrganizationalUnit("B")),
        policies=policies,
        enabled_policy_types=frozenset({PolicyType.SERVICE_CONTROL_POLICY}),
        trusted_services=frozenset({"account.amazonaws.com"}),
    )


def _said(outcomes: tuple[Outcome, ...]) -> Made:
    return {f"{o.change.action.value} {o.change.kind} {o.change.name}": o.result.value for o in outcomes}


@pytest.fixture
def reconcile(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> Callable[..., Made]:
    """A function that goes from one organization to another while calls of one kind fail."""

    def made(before: Organization, after: Organization, failing: str = "^$") -> Made:
        sandbox.reset(before)
        plan = plan_organization(after, cloud())
        sandbox.faults.add(Fault(match=failing, code=DENIED))
        outcomes = _said(apply(plan, cloud(), allow=("last-guardrail",)))
        sandbox.faults.clear()
        return outcomes

    return made


def test_an_account_that_could_not_move_keeps_its_guardrails(
    reconcile: Callable[..., Made], sandbox: Sandbox, cloud: Callable[[], Cloud]
) -> None:
    before = _organization(_account("x", "A"), policies=(_scp("p", "ou:A"),))
    after = _organization(_account("x", "B"), policies=(_scp("p", "ou:B"),))
    made = reconcile(before, after, "MoveAccount")
    assert {"attach attachment p", "move account x", "detach attachment p"} >= made.keys()
    assert "skipped" == made["detach attachment p"]
    assert {frozenset({"p"})} == {names for account, names in guardrails(sandbox).items() if account != MANAGEMENT}
    apply(plan_organization(after, cloud()), cloud(), allow=("last-guardrail",))
    assert () == plan_organization(after, cloud()).changes


def test_a_statement_stays_while_its_replacement_is_not_attached(reconcile: Callable[..., Made]) -> None:
    before = _organization(policies=(_scp("p", "ou:A", actions=("s3:*", "ec2:*")),))
    after = _organization(policies=(_scp("p", "ou:A"), _scp("second", "ou:A", actions=("ec2:*",))))
    made = reconcile(before, after, "AttachPolicy")
    assert {"attach attachment second": "failed", "update policy p": "skipped"}.items() <= made.items()


def test_what_is_narrowed_is_narrow_before_anybody_moves_there(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    """From A, where only s3 is denied, to B, whose policy is to deny s3 instead of ec2: s3 is denied all the time."""
    before = _organization(_account("x", "A"), policies=(_scp("a", "ou:A"), _scp("b", "ou:B", actions=("ec2:*",))))
    after = _organization(_account("x", "B"), policies=(_scp("a", "ou:A"), _scp("b", "ou:B")))
    sandbox.reset(before)
    texts: list[set[str]] = []

    def look(_: object) -> None:
        realm = sandbox.world.realm
        assert realm is not None
        account = next(account for account in realm.accounts.values() if account.email == "aws+x@acme.example")
        reaching = [
            realm.policies[policy].content
            for node in realm.lineage(account.id)
            for policy in realm.attached_to(node, "SERVICE_CONTROL_POLICY")
        ]
        texts.append({action for action in ("s3:*", "ec2:*") if any(action in text for text in reaching)})

    sandbox.on_write = look
    plan = plan_organization(after, cloud())
    assert ["update", "move", "update"] == [change.action.value for change in plan.changes]
    assert {Result.DONE} == {outcome.result for outcome in apply(plan, cloud())}
    assert all("s3:*" in reached for reached in texts)
    assert () == plan_organization(after, cloud()).changes
    assert {Result.SKIPPED} == {outcome.result for outcome in apply(plan, cloud())}


def test_an_update_that_nobody_feels_is_one(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(_organization(policies=(_scp("p", "ou:A"),)))
    plan = plan_organization(_organization(policies=(_scp("p", "ou:A", actions=("ec2:*",)),)), cloud())
    assert ["update"] == [change.action.value for change in plan.changes]


def test_a_plan_with_an_error_is_not_carried_out_at_all(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    sandbox.reset(_organization(policies=(_scp("old", "ou:A"), replace(_scp("new"), owned=False))))
    plan = plan_organization(_organization(policies=(_scp("new", "ou:A"),)), cloud())
    assert ["ORG907"] == [finding.rule for finding in plan.findings]
    sandbox.recorder.clear()
    with pytest.raises(BadInput):
        apply(plan, cloud(), allow=("last-guardrail",))
    assert () == sandbox.recorder.writes()


def test_one_account_that_cannot_be_created_holds_back_nobody_else(reconcile: Callable[..., Made]) -> None:
    before = _organization(_account("x", "A"))
    after = _organization(_account("x", "B"), _account("n", "A"), policies=(_scp("p", "account:n"),))
    made = reconcile(before, after, "CreateAccount$")
    assert {
        "create policy p": "done",
        "create account n": "failed",
        "attach attachment p": "skipped",
        "move account n": "skipped",
        "move account x": "done",
    } == made


def test_the_management_account_and_the_organization_change_together(reconcile: Callable[..., Made]) -> None:
    before = _organization(policies=(_scp("p", "ou:A"),))
    after = replace(
        _organization(policies=(_scp("p", "ou:B"),)),
        accounts=(replace(MANAGED, name="renamed", tags={"a": "b"}),),
        units=(OrganizationalUnit("A", tags={"x": "y"}), OrganizationalUnit("B")),
    )
    assert {"done"} == set(reconcile(before, after).values())


def test_a_first_run_that_was_stopped_is_run_again_without_a_word(sandbox: Sandbox, cloud: Callable[[], Cloud]) -> None:
    """Nobody has to allow anything: all accounts wait in the root, and moving them there is not a mass move."""
    wanted = _organization(*(_account(f"n{number}", "A") for number in range(12)), policies=(_scp("p", "ou:A"),))
    wanted = replace(wanted, accounts=tuple(replace(account, protected=True) for account in wanted.accounts))
    sandbox.reset(_organization())
    sandbox.faults.add(Fault(match="AttachPolicy", code=DENIED))
    outcomes = apply(plan_organization(wanted, cloud()), cloud())
    assert {Result.DONE, Result.FAILED, Result.SKIPPED} == {outcome.result for outcome in outcomes}
    sandbox.faults.clear()
    assert {Result.DONE} == {outcome.result for outcome in apply(plan_organization(wanted, cloud()), cloud())}
    assert () == plan_organization(wanted, cloud()).changes
