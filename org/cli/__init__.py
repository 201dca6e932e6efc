"""The command line: one file a command, each with a click command named `command`; heavy imports wait inside it."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from org.cli import _streams
from org.cli._options import show_findings
from org.errors import BadInput, CloudError, GitFailed, GuardTripped, Locked, OrgError, Partial, StalePlan

if TYPE_CHECKING:
    from collections.abc import Sequence

OK, FAILED, CHANGES, STALE, LOCKED, PARTIAL, USAGE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 64, 130
"""The exit codes that other programs may rely on (docs/exit-codes.md)."""


class Commands(click.Group):
    """The commands are the modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported only now; None where there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """The context of one run; its help goes to whoever reads it."""
        with _streams.reader_may_leave():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """What the command gives back."""
        with _streams.reader_may_leave():
            return super().invoke(ctx)


def _show_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    """The version of the package is shown, `source` for a checkout that was never installed."""
    if not asked or context.resilient_parsing:
        return
    from importlib import metadata

    try:
        version = metadata.version("aws-org-baseline")
    except metadata.PackageNotFoundError:
        version = "source"
    click.echo(f"org, version {version}")
    context.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def org() -> None:
    """An AWS organization from Git: accounts, guardrails and the security baseline."""


def exit_code(error: BaseException) -> int:
    """The exit code that stands for an error."""
    codes: dict[type[BaseException], int] = {
        StalePlan: STALE,
        Locked: LOCKED,
        Partial: PARTIAL,
        click.UsageError: USAGE,
        click.Abort: INTERRUPTED,
        KeyboardInterrupt: INTERRUPTED,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), FAILED)


def show_error(error: BaseException) -> None:
    """Standard error says what is wrong, and where there is one, what to do next."""
    if isinstance(error, click.ClickException):
        error.show()
    elif isinstance(error, BadInput):
        show_findings(error.findings, error.sources)
    elif isinstance(error, OrgError):
        click.echo(explain_error(error), err=True)
    elif isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {where}{error.strerror or error}", err=True)
    else:
        click.echo("interrupted; what was done is done, and the same command goes on from there", err=True)


def explain_error(error: OrgError) -> str:
    """The lines for a person: what happened and, where there is one, what to do next."""
    lines = [f"error: {error}"]
    if isinstance(error, StalePlan):
        lines += [f"  {difference}" for difference in error.differences]
        lines.append("  = help: make a new plan and have it reviewed")
    if isinstance(error, GuardTripped):
        lines += [f"  {name}: {what}" for name, what in error.guards]
    if isinstance(error, GitFailed) and error.help:
        lines.append(f"  = help: {error.help}")
    if isinstance(error, CloudError) and error.authorization_id:
        lines.append(f"  = note: AWS authorization id {error.authorization_id}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code comes back. A mistake in the usage is 64, never click's own 2."""
    _streams.attach()
    try:
        result = org.main(args=None if arguments is None else list(arguments), prog_name="org", standalone_mode=False)
        sys.stdout.flush()
        code = result if isinstance(result, int) else OK
    except (BrokenPipeError, _streams.ReaderGoneError):
        code = OK
    except (click.Abort, click.ClickException, KeyboardInterrupt, OrgError, OSError) as error:
        code = exit_code(error)
        with suppress(OSError):  # the error is told by the exit code even where nobody takes its words
            show_error(error)
    _streams.settle()
    return code
