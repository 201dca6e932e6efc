"""`org render rotation-function`: the Lambda function that rotates secrets, its role, and who may invoke it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from org.policy.roles import Role

VERSION = 1
"""The version of the JSON that `--format json` writes."""
ROLE = "secret-rotation"
"""The template of the role, in `scps/role/`."""
RUNTIME = "python3.13"


def show_rotation(accounts: Path, given: Sequence[str], form: str, out: Path | None, credential: str) -> int:
    """The exit code; the files of the bundle are shown, or written to a folder. Findings go to stderr.

    `given` are the parameters of the role as `name=value` texts. With an error among the findings nothing comes out.
    """
    from org.aws.rotation import sources
    from org.cli._roles import Wish, made_roles

    made, failed = made_roles(accounts, Wish(ROLE, given))
    if failed:
        return 1
    (role,) = made
    files = sources(credential) | documents(role)
    if out:
        write(files, out)
    if form == "json":
        click.echo(json.dumps({"version": VERSION, "credential": credential, "files": files}, indent=2))
    elif out:
        click.echo("\n".join(str(out / name) for name in files))
    else:
        click.echo("\n\n".join(f"# ---- {name}\n{text.rstrip()}" for name, text in files.items()))
    return 0


def documents(role: Role) -> dict[str, str]:
    """The policies of the role and the input of the two calls that make the function, as JSON files by name."""
    function, account, region = (role.values[name] for name in ("function", "account", "region"))
    for secret in role.values["secrets"]:
        if secret.split(":")[3:5] != [region, account]:
            message = f"{secret} is not in {region} of account {account}, where the function is"
            raise click.BadParameter(message, param_hint="--with")
    (statement,) = role.documents["resource"]["Statement"]
    made = {
        f"{ROLE}.trust.json": role.documents["trust"],
        f"{ROLE}.permissions.json": role.documents["permissions"],
        "create-function.json": {
            "FunctionName": function,
            "Runtime": RUNTIME,
            "Handler": "rotation_function.handler",
            "Role": f"arn:aws:iam::{account}:role/{function}",
            "Timeout": 60,
        },
        "add-permission.json": permission(function, statement),
    }
    return {name: json.dumps(document, indent=2) + "\n" for name, document in made.items()}


def permission(function: str, statement: Mapping[str, Any]) -> dict[str, str]:
    """The statement as the input of lambda:AddPermission, which takes no policy document.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    return {
        "FunctionName": function,
        "StatementId": statement["Sid"],
        "Action": statement["Action"],
        "Principal": statement["Principal"]["Service"],
        "SourceAccount": statement["Condition"]["StringEquals"]["aws:SourceAccount"],
    }


def write(files: Mapping[str, str], folder: Path) -> None:
    """Every file is in the folder; a `credential.py` that was there is kept, since somebody has filled it in."""
    from org.aws.rotation import CREDENTIAL

    for name, text in files.items():
        file = folder / name
        if name == CREDENTIAL and file.exists():
            click.echo(f"{file} is there already and stays as it is", err=True)
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(file), error.strerror) from error
