"""Whole runs, as the command line and the playbooks start them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from org import baseline
from org.aws import members, organizations
from org.aws.cloud import Cloud, connect
from org.errors import BadInput, Partial
from org.model.finding import Finding
from org.model.result import Batch
from org.policy.library import library_folders
from org.reconcile.align import match_accounts
from org.reconcile.apply import apply as apply_plan
from org.reconcile.places import Ground, concerned, over
from org.reconcile.plan import plan as make_plan
from org.reconcile.wanted import Wanted, wanted, wanted_once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from org.model.change import Outcome, Plan
    from org.model.organization import Organization


@dataclass(frozen=True, slots=True)
class Run:
    """One run over the organization: what was planned, what became of it, and what was said about the input."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]


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


def component(accounts_file: Path, name: str, keys: Collection[str], *, apply: bool, kept: Path | None = None) -> Batch:
    """Reconcile one component in the accounts with these keys, many places at once; a failing account is a value.

    Raises `BadInput` for an unknown component or a bad accounts file, `CloudError` where the accounts cannot be listed.
    `kept` is a file of the run that keeps the list of accounts from one component to the next (`org.aws.members`).
    """
    (batch,) = components(accounts_file, [name], keys, apply=apply, kept=kept)
    return batch


def components(
    accounts_file: Path,
    names: Collection[str] | None,
    keys: Collection[str] | None,
    *,
    apply: bool,
    kept: Path | None = None,
) -> Iterator[Batch]:
    """Reconcile these components (None: all) in these accounts (None: all), one component after the other.

    An account that does not declare a component has no result of it, and one that fails at a component none of later
    ones. Raises as `component` does.
    """
    known = baseline.find()
    wrong = [name for name in names or () if name not in known]
    if wrong:
        message = f"unknown component `{wrong[0]}`"
        raise BadInput([Finding("ORG037", message, help=f"one of {', '.join(known)}")])
    asked = wanted_once(accounts_file).checked()
    accounts = [account for account in asked.accounts if keys is None or account.key in keys]
    chosen = [one for name, one in known.items() if (names is None or name in names)]
    stand = None
    for one in chosen:
        here = concerned(one, accounts)
        if here and stand is None:
            folders = tuple(library_folders(accounts_file))
            stand = ground(asked, connect(asked.home_region), apply=apply, kept=kept, folders=folders)
            stand.sessions.share(other for other in chosen if other.where is not baseline.Where.ORGANIZATION)
        batch = Batch(one.name, over(stand, one, here) if stand else {})
        failed = batch.failed
        accounts = [account for account in accounts if account.key not in failed]
        yield batch


def ground(
    asked: Organization, cloud: Cloud, *, apply: bool, kept: Path | None = None, folders: tuple[Path, ...] = ()
) -> Ground:
    """What a run of the baseline stands on: what is asked for, and the accounts that exist."""
    found = members.read(cloud, kept)
    matched, _ = match_accounts(asked.accounts, found.accounts)
    live = {matched[account.key]: account for account in found.accounts if account.key in matched}
    return Ground(asked, cloud, live, found.id or "", apply, folders)


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
