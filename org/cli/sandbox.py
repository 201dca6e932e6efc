"""`org sandbox`: an AWS organization on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from org.errors import counted

if TYPE_CHECKING:
    import subprocess
    import threading

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox

SHOWN = ("AWS_ENDPOINT_URL", "http_proxy")
"""The variables that always have to be set."""
EXTRA = ("cheroot", "flask", "flask_cors", "moto")
"""The modules that come with the extra `sandbox`."""
FALLBACKS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
"""Variables that AWS clients want to have; set only where the environment has none."""


@click.command()
@click.option("--empty", is_flag=True, help="No organization has been created yet.")
@click.option(
    "--seed-from",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The accounts file whose organization is already there. [default: accounts.yaml]",
)
@click.option("--drift", type=click.IntRange(0), default=0, metavar="N", help="Make N changes to it, as if by hand.")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="The same seed gives the same ids and the same drift."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, metavar="P", help="The port on 127.0.0.1. [default: any]"
)
@click.option(
    "--latency", type=click.FloatRange(0), default=0.0, metavar="MS", help="Milliseconds added to every call."
)
@click.option("--throttle", is_flag=True, help="Refuse calls above AWS's published rates.")
@click.option("--enforce-iam", is_flag=True, help="Hold roles to the policies that IAM has for them.")
@click.option(
    "--log",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a CloudTrail of all calls into this folder.",
)
@click.option("--exec", "shell", metavar="CMD", help="Run this shell command inside and end with its exit code.")
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0913 - one parameter for each option
    seed_from: Path | None,
    shell: str | None,
    program: tuple[str, ...],
    *,
    empty: bool,
    drift: int,
    seed: int,
    port: int,
    latency: float,
    throttle: bool,
    enforce_iam: bool,
    log: Path | None,
) -> int:
    """Serve an AWS organization on 127.0.0.1 until Ctrl-C, or while a command runs.

    The variables that lead AWS clients to it are printed, for `eval` in another terminal. With `--exec 'cmd a b'`, or
    with `-- cmd a b`, one command runs with them set.
    """
    needs_extra()
    from org.sandbox.rates import throttles
    from org.sandbox.serve import Sandbox

    if empty and (seed_from or drift):
        raise click.UsageError("--empty goes with neither --seed-from nor --drift")
    if shell and program:
        raise click.UsageError("give the command either to --exec or after --, not both")
    organization = None if empty else seeded(seed_from or Path("accounts.yaml"))
    faults = throttles() if throttle else ()
    settings: dict[str, Any] = {"enforce_iam": enforce_iam, "log": writable(log) or False, "faults": faults}
    sandbox = Sandbox(organization, port=port, drift=drift, seed=seed, latency=latency / 1000, **settings)
    try:
        with sandbox as running:
            explain(running)
            if shell or program:
                return execute(running, ["/bin/sh", "-c", shell] if shell else list(program))
            done = asked_to_end()
            announce(running)
            while not done.wait(1):
                pass
    except OSError as error:
        if error.filename:
            raise click.ClickException(f"cannot write {error.filename}: {error.strerror}") from error
        raise click.ClickException(f"cannot listen on port {port} of 127.0.0.1: {error}") from error
    return 0


def needs_extra() -> None:
    """What the sandbox is made of is installed; raises `click.ClickException` where it is not."""
    from importlib.util import find_spec

    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"the sandbox needs {' and '.join(missing)}; install with: pip install 'aws-org-baseline[sandbox]'"
        )


def writable(folder: Path | None) -> Path | None:
    """The folder, there to be written into; raises `click.ClickException` where it cannot be."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"cannot write the log into {folder}: {error.strerror}") from error
    return folder


def seeded(path: Path) -> Organization:
    """The organization that the file describes; raises `BadInput` with the findings where it has errors."""
    from org.reconcile.wanted import wanted

    if not path.is_file():
        raise click.UsageError(f"there is no {path}; name a file with --seed-from, or start with --empty")
    return wanted(path).checked()


def explain(running: Sandbox) -> None:
    """Standard error says what is served and what has drifted."""
    realm = running.world.realm
    what = f"an organization with {counted(len(realm.accounts), 'account')}" if realm else "no organization yet"
    click.echo(f"sandbox: {what}, management account {running.management}, at {running.url}", err=True)
    if running.drifted:
        click.echo(f"sandbox: {counted(len(running.drifted), 'change')} made as if by hand:", err=True)
    for line in running.drifted:
        click.echo(f"  {line}", err=True)


def announce(running: Sandbox) -> None:
    """Standard output has the lines that a shell evaluates; standard error says how to stop."""
    import os

    variables = [*SHOWN, *(name for name in FALLBACKS if not os.environ.get(name))]
    variables += [name for name in ("no_proxy", "NO_PROXY") if os.environ.get(name)]
    for name in variables:
        click.echo(f"export {name}={running.environment.get(name, '')}")
    click.echo("sandbox: Ctrl-C ends it", err=True)


def execute(running: Sandbox, program: list[str]) -> int:
    """The exit code of the program, run with the variables set; 128 and the signal's number where one ended it."""
    import signal
    import subprocess

    try:
        with subprocess.Popen(program, env=running.child_environment()) as child:
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            code = patient(child)
    except FileNotFoundError as error:
        raise click.ClickException(f"cannot run {program[0]}: {error.strerror}") from error
    return 128 - code if code < 0 else code


def patient(child: subprocess.Popen[bytes]) -> int:
    """The child's exit code; Ctrl-C is for the child, which gets it too and decides when to end."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def asked_to_end() -> threading.Event:
    """An event that Ctrl-C, or a signal to terminate, sets from now on."""
    import signal
    import threading

    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    return done
