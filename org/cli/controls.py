"""`org controls`: the recommendations, what serves them, and what holds where."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from org.controls import Row
    from org.policy import Library


@click.command()
@click.option(
    "--for",
    "accounts",
    type=click.Path(path_type=Path),
    help="Say for each unit of this accounts file what holds there.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For people, for a page, or as versioned JSON.",
)
def command(accounts: Path | None, form: str) -> int:
    """Show every recommendation with what prevents, notices and mends its breach, or what holds where.

    What is not built yet is shown as planned. Nothing is asked of AWS: --for says what the file asks for, and
    `org plan` whether it is so.
    """
    from org import baseline
    from org.cli._options import show_findings
    from org.controls.coverage import coverage

    writer = importlib.import_module(f"org.controls.{form}")
    library, rows = served(accounts or Path("accounts.yaml"))
    if accounts is None:
        click.echo(writer.catalogue(rows))
        return 0
    from org.reconcile.wanted import wanted

    asked = wanted(accounts)
    organization = asked.checked()
    show_findings(asked.findings, asked.sources)
    click.echo(writer.coverage(coverage(organization, library, baseline.find(), rows), len(rows)))
    return 0


def served(accounts: Path) -> tuple[Library, tuple[Row, ...]]:
    """The templates at hand, those beside the accounts file among them, and every control with what serves it."""
    from org import baseline, policy
    from org.controls import rows
    from org.policy.roles import role_library

    folders = policy.library_folders(accounts)
    library = policy.library(folders)
    return library, rows(library, role_library(folders), baseline.find())
