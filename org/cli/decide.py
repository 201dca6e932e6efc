"""`org decide`: what policies say to a request, and which statements decide."""

from __future__ import annotations

from pathlib import Path

import click

from org.cli._options import accounts_file, accounts_option

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--scenario", type=FILE, help="Policies and principal that the requests share, as JSON.")
@click.option("--requests", help="Requests, one line of JSON each; `-` reads standard input.")
@accounts_option
@click.option("--account", metavar="KEY", help="The account whose guardrails are asked.")
@click.option("--principal", help="A role by its name, `user/NAME`, `root`, an ARN, a service, or `*`.")
@click.option("--action", help="What is done, as `s3:GetObject`.")
@click.option("--resource", metavar="ARN", help="What it is done to; `*` for nothing in particular.")
@click.option("--resource-account", metavar="KEY", help="The account of the resource, where its ARN has none.")
@click.option("--context", multiple=True, metavar="KEY=VALUE", help="A context key; for several values, repeat it.")
@click.option("--unknown", multiple=True, metavar="KEY", help="A context key that nobody knows; may end in `*`.")
@click.option("--identity-policy", type=FILE, multiple=True, help="Ask this policy of the principal too.")
@click.option("--boundary", type=FILE, help="Ask this permissions boundary too.")
@click.option("--resource-policy", type=FILE, help="Ask this policy of the resource too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="With --account: for people, or versioned JSON.",
)
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    scenario: Path | None,
    requests: str | None,
    named: Path | None,
    account: str | None,
    principal: str | None,
    action: str | None,
    resource: str | None,
    resource_account: str | None,
    context: tuple[str, ...],
    unknown: tuple[str, ...],
    identity_policy: tuple[Path, ...],
    boundary: Path | None,
    resource_policy: Path | None,
    form: str,
) -> int:
    """Say whether a request is allowed, and by which statements, without asking AWS.

    With --account, the SCPs and RCPs of the accounts file are asked, from the root down to the account, and policies of
    files beside them. With --requests, each line is a request; its answer is a line of JSON (docs/decide.md).
    """
    if requests is not None or scenario is not None:
        if requests is None or account is not None:
            raise click.UsageError("--scenario and --requests belong together, and not to --account")
        from org.cli._scenario import answer_all

        return answer_all(scenario, requests)
    if not account or not principal or not action:
        raise click.UsageError("--account, --principal and --action are needed, or --scenario and --requests")
    from org.cli._account import Wish, answer_one

    files = (identity_policy, boundary, resource_policy)
    wish = Wish(account, principal, action, resource, resource_account, context, unknown, *files)
    return answer_one(accounts_file(None, named), wish, form)
