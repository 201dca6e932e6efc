"""Whole runs, as the command line and the playbooks start them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from org import baseline
from org.aws import organizations
from org.aws.cloud import Cloud, connect
from org.errors import BadInput, OrgError, Partial
from org.model.finding import Finding
from org.model.place import Place
from org.reconcile.align import match_accounts
from org.reconcile.apply import apply as apply_plan
from org.reconcile.component import AccountResult, reconcile
from org.reconcile.fan_out import fan_out, reason
from org.reconcile.plan import plan as make_plan
from org.reconcile.wanted import Wanted, wanted, wanted_once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from org.model.change import Outcome, Plan
    from org.model.organization import Account, Organization


@dataclass(frozen=True, slots=True)
class Run:
    """One run over the organization: what was planned, what became of it, and what was said about the input."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """A component over many accounts, by account key."""

    results: Mapping[str, AccountResult]


def plan(accounts_file: Path) -> tuple[Plan, Wanted, Cloud]:
    """The plan for the live organization, with what it was made from. Raises `BadInput` and `CloudError`."""
    return _plan(accounts_file, wanted(accounts_file))


def _plan(accounts_file: Path, asked: Wanted) -> tuple[Plan, Wanted, Cloud]:
    organization = asked.checked()
    cloud = connect(organization.home_region)
    made = plan_organization(organization, cloud)
    return replace(made, commit=commit_of(accounts_file), versions=versions()), asked, cloud


def plan_organization(organization: Organization, cloud: Cloud) -> Plan:
    """Read the live organization and plan; nothing is written."""
    found = organizations.read(cloud, {policy.kind for policy in organization.policies})
    made = make_plan(organization, found, partial(organizations.with_contacts, cloud))
    if cloud.is_sandbox:
        # A sandbox has nothing to lose, so a demo may create its organization without being asked.
        made = replace(made, guards=tuple(guard for guard in made.guards if guard[0] != "create-organization"))
    return made


def organization(
    accounts_file: Path,
    *,
    apply: bool,
    allow: Collection[str] = (),
    progress: Callable[[Outcome], None] | None = None,
) -> Run:
    """Plan and, with `apply`, carry out the plan.

    Raises `BadInput`, `GuardTripped`, `StalePlan`, `CloudError`, and `Partial` where some changes failed.
    """
    made, asked, cloud = _plan(accounts_file, wanted_once(accounts_file))
    outcomes = apply_plan(made, cloud, allow=allow, progress=progress) if apply else ()
    if any(outcome.failed for outcome in outcomes):
        raise Partial(outcomes)
    return Run(made, outcomes, (*asked.findings, *made.findings), asked.sources)


def component(accounts_file: Path, name: str, keys: Sequence[str], *, apply: bool) -> Batch:
    """Reconcile one component in the accounts with these keys, many at once; a failing account is a value.

    Raises `BadInput` for an unknown component or a bad accounts file, `CloudError` where the accounts cannot be listed.
    """
    asked = wanted_once(accounts_file).checked()
    known = baseline.find()
    if name not in known:
        raise BadInput([Finding("ORG037", f"unknown component `{name}`", help=f"one of {', '.join(known)}")])
    cloud = connect(asked.home_region)
    found = organizations.read_accounts(cloud)
    matched, _ = match_accounts(asked.accounts, found)
    live = {matched[account.key]: account for account in found if account.key in matched}
    chosen = set(keys)
    accounts = [account for account in asked.accounts if account.key in chosen]
    work = partial(reconcile, known[name], cloud, asked.pipeline, live, apply=apply)
    results = {}
    for account, done in fan_out(work, accounts):
        results[account.key] = _failed(account, live, done) if isinstance(done, OrgError) else done
    return Batch(results)


def _failed(account: Account, live: Mapping[str, Account], error: OrgError) -> AccountResult:
    found = live.get(account.key)
    place = Place((found.id or "") if found else "", name=account.key)
    why, authorization_id = reason(error)
    return AccountResult(account.key, place, failed=True, reason=why, authorization_id=authorization_id)


def versions() -> dict[str, str]:
    """The versions a plan was made with; `source` for a checkout that was never installed."""
    try:
        return {"org": metadata.version("aws-org-baseline")}
    except metadata.PackageNotFoundError:
        return {"org": "source"}


def commit_of(file: Path) -> str | None:
    """The git commit of the folder that holds the file, None where there is none."""
    command = ["git", "-C", str(file.resolve().parent), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
