"""What `org check` says about policy documents: those in files, and those that accounts.yaml asks for."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from org.cli._judge import judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.finding import Finding
    from org.model.organization import Organization
    from org.policy.lint import Around, Linted
    from org.reconcile.wanted import Wanted

KINDS = ("scp", "rcp", "identity", "resource", "trust")


def looked_at(
    path: Path, kind: str | None, accounts: Path | None, judge: str | None
) -> tuple[Linted, Callable[[float], str]]:
    """What is wrong with the policies in a file or below a folder, and what sums it up once the seconds are known.

    With an accounts file the rules also know the organization's own roles; raises `BadInput` where it has errors.
    With a judge AWS is asked about each document too; raises `CloudError` where that fails.
    """
    from org.policy.lint import Kind, lint_path
    from org.reconcile.wanted import wanted

    organization = wanted(accounts).checked() if accounts else None
    linted = lint_path(path, Kind(kind) if kind else None, around(organization))
    if judge:
        linted = judged(linted, organization.home_region if organization else None)
    return linted, partial(summary, path, linted)


def of_accounts(result: Wanted) -> tuple[Finding, ...]:
    """What is wrong with the policies that accounts.yaml asks for; nothing where the file itself has errors."""
    from org.policy.lint import lint_policies

    if result.organization is None:
        return ()
    return lint_policies(result.organization.policies, around(result.organization))


def around(organization: Organization | None) -> Around:
    """What the rules may know beside a policy: the organization, and what its pipeline needs in each account."""
    from org import baseline
    from org.policy.lint import Around

    components = baseline.find().values()
    return Around(
        organization=organization,
        reads=frozenset(action for component in components for action in component.reads),
        writes=frozenset(action for component in components for action in component.writes),
    )


def summary(path: Path, linted: Linted, seconds: float) -> str:
    """One line: what was looked at, what was found, and how long it took."""
    from org.report import text

    name = text.safe(str(path))
    counted = f"{linted.documents:,} polic{'y' if linted.documents == 1 else 'ies'}"
    return f"{name}: {text.summary(linted.findings)} in {counted} ({seconds:.1f} s)"
