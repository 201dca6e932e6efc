"""Options and ways of showing things that several commands share."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from org.model.finding import Finding

accounts_option = click.option(
    "--accounts",
    "named",
    type=click.Path(path_type=Path),
    envvar="ORG_ACCOUNTS",
    help="The accounts file. [default: accounts.yaml]",
)
file_argument = click.argument("file", required=False, type=click.Path(path_type=Path))


def accounts_file(file: Path | None, named: Path | None) -> Path:
    """The accounts file: the argument, else `--accounts` or ORG_ACCOUNTS, else accounts.yaml in this folder.

    Raises `click.UsageError` where the argument and `--accounts` name different files: one of them was a mistake.
    """
    if file and named and file != named and was_given("named"):
        raise click.UsageError(f"two accounts files are named: {file}, and with --accounts {named}")
    return file or named or Path("accounts.yaml")


def was_given(parameter: str) -> bool:
    """True where the parameter is on the command line, not only in the environment."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is click.core.ParameterSource.COMMANDLINE


def wants_colour(stream: TextIO) -> bool:
    """True for a terminal, unless NO_COLOR is set (no-color.org); FORCE_COLOR asks for colour anywhere."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def show_findings(findings: Sequence[Finding], sources: Mapping[str, str]) -> None:
    """Print findings for people on stderr."""
    from org.report import text

    if findings:
        colour = wants_colour(sys.stderr)
        click.echo(text.findings(findings, sources, colour=colour), err=True, color=colour)
