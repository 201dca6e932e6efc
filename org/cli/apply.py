"""`org apply`: carry out a plan, the reviewed one from a file or a new one that is shown first."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli._options import accounts_file, accounts_option, show_findings, was_given
from org.cli._working import working
from org.errors import counted

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Outcome, Plan


@click.command()
@click.argument("planfile", required=False, type=click.Path(dir_okay=False, path_type=Path))
@accounts_option
@click.option("--auto-approve", is_flag=True, help="Do not ask before writing.")
@click.option("--allow", multiple=True, metavar="GUARD", help="Let a guard pass; may be given more than once.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
def command(planfile: Path | None, named: Path | None, allow: tuple[str, ...], form: str, *, auto_approve: bool) -> int:
    """Make the organization what the accounts file says.

    With PLANFILE, exactly that plan is carried out, or refused where the organization has changed since (exit code 3).
    Without it a plan is made and shown, and you are asked.
    """
    from org.cli import OK, PARTIAL
    from org.reconcile.apply import apply

    _known_guards(allow)
    if planfile and was_given("named"):
        raise click.UsageError("a plan file says all there is to do; --accounts does not go with it")
    try:
        planned, cloud = _planned(planfile, accounts_file(None, named), form)
    except BrokenPipeError as error:
        raise click.ClickException("nobody reads the plan, so nothing was carried out") from error
    if planned and planfile is None and not auto_approve:
        _ask(planned)
    outcomes = apply(planned, cloud, allow=allow, progress=_progress)
    with suppress(BrokenPipeError):  # the exit code says what became of the changes, whoever reads the summary
        click.echo(_summary(planned, outcomes, form), nl=False)
    return PARTIAL if any(outcome.failed for outcome in outcomes) else OK


def _known_guards(allow: tuple[str, ...]) -> None:
    """Every guard that is to be let pass exists; a name with a slip of the keyboard would let nothing pass."""
    from org.load.suggest import nearest
    from org.reconcile.guard import NAMES

    for name in allow:
        if name not in NAMES:
            near = nearest(name, NAMES)
            hint = f"did you mean `{near}`?" if near else f"the guards are {', '.join(NAMES)}"
            raise click.BadParameter(f"no guard `{name}`; {hint}", param_hint="--allow")


def _planned(planfile: Path | None, accounts: Path, form: str) -> tuple[Plan, Cloud]:
    """The plan to carry out, and the organization to do it in; a new plan is shown first."""
    from org.aws.cloud import connect
    from org.cli.plan import rendered
    from org.reconcile import planfile as planfiles
    from org.reconcile import run

    if planfile is not None:
        return planfiles.read(planfile), connect()
    with working("reading the organization"):
        planned, asked, cloud = run.plan(accounts)
    show_findings((*asked.findings, *planned.findings), asked.sources)
    click.echo(rendered(planned, "text"), nl=False, err=form == "json")
    return planned, cloud


def _ask(planned: Plan) -> None:
    """Go on only after a yes from a person."""
    from org.cli import INTERRUPTED

    if not sys.stdin.isatty():
        message = "nobody is there to ask; give a plan file or --auto-approve"
        raise click.UsageError(message)
    these = "this" if len(planned.changes) == 1 else "these"
    if not click.confirm(f"Carry out {these} {counted(len(planned.changes), 'change')}?", err=True):
        click.echo("nothing was changed", err=True)
        raise click.exceptions.Exit(INTERRUPTED)


def _progress(outcome: Outcome) -> None:
    """Failures at once; everything else only where a person is watching."""
    from org.report.plan_words import outcome_line

    if outcome.failed or sys.stderr.isatty():
        with suppress(OSError):  # words that nobody takes must not stop the changes half way
            click.echo(outcome_line(outcome), err=True)


def _summary(planned: Plan, outcomes: tuple[Outcome, ...], form: str) -> str:
    from org.report import outcomes_json
    from org.report.plan_words import outcome_totals

    if form == "json":
        return outcomes_json.outcomes(planned, outcomes)
    return f"Apply: {outcome_totals(outcomes)}.\n"
