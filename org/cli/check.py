"""`org check`: what is wrong with accounts.yaml."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli._options import accounts_file, accounts_option, file_argument, wants_colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
def command(file: Path | None, named: Path | None, form: str, strict: bool) -> int:
    """Look at accounts.yaml and its policies, and report everything that is wrong, with file, line and column.

    Nothing is asked of AWS. The exit code is 1 where there are errors, or with --strict warnings, and 0 otherwise.
    """
    from org.load.yaml import collector_off
    from org.model.finding import Severity
    from org.reconcile.wanted import wanted

    begun = time.monotonic()
    path = accounts_file(file, named)
    with collector_off():
        result = wanted(path)
        written = report(form, result.findings, result.sources)
    if written:
        click.echo(written, color=True)
    if form == "text":
        click.echo(summary(path, result, time.monotonic() - begun), err=True)
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return 1 if any(finding.severity in bad for finding in result.findings) else 0


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
        accounts, units = len(result.organization.accounts), len(result.organization.units)
        return f"{name}: no findings in {accounts:,} accounts and {units:,} organizational units ({seconds:.1f} s)"
    return f"{name}: {text.summary(result.findings)} ({seconds:.1f} s)"
