"""`org render`: the policies that accounts.yaml asks for, as AWS will get them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.policy import Policy

VERSION = 1
"""The version of the JSON that `--format json` writes."""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--accounts", type=click.Path(path_type=Path, dir_okay=False), help="The accounts file (default: accounts.yaml)."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write one JSON file a policy here.")
@click.option("--pretty", is_flag=True, help="With --out: indent the files. AWS gets them without white space.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(file: Path | None, accounts: Path | None, out: Path | None, pretty: bool, form: str) -> None:
    """Render the policies that FILE asks for, with their size and their targets.

    Nothing is sent to AWS. FILE is accounts.yaml unless named.
    """
    if file and accounts and file != accounts:
        raise click.UsageError(f"two accounts files: {file} and {accounts}")
    policies = rendered(file or accounts or Path("accounts.yaml"))
    if out:
        write(policies, out, pretty=pretty)
    click.echo(as_json(policies) if form == "json" else as_text(policies))


def rendered(path: Path) -> Sequence[Policy]:
    """The policies of an accounts file. Findings go to stderr; raises `BadInput` where one of them is an error."""
    from org.reconcile.wanted import wanted
    from org.report import text

    result = wanted(path)
    if result.findings:
        colour = click.get_text_stream("stderr").isatty() and "NO_COLOR" not in os.environ
        click.echo(text.findings(result.findings, result.sources, colour=colour), err=True)
    return result.checked().policies


def as_text(policies: Sequence[Policy]) -> str:
    """A table: one line a policy with its type, the characters it takes of AWS's quota, and its targets."""
    from org.policy.grammar import SHORT
    from org.policy.quota import QUOTAS, size

    rows = [("POLICY", "TYPE", "CHARACTERS", "TARGETS")]
    for policy in policies:
        characters = f"{size(policy.content):,} of {QUOTAS[policy.kind].characters:,}"
        rows.append((policy.name, SHORT[policy.kind].split()[1], characters, ", ".join(sorted(policy.targets))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {characters:>{widths[2]}}  {targets}"
        for name, kind, characters, targets in rows
    )


def as_json(policies: Sequence[Policy]) -> str:
    """The versioned JSON: every policy with its document."""
    return json.dumps({"version": VERSION, "policies": [record(policy) for policy in policies]}, indent=2)


def record(policy: Policy) -> dict[str, Any]:
    """One policy as plain JSON data."""
    from org.policy.quota import QUOTAS, size

    return {
        "name": policy.name,
        "type": policy.kind.value,
        "description": policy.description,
        "characters": size(policy.content),
        "quota": QUOTAS[policy.kind].characters,
        "targets": sorted(policy.targets),
        "document": policy.document,
    }


def write(policies: Sequence[Policy], folder: Path, *, pretty: bool) -> None:
    """One file for each policy is in the folder, a folder for each type; a `/` in a name is written as %2F."""
    for policy in policies:
        file = folder / policy.kind.value / f"{quote(policy.name, safe='@ ')}.json"
        text = json.dumps(policy.document, indent=2, ensure_ascii=False) if pretty else policy.content
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(file), error.strerror) from error
