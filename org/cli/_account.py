"""`org decide --account KEY ...`: what an organization's policies say to one request, statement by statement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli._options import show_findings
from org.errors import BadInput
from org.model.finding import Finding, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.access.document import Document
    from org.access.policies import Policies
    from org.model.organization import Account, Organization
    from org.model.request import Layer

VERSION = 1
"""The version of the JSON that `--format json` writes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of the command line."""

    account: str
    principal: str
    action: str
    resource: str | None
    resource_account: str | None
    context: tuple[str, ...]
    unknown: tuple[str, ...]
    identity: tuple[Path, ...]
    boundary: Path | None
    resource_policy: Path | None


def answer_one(path: Path, wish: Wish, form: str) -> int:
    """The exit code, 0: the question was answered."""
    from org.access.spec import decide
    from org.cli._said import as_json, as_text
    from org.policy.asking import Asked, question
    from org.policy.spoken import spoken
    from org.reconcile.wanted import wanted

    result = wanted(path)
    organization = result.checked()
    account = _account(organization, wish.account, "--account")
    place = _account(organization, wish.resource_account, "--resource-account") if wish.resource_account else None
    own, spans = _own(wish)
    show_findings(tuple(_misspelt(wish)), {})
    asked = Asked(wish.principal, wish.action, wish.resource, place, _context(wish.context), wish.unknown, own)
    made = question(organization, account, asked)
    said = spoken(made.policies, made.request, organization, result.apart, made.nodes)
    write = as_json if form == "json" else as_text
    click.echo(write(account, made, decide(made.policies, made.request), said, spans))
    return 0


def _account(organization: Organization, key: str, option: str) -> Account:
    from org.policy.words import suggestion

    for account in organization.accounts:
        if key in (account.key, account.id):
            return account
    hint = suggestion(key, [account.key for account in organization.accounts])
    raise click.BadParameter(f"no account `{key}`; {hint}", param_hint=option)


def _context(given: tuple[str, ...]) -> dict[str, str | tuple[str, ...]]:
    """The keys with their values; a key that is given several times has several."""
    values: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for one in given:
        key, sign, value = one.partition("=")
        if not sign or not key.strip():
            raise click.BadParameter(f"`{one}` is not KEY=VALUE", param_hint="--context")
        name = names.setdefault(key.strip().lower(), key.strip())
        values.setdefault(name, []).append(value)
    return {key: listed[0] if len(listed) == 1 else tuple(listed) for key, listed in values.items()}


def _own(wish: Wish) -> tuple[Policies | None, dict[tuple[str, int], Span]]:
    """The policies of the files, None where there are none, and where each of their statements stands."""
    from org.access.policies import Policies
    from org.model.request import Layer

    files = [(Layer.IDENTITY, file) for file in wish.identity]
    files += [(Layer.BOUNDARY, wish.boundary)] if wish.boundary else []
    files += [(Layer.RESOURCE, wish.resource_policy)] if wish.resource_policy else []
    if not files:
        return None, {}
    read, spans = _read(files)
    of = {layer: tuple(one for one in read if one.layer is layer) for layer in Layer}
    boundary, resource = of[Layer.BOUNDARY], of[Layer.RESOURCE]
    policies = Policies(
        identity=of[Layer.IDENTITY],
        boundary=boundary[0] if boundary else None,
        resource=resource[0] if resource else None,
    )
    return policies, spans


def _read(files: Sequence[tuple[Layer, Path]]) -> tuple[list[Document], dict[tuple[str, int], Span]]:
    """The documents of files; a warning for each statement whose meaning is not known. Raises `BadInput`."""
    from org.access.document import document
    from org.policy.lint.reading import tree_of
    from org.policy.parse import LONGEST

    documents: list[Document] = []
    found: list[Finding] = []
    spans: dict[tuple[str, int], Span] = {}
    sources: dict[str, str] = {}
    for layer, file in files:
        with file.open("rb") as opened:
            content = opened.read(LONGEST + 1)
        name = str(file)
        sources[name] = content[:LONGEST].decode(errors="replace")
        tree = tree_of(content, name, found)
        if tree is None:
            continue
        documents.append(document(layer, name, tree.value))
        for statement in documents[-1].statements:
            path = ("Statement", statement.number)
            spans[name, statement.number] = span = tree.span(path if path in tree.spans else ("Statement",))
            if statement.broken:
                message = f"nobody knows what this statement means: {statement.broken}"
                help_ = "requests that it may be about are answered `unknown`"
                found.append(Finding("ORG122", message, Severity.WARNING, span, help=help_))
    if any(one.severity is Severity.ERROR for one in found):
        raise BadInput(found, sources)
    show_findings(found, sources)
    return documents, spans


def _misspelt(wish: Wish) -> list[Finding]:
    """A warning for an action and for each context key that AWS's data does not have: they may be new, or a slip."""
    from org.access import actions
    from org.load.suggest import nearest

    found = []
    as_of = f"in the action data of {actions.as_of()}"
    prefix, _, name = wish.action.partition(":")
    service = actions.service(prefix)
    if service is None or name.lower() not in service.actions:
        known = actions.services() if service is None else {str(one) for one in service.actions.values()}
        near = nearest(prefix if service is None else wish.action, known)
        what = f"`{wish.action}` is no action" if service else f"`{prefix}` is no service"
        found.append(Finding("ORG123", f"{what} {as_of}", Severity.WARNING, help=_hint(near)))
    global_keys = actions.global_keys()
    for key in (*(one.partition("=")[0] for one in wish.context), *wish.unknown):
        own = actions.service(key.partition(":")[0])
        if global_keys.find(key) is None and not key.endswith("*") and (own is None or own.keys.find(key) is None):
            near = nearest(key, [*global_keys.types, *(own.keys.types if own else ())])
            found.append(Finding("ORG123", f"`{key}` is no condition key {as_of}", Severity.WARNING, help=_hint(near)))
    return found


def _hint(near: str | None) -> str:
    return f"did you mean `{near}`?" if near else "it may be newer than the data, and is decided as it is written"
