"""`org prove`: what holds of all requests, proved or refuted with a request that shows it."""

from __future__ import annotations

from pathlib import Path

import click

from org.cli._options import accounts_file, accounts_option

PATH = click.Path(path_type=Path)
FORMATS = ("text", "json", "github", "sarif")


@click.command()
@click.argument("file", required=False, type=PATH)
@accounts_option
@click.option("--account", "accounts", multiple=True, metavar="KEY", help="Ask about this account.")
@click.option("--ou", "units", multiple=True, metavar="PATH", help="Ask about the accounts below this unit.")
@click.option("--action", "actions", multiple=True, help="Ask about this action; with `*` about several.")
@click.option(
    "--expect",
    type=click.Choice(["denied", "allowed", "never_denied", "equivalent", "implies"]),
    help="What to prove. [default: denied; with --base: equivalent]",
)
@click.option("--principal", "by", multiple=True, help="Only of these principals: a role, `user/NAME`, `root`, an ARN.")
@click.option(
    "--except-principal", "excepted", multiple=True, help="Not of these principals, written like --principal."
)
@click.option("--resource", "resources", multiple=True, metavar="ARN", help="Only on these resources.")
@click.option("--condition", metavar="JSON", help="Only where this Condition is met, written as in a policy.")
@click.option(
    "--who",
    type=click.Choice(["members", "outsiders", "services"]),
    default="members",
    show_default=True,
    help="Whose requests are meant.",
)
@click.option("--base", type=PATH, help="Compare this policy, or this folder of policies...")
@click.option("--head", type=PATH, help="...with this one.")
@click.option("--kind", type=click.Choice(["scp", "rcp"]), help="What they are. [default: told from each file]")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print it."
)
def command(  # noqa: PLR0913 - one parameter for each option
    file: Path | None,
    named: Path | None,
    *,
    accounts: tuple[str, ...],
    units: tuple[str, ...],
    actions: tuple[str, ...],
    expect: str | None,
    by: tuple[str, ...],
    excepted: tuple[str, ...],
    resources: tuple[str, ...],
    condition: str | None,
    who: str,
    base: Path | None,
    head: Path | None,
    kind: str | None,
    form: str,
) -> int:
    """Prove the invariants in FILE (invariants.yaml beside the accounts file), or one claim about all requests.

    With --action the claim is asked of the accounts file's SCPs and RCPs; with --base and --head, two policies or
    folders of policies are compared. The exit code is 1 where a claim is refuted, or nobody knows whether it holds.

    Nothing is asked of AWS, and nothing in the files is run.
    """
    from org.cli import _proving

    if base or head:
        if not base or not head or file or actions:
            raise click.UsageError("--base and --head belong together, and to no FILE and no --action")
        if expect not in (None, "equivalent", "implies"):
            raise click.UsageError("with --base and --head, --expect is `equivalent` or `implies`")
        return _proving.compared(base, head, expect or "equivalent", kind, form)
    path = accounts_file(None, named)
    if not actions:
        if any((accounts, units, by, excepted, resources, condition, expect)):
            raise click.UsageError("those options ask one question, which needs --action")
        return _proving.invariants(file or path.parent / "invariants.yaml", path, form)
    if file or expect in ("equivalent", "implies"):
        raise click.UsageError("--action asks one question of the accounts file, and belongs to no FILE")
    wish = _proving.Wish(actions, expect or "denied", accounts, units, by, excepted, resources, condition, who)
    return _proving.asked(wish, path, form)
