"""`org completion`: the script that teaches a shell the commands and options of org."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL.

    For bash, put `eval "$(org completion bash)"` into ~/.bashrc; zsh and fish likewise.
    """
    from click.shell_completion import get_completion_class

    from org.cli import org

    completion = get_completion_class(shell)
    assert completion is not None, shell
    click.echo(completion(org, {}, "org", "_ORG_COMPLETE").source())
