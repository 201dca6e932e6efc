"""`org render`: the policies that accounts.yaml asks for, as AWS will get them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from org.cli._options import accounts_file, accounts_option, file_argument, show_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.organization import Organization
    from org.model.policy import Policy

VERSION = 1
"""The version of the JSON that `--format json` writes."""


@click.command()
@file_argument
@accounts_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write one JSON file a policy here.")
@click.option("--pretty", is_flag=True, help="With --out: indent the files. AWS gets them without white space.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table for people, or every document as versioned JSON.",
)
@click.option(
    "--effective", metavar="ACCOUNT", help="The declarative policies of one account, merged as AWS merges them."
)
@click.option("--role", help="With `org render roles`: one role, as the documents that IAM gets.")
@click.option(
    "--with", "given", multiple=True, metavar="NAME=VALUE", help="With --role: a parameter; for a list, repeat it."
)
@click.option(
    "--credential",
    type=click.Choice(["own", "token"]),
    help="With `org render rotation-function`: what it rotates. [default: own]",
)
def command(  # noqa: PLR0913 - one parameter for each option
    file: Path | None,
    named: Path | None,
    out: Path | None,
    *,
    pretty: bool,
    form: str,
    effective: str | None,
    role: str | None,
    given: tuple[str, ...],
    credential: str | None,
) -> int:
    """Show the policies that FILE (accounts.yaml) asks for, with their size and their targets.

    `org render roles` shows the least-privilege roles instead, the pipeline's own among them; `org render
    rotation-function` the Lambda function that rotates secrets, with its role.

    Nothing is sent to AWS.
    """
    if file == Path("rotation-function"):
        if role or effective:
            raise click.UsageError(f"--{'role' if role else 'effective'} has no meaning for a rotation function")
        from org.cli._rotation import show_rotation

        return show_rotation(accounts_file(None, named), given, form, out, credential or "own")
    if credential:
        raise click.UsageError("--credential belongs to `org render rotation-function`")
    if file == Path("roles"):
        from org.cli._roles import Wish, show_roles

        return show_roles(accounts_file(None, named), Wish(role, given, form, out, pretty=pretty))
    if role or given:
        raise click.UsageError("--role and --with belong to `org render roles`")
    from org.reconcile.wanted import wanted

    asked = wanted(accounts_file(file, named))
    organization = asked.checked()
    policies = organization.policies
    show_findings(asked.findings, asked.sources)
    if effective:
        from org.cli._effective import show_effective

        return show_effective(organization, effective, form)
    if out:
        write(policies, out, pretty=pretty)
    click.echo(as_json(organization) if form == "json" else as_text(organization))
    return 0


def as_text(organization: Organization) -> str:
    """A table: one line a policy with its type, the characters it takes of AWS's quota, and its targets."""
    from org.policy.grammar import name_of
    from org.policy.quota import quotas, size

    allowed = quotas(organization.policy_quotas)
    rows = [("POLICY", "TYPE", "CHARACTERS", "TARGETS")]
    for policy in organization.policies:
        characters = f"{size(policy.content):,} of {allowed[policy.kind].characters:,}"
        rows.append((policy.name, name_of(policy.kind), characters, ", ".join(sorted(policy.targets))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {characters:>{widths[2]}}  {targets}"
        for name, kind, characters, targets in rows
    )


def as_json(organization: Organization) -> str:
    """The versioned JSON: every policy with its document."""
    from org.policy.quota import quotas

    allowed = quotas(organization.policy_quotas)
    records = [record(policy, allowed[policy.kind].characters) for policy in organization.policies]
    return json.dumps({"version": VERSION, "policies": records}, indent=2)


def record(policy: Policy, quota: int) -> dict[str, Any]:
    """One policy as plain JSON data, with the characters that its document may have."""
    from org.policy.quota import size

    return {
        "name": policy.name,
        "type": policy.kind.value,
        "description": policy.description,
        "characters": size(policy.content),
        "quota": quota,
        "targets": sorted(policy.targets),
        "contains": [{"policy": name, "sid": sid} for name, sid in policy.contains],
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
