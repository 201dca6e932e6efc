"""A plan, carried out: every precondition is looked at again, then each change is made or says why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from org.aws.account_creation import SANDBOX_TIMING, AccountCreation, Timing
from org.aws.organizations import read, with_contacts
from org.aws.organizations_write import write
from org.errors import BadInput, CloudError, GuardTripped, OrgError, StalePlan
from org.model.change import Action, Outcome, Result, Risk
from org.model.finding import Severity
from org.reconcile.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from org.aws.cloud import Cloud
    from org.aws.directory import Directory
    from org.model.change import Change, Plan, State

    Progress = Callable[[Outcome], None]

PROTECTING = ("organization", "policy-type", "policy", "attachment", "organizational-unit")
"""Kinds of change that put guardrails in place: while one of them is missing, nothing is moved or taken away.

An account that could not be moved holds back only what is taken away: its old guardrails are still the ones it has.
"""


def apply(
    plan: Plan, cloud: Cloud, *, allow: Collection[str] = (), progress: Progress | None = None
) -> tuple[Outcome, ...]:
    """Carry out a plan and nothing else; one outcome for each change, in the plan's order.

    Raises `BadInput` for a plan with findings that are errors, `GuardTripped` for a guard that `allow` does not name,
    and `StalePlan` where a fact the plan rests on has changed; in all cases nothing was written. A change that is so
    already is skipped.
    """
    if any(finding.severity is Severity.ERROR for finding in plan.findings):
        raise BadInput(plan.findings)
    tripped = [guard for guard in plan.guards if guard[0] not in allow]
    if tripped:
        raise GuardTripped(tripped)
    if not plan:
        return ()
    found = read(cloud)
    kinds = {
        change.place.account: sorted(change.after["contacts"])
        for change in plan.changes
        if change.place.account and change.after and "contacts" in change.after
    }
    live = Live(with_contacts(cloud, found, kinds), plan.changes)
    if plan.organization_id and live.found.id != plan.organization_id:
        raise StalePlan([f"the plan is for {plan.organization_id}, the credentials are for {live.found.id}"])
    done = already_so(plan, live)
    outcomes: dict[int, Outcome] = {}
    for number, outcome in _Run(cloud, live.directory()).outcomes(plan.changes, done):
        outcomes[number] = outcome
        if progress is not None:
            progress(outcome)
    return tuple(outcomes[number] for number in range(len(plan.changes)))


def already_so(plan: Plan, live: Live) -> frozenset[int]:
    """The numbers of the changes that are so already; raises `StalePlan` where a precondition no longer holds."""
    done, differences = set(), []
    updates = {change.name: change for change in plan.changes if _is_policy_update(change)}
    will_be: dict[str, State | None] = {}
    for number, change in enumerate(plan.changes):
        observed = will_be.get(change.name) if _is_policy_update(change) else None
        observed = live.observed(change) if observed is None else observed
        if _is_policy_update(change):
            # A policy may be updated twice; what the first update makes is what the second one is based on.
            last = updates[change.name].after
            will_be[change.name] = last if same_state(observed, last) else change.after
            observed = change.after if same_state(observed, last) else observed
        if same_state(observed, change.after):
            done.add(number)
        elif not same_state(observed, change.before):
            what = f"{change.action.value} {change.kind} {change.name}"
            differences.append(f"{what}: planned on {_short(change.before)}, found {_short(observed)}")
    if differences:
        raise StalePlan(differences)
    return frozenset(done)


def _is_policy_update(change: Change) -> bool:
    return (change.kind, change.action) == ("policy", Action.UPDATE)


def same_state(left: State | None, right: State | None) -> bool:
    """True where two states say the same; policy texts are compared as JSON."""
    if left is None or right is None:
        return left is right
    return _parsed(left) == _parsed(right)


def _parsed(state: State) -> dict[str, object]:
    return {key: json.loads(value) if key == "content" else value for key, value in state.items()}


def _short(state: State | None) -> str:
    return "nothing" if state is None else json.dumps(state, ensure_ascii=False)


class _Run:
    """One run over the changes: the directory grows, and a failure may hold back what depends on it."""

    def __init__(self, cloud: Cloud, directory: Directory) -> None:
        self._cloud, self._directory = cloud, directory
        self._missing_guardrail = ""
        self._not_moved = ""
        self._not_created: set[str] = set()

    def outcomes(self, changes: tuple[Change, ...], done: frozenset[int]) -> Iterator[tuple[int, Outcome]]:
        """An outcome for every change, with its number; new accounts are created side by side."""
        creations = [n for n, change in enumerate(changes) if _is_creation(change) and n not in done]
        for number, change in enumerate(changes):
            if number in done:
                yield number, Outcome(change, Result.SKIPPED, "it is so already")
            elif number in creations:
                if number == creations[0]:
                    yield from self._create_accounts(changes, creations)
            else:
                yield number, self._make(change)

    def _make(self, change: Change) -> Outcome:
        if about_account(change) in self._not_created:
            return Outcome(change, Result.SKIPPED, f"account {about_account(change)} could not be created")
        if because := self._held_back(change):
            return Outcome(change, Result.SKIPPED, f"held back, because {because} failed")
        try:
            write(self._cloud, self._directory, change)
        except OrgError as error:
            what = f"{change.action.value} {change.kind} {change.name}"
            if change.kind in PROTECTING:
                self._missing_guardrail = what
            elif change.action is Action.MOVE:
                self._not_moved = what
            return _failure(change, error)
        return Outcome(change, Result.DONE)

    def _held_back(self, change: Change) -> str:
        """What failed and so holds this change back; empty where nothing does."""
        if change.risk is Risk.HIGH:
            return self._missing_guardrail or self._not_moved
        return self._missing_guardrail if change.action is Action.MOVE else ""

    def _create_accounts(self, changes: tuple[Change, ...], numbers: list[int]) -> Iterator[tuple[int, Outcome]]:
        timing = SANDBOX_TIMING if self._cloud.is_sandbox else Timing()
        by_name = {changes[number].name: number for number in numbers}

        def created(change: Change, account_id: str) -> None:
            self._directory.accounts[change.name] = account_id

        creation = AccountCreation(self._cloud, created, timing)
        for change, error in creation.run([changes[number] for number in numbers]):
            if error is not None:
                self._not_created.add(change.name)
            outcome = Outcome(change, Result.DONE) if error is None else _failure(change, error)
            yield by_name[change.name], outcome


def about_account(change: Change) -> str:
    """The key of the account that a change is about; empty for one about something else."""
    if change.kind == "attachment":
        kind, _, name = str((change.after or change.before or {})["target"]).partition(":")
        return name if kind == "account" else ""
    return change.place.name if change.kind in ("account", "delegated-administrator") else ""


def _is_creation(change: Change) -> bool:
    return (change.kind, change.action) == ("account", Action.CREATE)


def _failure(change: Change, error: OrgError) -> Outcome:
    authorization_id = error.authorization_id if isinstance(error, CloudError) else ""
    return Outcome(change, Result.FAILED, str(error), authorization_id)
