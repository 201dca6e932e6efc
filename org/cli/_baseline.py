"""`org plan --baseline`: what the baseline would change in every account, without Ansible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from org.cli._working import working

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from org.model.result import Batch


@dataclass(frozen=True, slots=True)
class Choice:
    """Which components and accounts were asked for; none of either is all."""

    components: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    form: str = "text"
    verbose: bool = False


def show_baseline(file: Path, choice: Choice, *, detailed: bool) -> int:
    """The exit code; the changes are on stdout."""
    from org import baseline
    from org.cli import CHANGES, FAILED, OK
    from org.cli._options import show_findings
    from org.reconcile import run, wanted

    asked = wanted.wanted_once(file)
    organization = asked.checked()
    show_findings(asked.findings, asked.sources)
    _known(choice.components, baseline.find(), "component", "--component")
    _known(choice.accounts, [account.key for account in organization.accounts], "account", "--account")
    with working("reading the accounts"):
        made = list(run.components(file, choice.components or None, choice.accounts or None, apply=False))
    click.echo(rendered(made, choice), nl=False)
    results = [result for batch in made for result in batch.results.values()]
    if any(result.failed or result.wrong for result in results):
        return FAILED
    return CHANGES if detailed and any(result.changes for result in results) else OK


def rendered(made: Sequence[Batch], choice: Choice) -> str:
    """The changes in the format asked for."""
    from org.report import baseline_json, baseline_text

    if choice.form == "json":
        return baseline_json.batches(made)
    text = baseline_text.batches(made, verbose=choice.verbose)
    return f"```text\n{text}```\n" if choice.form == "markdown" else text


def _known(names: Iterable[str], known: Collection[str], what: str, option: str) -> None:
    from org.policy.words import suggestion

    for name in names:
        if name not in known:
            raise click.BadParameter(f"no {what} `{name}`; {suggestion(name, known)}", param_hint=option)
