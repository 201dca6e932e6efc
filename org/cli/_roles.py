"""`org render roles`: the role templates as tables, and one role as the documents that IAM gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from org.model.finding import Finding
    from org.model.organization import Organization
    from org.policy.roles import Needs, Role, RoleTemplate

VERSION = 1
"""The version of the JSON that `--format json` writes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for: all roles, or one by its name with `name=value` texts; a format; a folder for files."""

    name: str | None
    given: Sequence[str] = ()
    form: str = "text"
    out: Path | None = None
    pretty: bool = False


def show_roles(accounts: Path, wish: Wish) -> int:
    """The exit code; all roles with example values are shown, or the one role of that name with the values given.

    What the accounts file says is used where there is one. Findings go to stderr.
    """
    if wish.name is None and (wish.given or wish.out):
        raise click.UsageError(f"--{'with' if wish.given else 'out'} belongs to --role")
    made, failed = made_roles(accounts, wish)
    if wish.form == "json":
        click.echo(as_json(made))
    elif made:
        click.echo(as_documents(made[0]) if wish.name else as_table(made))
    if wish.out and not failed:
        write(made[0], wish.out, pretty=wish.pretty)
    return int(failed)


def made_roles(accounts: Path, wish: Wish) -> tuple[Sequence[Role], bool]:
    """The roles that were asked for, and whether there are errors. Findings are on stderr."""
    from org.cli._options import show_findings
    from org.model.finding import Severity
    from org.policy.library import library_folders
    from org.policy.role_lint import lint_roles
    from org.policy.roles import render_roles, role_library

    organization = _organization(accounts)
    roles = role_library(library_folders(accounts))
    chosen = [*roles.templates.values()] if wish.name is None else [_chosen(roles.templates, wish.name)]
    values = _values(wish.given, chosen[0]) if wish.given else {}
    made, wrong = render_roles(chosen, needs(organization), _known(organization), values, examples=wish.name is None)
    findings = (*roles.findings, *wrong, *lint_roles(made, roles.templates))
    show_findings(findings, _sources(findings))
    return made, any(finding.severity is Severity.ERROR for finding in findings)


def _known(organization: Organization | None) -> dict[str, Any]:
    """What references stand for; without an accounts file, only the names of the pipeline's roles have a value."""
    from org.model.organization import Organization
    from org.policy.reference import known_values

    if organization:
        return dict(known_values(organization))
    return {name: value for name, value in known_values(Organization()).items() if name.startswith("pipeline.")}


def write(role: Role, folder: Path, *, pretty: bool) -> None:
    """One file for each document of the role is in the folder: `s3-read-only.trust.json`."""
    from org.model.policy import minified
    from org.policy.role_parts import named

    for section, document in named(role.documents):
        file = folder / f"{role.name}.{section}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(document, indent=2) if pretty else minified(document), encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(file), error.strerror) from error


def needs(organization: Organization | None) -> Needs:
    """What the pipeline's roles need for all components of the baseline, and for the services of this organization."""
    from org.baseline._needs import needs as of_components

    declared = organization and {*organization.trusted_services, *organization.delegated_administrators}
    return of_components(declared or ())


def _sources(findings: Iterable[Finding]) -> dict[str, str]:
    """The text of every file that a finding points into."""
    files = {finding.span.file for finding in findings if finding.span}
    return {file: Path(file).read_text(encoding="utf-8", errors="replace") for file in files if Path(file).is_file()}


def _organization(accounts: Path) -> Organization | None:
    """What the accounts file declares, None where there is no such file; raises `BadInput` where it has errors."""
    from org.reconcile.wanted import wanted

    return wanted(accounts).checked() if accounts.is_file() else None


def _chosen(templates: Mapping[str, RoleTemplate], name: str) -> RoleTemplate:
    from org.policy.words import suggestion

    if name not in templates:
        raise click.BadParameter(f"no role `{name}`; {suggestion(name, templates)}", param_hint="--role")
    return templates[name]


def _values(given: Sequence[str], role: RoleTemplate) -> dict[str, Any]:
    """`name=value` texts as parameters of the types that the role declares; a list takes one element each time."""
    values: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"`{text}` is not of the form name=value", param_hint="--with")
        kind = role.template.parameters.get(name, {}).get("type", "string")
        if kind == "array":
            values.setdefault(name, []).append(value)
        else:
            values[name] = {"true": True, "false": False}.get(value, value) if kind == "boolean" else value
    return values


def as_table(roles: Sequence[Role]) -> str:
    """A line a role: its name, how many actions its list has, the characters of its documents, and what it is."""
    rows = [("ROLE", "ACTIONS", "CHARACTERS", "WHAT IT IS")]
    rows += [(role.name, str(len(role.allow)), _sizes(role), role.title) for role in roles]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{name:<{widths[0]}}  {count:>{widths[1]}}  {sizes:<{widths[2]}}  {title}"
        for name, count, sizes, title in rows
    ]
    return "\n".join(lines)


def _sizes(role: Role) -> str:
    from org.model.policy import minified
    from org.policy.quota import size
    from org.policy.role_parts import named

    return ", ".join(f"{section} {size(minified(document)):,}" for section, document in named(role.documents))


def as_documents(role: Role) -> str:
    """The documents of a role, indented, each under the name of its section."""
    from org.model.policy import minified
    from org.policy.quota import size
    from org.policy.role_parts import CHARACTERS, PERMISSIONS, named
    from org.policy.roles import QUOTAS

    parts = [f"{role.name}: {role.title}"]
    for section, document in named(role.documents):
        most = CHARACTERS if section.startswith(PERMISSIONS) else QUOTAS[section]
        taken = f"{size(minified(document)):,} of {most:,} characters"
        parts.append(f"{section} ({taken}):\n{json.dumps(document, indent=2)}")
    return "\n\n".join(parts)


def as_json(roles: Sequence[Role]) -> str:
    """The versioned JSON: every role with its documents, its list of actions, and the values it was made with.

    `policies` has the same as IAM gets it, where `documents` takes more than one policy.
    """
    from org.policy.role_parts import named

    records = [
        {
            "name": role.name,
            "title": role.title,
            "documents": dict(role.documents),
            "policies": dict(named(role.documents)),
            "allow": list(role.allow),
            "values": dict(role.values),
            "examples": list(role.examples),
        }
        for role in roles
    ]
    return json.dumps({"version": VERSION, "roles": records}, indent=2)
