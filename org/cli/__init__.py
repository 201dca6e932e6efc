"""The command line: one file a command, each with a click command named `command`; heavy imports wait inside it."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from typing import TYPE_CHECKING

import click

from org.cli._options import show_findings
from org.errors import BadInput, CloudError, GuardTripped, Locked, OrgError, Partial, StalePlan

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


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="aws-org-baseline", prog_name="org")
def org() -> None:
    """An AWS organization from Git: accounts, guardrails and the security baseline."""


def exit_code(error: OrgError) -> int:
    """The exit code that stands for an error."""
    codes = {StalePlan: STALE, Locked: LOCKED, Partial: PARTIAL}
    return next((code for kind, code in codes.items() if isinstance(error, kind)), FAILED)


def explain_error(error: OrgError) -> str:
    """The lines for a person: what happened and, where there is one, what to do next."""
    lines = [f"error: {error}"]
    if isinstance(error, StalePlan):
        lines += [f"  {difference}" for difference in error.differences]
        lines.append("  = help: make a new plan and have it reviewed")
    if isinstance(error, GuardTripped):
        lines += [f"  {name}: {what}" for name, what in error.guards]
    if isinstance(error, CloudError) and error.authorization_id:
        lines.append(f"  = note: AWS authorization id {error.authorization_id}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code comes back. A mistake in the usage is 64, never click's own 2."""
    try:
        result = org.main(args=None if arguments is None else list(arguments), prog_name="org", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: nothing is half done; run the same command again to go on", err=True)
        return INTERRUPTED
    except BadInput as error:
        show_findings(error.findings, error.sources)
        return FAILED
    except OrgError as error:
        click.echo(explain_error(error), err=True)
        return exit_code(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return result if isinstance(result, int) else OK
