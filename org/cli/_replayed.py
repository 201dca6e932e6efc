"""How `org replay` decides the calls of a corpus and shows what comes of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from org.cli._options import show_findings, wants_colour
from org.cli._working import working

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from org.access.document import Document
    from org.model.organization import Organization
    from org.model.request import Reason
    from org.replay.corpus import Corpus
    from org.replay.keys import Keys
    from org.replay.replaying import Group, Replayed
    from org.replay.side import Side
    from org.replay.words import Place


@dataclass(frozen=True, slots=True)
class Asked:
    """What to decide by: the accounts file, a commit or file for today and for what is proposed, the organization."""

    accounts: Path
    base: str | None
    head: str | None
    org_id: str | None


def decided(path: Path, asked: Asked, form: str, fail_on: tuple[str, ...]) -> int:
    """What the calls of a corpus would get is shown; the exit code comes back."""
    from org.replay import corpus

    return shown(corpus.opened(path), *organizations(asked), asked, form, fail_on)


def decided_at_once(
    logs: tuple[str, ...], asked: Asked, keep: Iterable[str], processes: int, form: str, fail_on: tuple[str, ...]
) -> int:
    """The same for logs, with a corpus that keeps just what the policies read and is gone afterwards."""
    from tempfile import TemporaryDirectory

    from org.cli import replay
    from org.replay import corpus
    from org.replay.keys import plus, read_by

    base, head = organizations(asked)
    keys = plus(read_by(one for side in (base, head) if side is not None for one in documents(side)), keep)
    with TemporaryDirectory(prefix="org-replay-") as folder:
        out = Path(folder) / "corpus.gz"
        built, code = replay.read(logs, out, keys, processes, fail_on)
        click.echo(replay.told(built), err=True)
        return shown(corpus.opened(out), base, head, asked, form, fail_on) or code


def kept(accounts: Path | None) -> Keys:
    """The keys that the policies of an accounts file read; without one, the usual keys."""
    from org.reconcile.wanted import wanted
    from org.replay.keys import read_by, usual

    if accounts is None:
        return usual()
    asked = wanted(accounts)
    show_findings(asked.findings, asked.sources)
    return read_by(documents(asked.checked()))


def documents(organization: Organization) -> list[Document]:
    """Every SCP and RCP that reaches somebody."""
    from org.policy.chain import groups
    from org.replay import requesting

    return [one for group in groups(organization) for one in requesting.documents(group.policies)]


def organizations(asked: Asked) -> tuple[Organization | None, Organization]:
    """Base, None without one, and head; raises `BadInput` where their files have errors."""
    with working("reading the policies"):
        head = named(asked.head, asked.accounts)
        return (named(asked.base, asked.accounts) if asked.base else None), head


def named(name: str | None, accounts: Path) -> Organization:
    """The organization that a file or a commit asks for; without a name, the accounts file."""
    from org.reconcile.wanted import wanted

    if name is None or Path(name).is_file():
        asked = wanted(Path(name) if name else accounts)
        show_findings(asked.findings, asked.sources)
        return asked.checked()
    return committed(name, accounts)


def committed(ref: str, accounts: Path) -> Organization:
    """The organization that a commit asks for, read through git; raises `GitFailed` and `BadInput`."""
    from org.cli.review import existing
    from org.errors import BadInput
    from org.review.repository import Repository
    from org.review.sides import accounts_path
    from org.review.sides import committed as at

    repository = Repository(existing(accounts))
    side = at(repository, repository.commit(ref), accounts_path(repository, accounts), ref)
    if side.organization is None:
        raise BadInput(side.findings, side.sources)
    return side.organization


def shown(
    corpus: Corpus, base: Organization | None, head: Organization, asked: Asked, form: str, fail_on: tuple[str, ...]
) -> int:
    """What changes is on standard output; the exit code comes back."""
    from org.replay.replaying import replay
    from org.replay.side import side
    from org.review.staying import after as staying

    ids = {account.key: account.id for account in head.accounts if account.id}
    before = side(base, asked.org_id, ids) if base is not None else None
    head = staying(base, head) if base is not None else head
    after = side(head, asked.org_id)
    with working("deciding calls"):
        found = replay(corpus, before, after)
    place = placing(head, base)
    click.echo(rendered(found, corpus, after, place, form), nl=False, color=wants_colour(sys.stdout))
    if form != "json":
        show_findings(corpus.findings, {})
    if not after.members:
        click.echo(
            "no account of the accounts file has an id, so every caller is outside: see docs/replay.md", err=True
        )
    return 1 if failures(found, corpus) & set(fail_on) else 0


def rendered(found: Replayed, corpus: Corpus, side: Side, place: Place, form: str) -> str:
    """The replay in the format asked for."""
    from org.replay import json, markdown, text

    if form == "json":
        return json.replayed(found, corpus, side, place) + "\n"
    if form == "markdown":
        return markdown.replayed(found, side, place)
    return text.replayed(found, side, place, wants_colour(sys.stdout))


def placing(head: Organization, base: Organization | None) -> Place:
    """What says on which node a statement is attached, from the line of the caller's account."""
    from org.policy.effective import lineage
    from org.replay.replaying import Outcome
    from org.replay.words import level

    lines: list[Mapping[str, tuple[str, ...]]] = [
        {account.id: lineage(account) for account in one.accounts if account.id} for one in (head, base or head)
    ]

    def place(group: Group, reason: Reason) -> str:
        return level(reason, lines[group.outcome is Outcome.NEWLY_ALLOWED].get(group.account, ()))

    return place


def failures(found: Replayed, corpus: Corpus) -> set[str]:
    """What `--fail-on` may name, as far as it happened."""
    from org.replay.replaying import Outcome

    names = {
        "denied": (Outcome.NEWLY_DENIED, Outcome.DENIED),
        "depends": (Outcome.DEPENDS,),
        "allowed": (Outcome.NEWLY_ALLOWED,),
    }
    happened = {name for name, outcomes in names.items() if any(found.of(outcome) for outcome in outcomes)}
    return happened | ({"damaged"} if corpus.header.damaged or corpus.findings else set())
