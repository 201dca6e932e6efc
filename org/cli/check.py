"""`org check`: what is wrong with accounts.yaml."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli import _policies
from org.cli._judge import JUDGES
from org.cli._options import accounts_file, accounts_option, file_argument, wants_colour
from org.errors import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from org.model.finding import Finding
    from org.reconcile.wanted import Wanted

FORMATS = ("text", "json", "github", "sarif")


@click.command()
@file_argument
@accounts_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print it."
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--policies", type=click.Path(path_type=Path), help="Look at the policy documents in this file or folder instead."
)
@click.option(
    "--kind", type=click.Choice(_policies.KINDS), help="What --policies holds. [default: told from each file]"
)
@click.option("--judge", type=click.Choice(JUDGES), help="Ask AWS's Access Analyzer about --policies as well.")
def command(
    file: Path | None,
    named: Path | None,
    form: str,
    *,
    strict: bool,
    policies: Path | None,
    kind: str | None,
    judge: str | None,
) -> int:
    """Look at accounts.yaml and its policies, and report everything that is wrong, with file, line and column.

    With --policies the documents there are looked at, JSON or YAML, whatever tool they belong to; an accounts file that
    is named beside it tells the rules which roles must never be locked out.

    Without --judge nothing is asked of AWS. The exit code is 1 where there are errors, or with --strict warnings, and 0
    otherwise.
    """
    from org.load.yaml import collector_off
    from org.model.finding import Severity

    if judge and policies is None:
        raise click.UsageError("--judge needs --policies, which says what to ask about")
    begun = time.monotonic()
    path = accounts_file(file, named)
    with collector_off():
        result, told = (
            looked_at(path) if policies is None else _policies.looked_at(policies, kind, file or named, judge)
        )
        written = report(form, result.findings, result.sources)
    if written:
        click.echo(written, color=True)
    if form == "text":
        click.echo(told(time.monotonic() - begun), err=True)
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return 1 if any(finding.severity in bad for finding in result.findings) else 0


def looked_at(path: Path) -> tuple[Wanted, Callable[[float], str]]:
    """What the accounts file says, with all findings, and what sums it up once the seconds are known."""
    from org.reconcile.wanted import wanted

    result = wanted(path)
    result = replace(result, findings=(*result.findings, *_policies.of_accounts(result)))
    return result, partial(summary, path, result)


def report(form: str, found: Sequence[Finding], sources: Mapping[str, str]) -> str:
    """The findings in one of the formats."""
    if form == "json":
        from org.report import json

        return json.findings(found)
    if form == "github":
        from org.report import github

        return github.findings(found)
    if form == "sarif":
        from org.cli._rules import known_rules
        from org.report import sarif

        return sarif.findings(found, {name: rule.title for name, rule in known_rules().items()})
    from org.report import text

    return text.findings(found, sources, colour=wants_colour(sys.stdout))


def summary(path: Path, result: Wanted, seconds: float) -> str:
    """One line: what was looked at, what was found, and how long it took."""
    from org.report import text

    name = text.safe(str(path))
    if not result.findings and result.organization is not None:
        accounts = counted(len(result.organization.accounts), "account")
        units = counted(len(result.organization.units), "organizational unit")
        return f"{name}: no findings in {accounts} and {units} ({seconds:.1f} s)"
    return f"{name}: {text.summary(result.findings)} ({seconds:.1f} s)"
