"""`org report secret-access`: who read which secret, when, and from where."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli._options import accounts_option, show_findings, was_given
from org.cli._working import working
from org.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from org.replay.secret_access.access import Report
    from org.replay.secret_access.ledger import Ledger, Pair

FORMATS = ("text", "json", "markdown")
FAILURES = ("first-time", "foreign-account", "foreign-secret", "foreign-endpoint", "around-secrets-manager", "denied")
DAMAGED = "damaged"


@click.command()
@click.argument("logs", nargs=-1)
@click.option("--corpus", type=click.Path(dir_okay=False, path_type=Path), help="Take the reads from this corpus.")
@accounts_option
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    metavar="DATE",
    help="Report what was read since, in UTC; who read before only counts as known.",
)
@click.option(
    "--known",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A report that --format json has written: whoever read there is known; may be repeated.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print it."
)
@click.option(
    "--fail-on", type=click.Choice([*FAILURES, DAMAGED]), multiple=True, help="End with 1 on this; may be repeated."
)
def command(
    logs: tuple[str, ...],
    *,
    corpus: Path | None,
    named: Path | None,
    since: datetime | None,
    known: tuple[Path, ...],
    form: str,
    fail_on: tuple[str, ...],
) -> int:
    """Say who read which secret of Secrets Manager, when, and from where.

    LOGS are CloudTrail's: files, folders, s3://bucket/prefix, or - for standard input. Reads are told by secret and by
    principal, what was refused apart. Accounts that the accounts file does not name are foreign.

    No value of a secret is read, and nothing is asked of AWS but the logs of an s3:// address.
    """
    from org.load.yaml import collector_off
    from org.replay.secret_access.ledger import Ledger

    if bool(logs) == bool(corpus):
        raise click.UsageError("name logs, or a corpus with --corpus")
    before = earlier(known)
    ours = accounts(named)
    ledger = Ledger(since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else "")
    with working("reading logs"), collector_off():
        events, damaged = from_corpus(corpus, ledger) if corpus else from_logs(logs, ledger)
        found = ledger.report(events, damaged, accounts=ours, known=before)
    writer = importlib.import_module(f"org.replay.secret_access.{form}")
    sys.stdout.writelines(f"{line}\n" for line in writer.report(found))
    return 1 if failures(found) & set(fail_on) else 0


def earlier(known: Iterable[Path]) -> frozenset[Pair] | None:
    """Who read in earlier reports, None without any; raises `BadInput` where a file is none."""
    from org.replay.secret_access.known import known as read_by

    found = [read_by(path) for path in known]
    return frozenset().union(*found) if found else None


def accounts(named: Path | None) -> frozenset[str] | None:
    """The ids of the organization's accounts; None where no file says any. Raises `BadInput`."""
    from org.reconcile.wanted import wanted

    path = named or Path("accounts.yaml")
    if not path.exists() and not (named and was_given("named")):
        return None
    asked = wanted(path)
    show_findings(asked.findings, asked.sources)
    found = asked.checked().accounts
    ids = frozenset(account.id for account in found if account.id)
    unknown = [account.key for account in found if not account.id]
    if ids and unknown:
        message = f"{counted(len(unknown), 'account')} of {path} without an id would look foreign: {', '.join(unknown)}"
        click.echo(message, err=True)
    return ids or None


def from_logs(places: tuple[str, ...], ledger: Ledger) -> tuple[int, int]:
    """The reads in the logs are in the ledger; how many events and how many damages there were comes back."""
    from org.errors import BadInput
    from org.model.finding import Span
    from org.replay.damages import damages
    from org.replay.rules import NO_LOGS
    from org.replay.secret_access.reading import Reading

    reading = Reading(ledger)
    files = reading.places(places)
    show_findings(damages(reading.numbers), {})
    if not files:
        raise BadInput([NO_LOGS.finding("there are no logs of calls here", Span(places[0]))])
    return reading.numbers.events, reading.numbers.damaged


def from_corpus(path: Path, ledger: Ledger) -> tuple[int, int]:
    """The reads in the corpus are in the ledger; how many events and damages it stands for comes back."""
    from org.replay import corpus
    from org.replay.secret_access.of_corpus import reads

    opened = corpus.opened(path)
    for call in opened.calls():
        for read in reads(call):
            ledger.add(read)
    show_findings(opened.findings, {})
    click.echo("a corpus has no refused reads, no reads by services, and no persons; logs have", err=True)
    return opened.header.events, opened.header.damaged + len(opened.findings)


def failures(found: Report) -> set[str]:
    """What `--fail-on` may name, as far as it happened."""
    happened = {flag.value for access in found.accesses for flag in access.flags}
    return happened | ({DAMAGED} if found.damaged else set())
