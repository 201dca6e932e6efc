"""A plan: every change in an order that never leaves a target with fewer guardrails than before and after both have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from org.model.change import Action, Change, Plan, Risk
from org.model.finding import Finding, Severity
from org.model.organization import ACCOUNT_MANAGEMENT, AccountState
from org.model.policy import PolicyType
from org.policy.quota import quotas
from org.reconcile.align import align
from org.reconcile.diff import LIVE, diff, removable
from org.reconcile.guard import guards
from org.reconcile.two_steps import in_two_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from org.model.organization import Organization
    from org.model.policy import Policy
    from org.policy.quota import Quota
    from org.reconcile.align import Aligned

ORDER = (
    ("organization", Action.CREATE),
    ("policy-type", Action.ENABLE),
    ("trusted-service", Action.ENABLE),
    ("organizational-unit", Action.RENAME),
    ("organizational-unit", Action.CREATE),
    ("policy", Action.CREATE),
    ("policy", "tighten"),
    ("attachment", "attach-above"),
    ("account", Action.CREATE),
    ("attachment", Action.ATTACH),
    ("account", Action.MOVE),
    ("account", Action.UPDATE),
    ("organizational-unit", Action.UPDATE),
    ("delegated-administrator", Action.REGISTER),
    ("policy", Action.UPDATE),
    ("attachment", Action.DETACH),
    ("policy", Action.DELETE),
    ("organizational-unit", Action.DELETE),
)
"""INVARIANT: what adds protection comes before what moves, and what moves before what takes protection away."""

_PHASE = {pair: phase for phase, pair in enumerate(ORDER)}


def plan(
    wanted: Organization,
    found: Organization,
    with_contacts: Callable[[Organization, dict[str, list[str]]], Organization] | None = None,
) -> Plan:
    """The plan that makes `found` what `wanted` says; a found organization without an id is created first.

    `with_contacts` reads the alternate contacts of the accounts that declare some; AWS has no bulk call for them.
    """
    aligned = align(wanted, found)
    needed = {account.key: sorted(account.contacts) for account in wanted.accounts if account.contacts}
    if with_contacts is not None and needed:
        aligned = type(aligned)(with_contacts(aligned.found, needed), aligned.renamed, aligned.findings)
    allowed = quotas(wanted.policy_quotas)
    changes = tuple(sorted(in_two_steps(tuple(diff(wanted, aligned)), allowed), key=_order))
    findings = (*aligned.findings, *_noticed(wanted, aligned), *_full_targets(aligned.found, changes, allowed))
    return Plan(
        changes=changes,
        findings=findings,
        guards=tuple(guards(wanted, aligned.found, changes)),
        organization_id=aligned.found.id,
    )


def _order(change: Change) -> tuple[int, int, str, str, str]:
    """The sort key: the phase, parents before children (children first where they are deleted), then by name."""
    kind, action = change.kind, change.action
    step: Action | str = action
    if (kind, action) == ("policy", Action.UPDATE) and change.risk is not Risk.HIGH:
        step = "tighten"
    if (kind, action) == ("attachment", Action.ATTACH) and str((change.after or {})["target"]).startswith("ou:"):
        step = "attach-above"
    depth = change.name.count("/") if kind == "organizational-unit" else 0
    target = str((change.after or change.before or {}).get("target", ""))
    return (_PHASE[kind, step], -depth if action is Action.DELETE else depth, change.name, target, change.place.name)


def _noticed(wanted: Organization, aligned: Aligned) -> Iterator[Finding]:
    """What is there and not declared, or declared and not possible: reported, never touched."""
    yield from _noticed_accounts(wanted, aligned.found)
    yield from _noticed_units(wanted, aligned.found)
    yield from _noticed_policies(wanted, aligned.found)
    yield from _noticed_delegation(wanted, aligned.found)


def _noticed_accounts(wanted: Organization, found: Organization) -> Iterator[Finding]:
    declared = {account.key: account for account in wanted.accounts}
    for account in found.accounts:
        if account.key not in declared:
            yield Finding(
                "ORG903",
                f"account `{account.name}` ({account.id}, {account.email}) is in the organization but not declared",
                Severity.WARNING,
                help="declare it under `accounts`; until then nothing of it is touched, our policies on it included",
            )
        elif account.state not in LIVE:
            state = f"account `{account.key}` is {account.state.value}, so nothing of it is changed"
            yield Finding("ORG904", state, Severity.NOTE, declared[account.key].span)
        elif declared[account.key].state is AccountState.CLOSED:
            yield Finding(
                "ORG905",
                f"account `{account.key}` is declared closed but is {account.state.value}",
                Severity.WARNING,
                declared[account.key].span,
                help="a run never closes an account: close it from the management account (organizations:CloseAccount)",
            )


def _noticed_units(wanted: Organization, found: Organization) -> Iterator[Finding]:
    kept = {unit.path for unit in wanted.units}
    undeclared = [unit for unit in found.units if unit.path not in kept]
    going = {unit.path for unit in removable(undeclared, wanted, found)}
    for unit in undeclared:
        if unit.path not in going:
            why = "is not empty" if unit.owned else "was not made by this tool"
            message = f"organizational unit `{unit.path}` is not declared and {why}, so it is left alone"
            yield Finding("ORG906", message, Severity.WARNING)


def _noticed_policies(wanted: Organization, found: Organization) -> Iterator[Finding]:
    foreign = {(policy.kind, policy.name): policy for policy in found.policies if is_foreign(policy)}
    for policy in wanted.policies:
        if foreign.pop((policy.kind, policy.name), None):
            yield Finding(
                "ORG907",
                f"a policy named `{policy.name}` exists and was not made by this tool",
                Severity.ERROR,
                policy.span,
                help="give ours another `name`, or hand the other one over with the tag `org-baseline=managed`",
            )
    for other in foreign.values():
        if other.targets:
            where = ", ".join(sorted(other.targets))
            message = f"policy `{other.name}` on {where} was not made by this tool, so it is left alone"
            yield Finding("ORG909", message, Severity.NOTE)


def _noticed_delegation(wanted: Organization, found: Organization) -> Iterator[Finding]:
    services = sorted(found.trusted_services - wanted.trusted_services - {ACCOUNT_MANAGEMENT})
    if services:
        message = f"trusted services that are not declared, and so left alone: {', '.join(services)}"
        yield Finding("ORG912", message, Severity.NOTE)
    administrators = sorted(
        f"{key} for {service}"
        for service, keys in found.delegated_administrators.items()
        for key in keys - wanted.delegated_administrators.get(service, frozenset())
    )
    if administrators:
        message = f"delegated administrators that are not declared, and so left alone: {', '.join(administrators)}"
        yield Finding("ORG913", message, Severity.NOTE)


def is_foreign(policy: Policy) -> bool:
    """True for a policy that somebody else made; Control Tower's own are expected and not worth a word."""
    return not policy.owned and not policy.aws_managed and not policy.name.startswith("aws-guardrails-")


def _full_targets(
    found: Organization, changes: tuple[Change, ...], allowed: Mapping[PolicyType, Quota]
) -> Iterator[Finding]:
    """Targets that would hold more policies than AWS allows while new ones are attached before old ones go.

    Of SCPs and RCPs, AWS's own FullAWSAccess counts on every target.
    """
    attached = Counter((policy.kind, target) for policy in found.policies for target in policy.targets)
    for change in changes:
        if change.action is Action.ATTACH and change.after:
            kind, target = PolicyType(str(change.after["type"])), str(change.after["target"])
            attached[kind, target] += 1
            quota = allowed[kind]
            if attached[kind, target] + quota.aws_attached == quota.attached + 1:
                yield Finding(
                    "ORG908",
                    f"`{target}` would hold more than {quota.attached} policies of type {kind.value}",
                    Severity.ERROR,
                    change.source,
                    help="new policies are attached before old ones go; take some out first, or merge them",
                )
