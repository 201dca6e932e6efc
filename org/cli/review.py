"""`org review`: what a pull request changes, and for whom."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli._options import accounts_file, accounts_option, file_argument, wants_colour
from org.cli._working import working

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from org.model.review import Review

FORMATS = ("text", "json", "markdown")


class Trips(click.ParamType["tuple[str, ...]"]):
    """A list of names, with commas between them."""

    name = "LIST"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names; a usage error for one that does not exist."""
        from org.model.review import Trip

        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in str(value).split(",") if name.strip())
        known = [trip.value for trip in Trip]
        unknown = [name for name in names if name not in known]
        if unknown:
            self.fail(f"no `{unknown[0]}`; there are {', '.join(known)}", param, ctx)
        return names


@click.command()
@file_argument
@accounts_option
@click.option("--base", required=True, metavar="REF", help="The branch that is merged into, or any commit.")
@click.option("--head", metavar="REF", help="What is merged. [default: the working tree]")
@click.option("--exact", is_flag=True, help="Compare with the base itself, not with where the head left it.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print it."
)
@click.option("--corpus", type=click.Path(dir_okay=False, path_type=Path), help="Decide these recorded calls, too.")
@click.option("--fail-on", type=Trips(), default=(), help="End with 1 on any of these: gain,loss,lockout,...")
@click.option("--detailed-exitcode", is_flag=True, help="End with 2 where there are changes.")
def command(  # noqa: PLR0913 - one parameter for each option
    file: Path | None,
    named: Path | None,
    base: str,
    head: str | None,
    form: str,
    *,
    exact: bool,
    corpus: Path | None,
    fail_on: tuple[str, ...],
    detailed_exitcode: bool,
) -> int:
    """Show what changes between two commits: in the policies, and in what people and programs can do.

    Both sides are read through git, rendered and packed here; nothing of them is run. Base is the commit where the head
    left the branch, as in a pull request, unless --exact is given. Nothing is asked of AWS.
    """
    from org.load.yaml import collector_off
    from org.replay.corpus import opened
    from org.review.repository import Repository
    from org.review.reviewing import Asked, review, sides

    path = accounts_file(file, named)
    with working("comparing"), collector_off():
        old, new = sides(Repository(existing(path)), Asked(base, head, exact), path)
        found = review(old, new, opened(corpus) if corpus else None)
        written = rendered(found, form, new.sources)
    click.echo(written, nl=False, color=wants_colour(sys.stdout))
    return code(found, fail_on, detailed_exitcode=detailed_exitcode)


def existing(path: Path) -> Path:
    """The nearest folder above a file that is there; the file itself may be in a commit only."""
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 - links are for git to judge
    while not folder.is_dir():
        folder = folder.parent
    return folder


def code(found: Review, fail_on: Sequence[str], *, detailed_exitcode: bool) -> int:
    """The exit code."""
    from org.cli import CHANGES, FAILED, OK

    if not found.compared or found.trips & set(fail_on):
        return FAILED
    return CHANGES if detailed_exitcode and found else OK


def rendered(found: Review, form: str, sources: Mapping[str, str]) -> str:
    """The review in the format asked for."""
    if form == "json":
        from org.report import review_json

        return review_json.review(found)
    if form == "markdown":
        from org.report import review_markdown

        return review_markdown.review(found)
    from org.report import review_text

    return review_text.review(found, sources, colour=wants_colour(sys.stdout))
