"""`org replay`: what policies would have said to the calls in CloudTrail's logs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli import _replayed
from org.cli._options import accounts_option, show_findings
from org.cli._working import working
from org.errors import counted

if TYPE_CHECKING:
    from org.replay.building import Built
    from org.replay.keys import Keys

FORMATS = ("text", "json", "markdown")
FAILURES = ("denied", "depends", "allowed", "damaged")


@click.command()
@click.argument("logs", nargs=-1)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the corpus of LOGS here.")
@click.option("--merge", is_flag=True, help="LOGS are corpora: add them up into --out.")
@click.option("--corpus", type=click.Path(dir_okay=False, path_type=Path), help="Take the calls from this corpus.")
@accounts_option
@click.option("--base", metavar="REF|FILE", help="What holds today: a commit of the accounts file, or another file.")
@click.option("--head", metavar="REF|FILE", help="What is proposed. [default: the accounts file]")
@click.option("--org-id", metavar="ID", help="The id of the organization, o-..., where policies ask for it.")
@click.option(
    "--keep", multiple=True, metavar="KEY", help="Keep this condition key in the corpus too; may be repeated."
)
@click.option("--athena", is_flag=True, help="Print SQL with which Athena condenses logs where they are.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Read with so many.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print it."
)
@click.option("--fail-on", type=click.Choice(FAILURES), multiple=True, help="End with 1 on this; may be repeated.")
def command(  # noqa: PLR0913 - one parameter for each option
    logs: tuple[str, ...],
    *,
    out: Path | None,
    corpus: Path | None,
    named: Path | None,
    base: str | None,
    head: str | None,
    org_id: str | None,
    keep: tuple[str, ...],
    processes: int,
    form: str,
    fail_on: tuple[str, ...],
    merge: bool,
    athena: bool,
) -> int:
    """Say what policies would have said to calls that were really made.

    LOGS are CloudTrail's: files, folders, s3://bucket/prefix, or - for standard input. With --out they are condensed to
    a corpus of distinct calls and nothing is decided; a run that was stopped goes on where it was. Without, or with
    --corpus, each call is decided by the policies of --head and, with --base, what changes is shown.

    Nothing is asked of AWS but the logs of an s3:// address.
    """
    if merge:
        return merged(logs, out)
    if athena:
        return printed(named, keep)
    if bool(logs) == bool(corpus):
        raise click.UsageError("name logs, or a corpus with --corpus")
    if corpus and out:
        raise click.UsageError("--out is for the corpus of logs; --corpus names one that is there")
    if out and (base or head):
        raise click.UsageError("--out makes a corpus and decides nothing; give it to --corpus in a second run")
    if out:
        from org.replay.keys import plus

        kept = plus(_replayed.kept(named), keep)
        return condensed(logs, out, kept, processes, form, fail_on)
    asked = _replayed.Asked(named or Path("accounts.yaml"), base, head, org_id)
    if corpus:
        return _replayed.decided(corpus, asked, form, fail_on)
    return _replayed.decided_at_once(logs, asked, keep, processes, form, fail_on)


def printed(named: Path | None, keep: tuple[str, ...]) -> int:
    """The SQL for a corpus with the same keys is on standard output; the exit code comes back."""
    from org.replay.keys import plus
    from org.replay.query import unload

    click.echo(unload(plus(_replayed.kept(named), keep)), nl=False)
    return 0


def merged(corpora: tuple[str, ...], out: Path | None) -> int:
    """The corpora are one; the exit code comes back."""
    from org.replay import corpus

    if not corpora or out is None:
        raise click.UsageError("--merge needs corpora to add up and --out for their sum")
    if any(Path(one).resolve() == out.resolve() for one in corpora):
        raise click.UsageError(f"{out} is one of those to add up: write the sum to another file")
    show_findings(corpus.merge([Path(one) for one in corpora], out), {})
    click.echo(f"wrote {out}: {counted(corpus.opened(out).header.events, 'event')}", err=True)
    return 0


def condensed(logs: tuple[str, ...], out: Path, keys: Keys, processes: int, form: str, fail_on: tuple[str, ...]) -> int:
    """The corpus of the logs is in the file; the exit code comes back."""
    begun = time.monotonic()
    built, code = read(logs, out, keys, processes, fail_on)
    if form == "json":
        from org.replay import json
        from org.replay.damages import damages

        findings = damages(built.numbers)
        click.echo(json.built(str(out), built.numbers, built.files, built.resumed, findings))
    click.echo(f"wrote {out}: {told(built)} ({time.monotonic() - begun:.1f} s)", err=True)
    return code


def read(logs: tuple[str, ...], out: Path, keys: Keys, processes: int, fail_on: tuple[str, ...]) -> tuple[Built, int]:
    """What was read into the corpus, damages shown, and the exit code that they ask for."""
    from org.errors import BadInput
    from org.model.finding import Span
    from org.replay.building import build
    from org.replay.damages import damages
    from org.replay.rules import NO_LOGS

    with working("reading logs"):
        built = build(logs, out, keys, processes=processes)
    show_findings(damages(built.numbers), {})
    if not built.files:
        span = Span(logs[0])
        raise BadInput([NO_LOGS.finding("there are no logs of calls here", span)])
    return built, 1 if "damaged" in fail_on and built.numbers.damaged else 0


def told(built: Built) -> str:
    """The numbers in one line."""
    numbers = built.numbers
    parts = [f"{counted(numbers.events, 'event')} of {counted(built.files, 'file')}"]
    if built.resumed:
        parts.append(f"{counted(built.resumed, 'file')} read by an earlier run")
    parts += [f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(numbers.skipped.items()) if count]
    if numbers.damaged:
        parts.append(f"{numbers.damaged:,} damaged")
    return ", ".join(parts)
