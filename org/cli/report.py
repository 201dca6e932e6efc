"""`org report`: what people and programs did, out of the logs."""

from __future__ import annotations

import importlib
from typing import Final

import click

REPORTS: Final = {"secret-access": "org.cli._secret_access"}
"""Every report, and the module of its command."""


class Reports(click.Group):
    """The reports are commands of their own, imported only when they are asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names of all reports, sorted."""
        return sorted(REPORTS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in REPORTS:
            return None
        command: click.Command = importlib.import_module(REPORTS[cmd_name]).command
        return command


@click.command(cls=Reports)
def command() -> None:
    """Say what people and programs did, out of CloudTrail's logs."""
