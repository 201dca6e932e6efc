"""`org schema`: the JSON Schema of accounts.yaml, for editors."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--included", is_flag=True, help="The schema of files that `include` names.")
@click.option(
    "--with-ous",
    "filled",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="List the organizational units and policies of this accounts file, so that an editor offers them.",
)
def command(included: bool, filled: Path | None) -> int:
    """Print the JSON Schema (draft-07) of accounts.yaml, with the settings of every component and policy."""
    from org import policy
    from org.load import load, schema
    from org.reconcile.wanted import vocabulary

    words = vocabulary(policy.library(policy.library_folders(filled or Path("accounts.yaml"))))
    organization = load(filled, words).organization if filled else None
    if filled and organization is None:
        click.echo(f"error: {filled} has errors; see `org check {filled}`", err=True)
        return 1
    paths = [unit.path for unit in organization.units] if organization else []
    make = schema.included if included else schema.schema
    click.echo(schema.printed(make(words, paths, fill=filled is not None)), nl=False)
    return 0
