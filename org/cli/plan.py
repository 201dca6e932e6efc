"""`org plan`: what would change, written nowhere but here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from org.cli._options import accounts_file, accounts_option, file_argument, show_findings, wants_colour
from org.cli._working import working

if TYPE_CHECKING:
    from org.model.change import Plan


@click.command()
@file_argument
@accounts_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the plan file for `org apply`."
)
@click.option("--detailed-exitcode", is_flag=True, help="End with 2 where there are changes.")
@click.option("--baseline", is_flag=True, help="Show the baseline of the accounts instead of the organization.")
@click.option("--component", multiple=True, metavar="NAME", help="Only this component of the baseline; repeatable.")
@click.option(
    "--account", "--limit", multiple=True, metavar="KEY", help="Only the baseline of this account; repeatable."
)
@click.option("-v", "--verbose", is_flag=True, help="Name every account of a group of the baseline.")
def command(
    file: Path | None,
    named: Path | None,
    form: str,
    out: Path | None,
    *,
    detailed_exitcode: bool,
    **chosen: Any,
) -> int:
    """Compare FILE (accounts.yaml) with the live organization and show what would change.

    Nothing is written to AWS. With --baseline (or --component, or --account) the settings of the accounts are compared,
    which `ansible-playbook playbooks/baseline.yml` then makes so.
    """
    if chosen["baseline"] or chosen["component"] or chosen["account"]:
        from org.cli._baseline import Choice, show_baseline

        if out is not None:
            raise click.UsageError("--out is for the organization; the baseline is applied with ansible-playbook")
        choice = Choice(chosen["component"], chosen["account"], form, chosen["verbose"])
        return show_baseline(accounts_file(file, named), choice, detailed=detailed_exitcode)
    return show_organization(accounts_file(file, named), form, out, detailed=detailed_exitcode)


def show_organization(accounts: Path, form: str, out: Path | None, *, detailed: bool) -> int:
    """The exit code; the plan of the organization is on stdout and, if asked for, in a file."""
    from org.cli import CHANGES, FAILED, OK
    from org.model.finding import Severity
    from org.reconcile import planfile, run

    with working("reading the organization"):
        planned, asked, _ = run.plan(accounts)
    show_findings((*asked.findings, *planned.findings), asked.sources)
    click.echo(rendered(planned, form), nl=False, color=wants_colour(sys.stdout))
    if out is not None:
        write(planfile.dumps(planned), out)
        click.echo(f"wrote {out}; apply exactly this with: org apply {out}", err=True)
    if any(finding.severity is Severity.ERROR for finding in planned.findings):
        return FAILED
    return CHANGES if detailed and planned else OK


def write(text: str, out: Path) -> None:
    """The text is in the file; raises `click.ClickException` where it cannot be."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {out}: {error.strerror}") from error


def rendered(planned: Plan, form: str) -> str:
    """The plan in the format asked for."""
    from org.reconcile import planfile
    from org.report import plan_markdown, plan_text

    if form == "json":
        return planfile.dumps(planned)
    if form == "markdown":
        return plan_markdown.plan(planned)
    return plan_text.plan(planned, colour=wants_colour(sys.stdout))
