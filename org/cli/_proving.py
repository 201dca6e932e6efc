"""What `org prove` does: reads, asks, and prints what became of each claim."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from org.cli._options import show_findings
from org.errors import BadInput
from org.model.finding import Severity
from org.model.proof import PROVED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from org.access.document import Document
    from org.invariants import Invariant
    from org.model.finding import Finding
    from org.model.organization import Organization
    from org.model.proof import Proof

ONCE = "the question"
"""The name of a claim that is asked on the command line."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One question, as the options of the command line put it."""

    actions: tuple[str, ...]
    expect: str
    accounts: tuple[str, ...]
    units: tuple[str, ...]
    by: tuple[str, ...]
    excepted: tuple[str, ...]
    resources: tuple[str, ...]
    condition: str | None
    who: str


def invariants(file: Path, accounts: Path, form: str) -> int:
    """The exit code of a whole invariants file. Raises `BadInput` where it has errors."""
    from org.invariants import read

    begun = time.monotonic()
    found = read(file)
    if any(one.severity is Severity.ERROR for one in found.findings):
        raise BadInput(found.findings, found.sources)
    about_requests = any(one.claim not in ("equivalent", "implies") for one in found.invariants)
    organization = _organization(accounts) if about_requests else None
    proofs, findings = _proofs(found.invariants, organization, file.parent)
    if any(one.severity is Severity.ERROR for one in findings):
        raise BadInput(findings, found.sources)
    show_findings(findings, found.sources)
    return _printed(proofs, form, str(file), begun)


def asked(wish: Wish, accounts: Path, form: str) -> int:
    """The exit code of one question. Raises `BadInput` where it names what is not there."""
    from org.invariants import Invariant

    begun = time.monotonic()
    invariant = Invariant(
        name=ONCE,
        claim=wish.expect,
        about=wish.actions,
        units=wish.units,
        accounts=wish.accounts,
        who=wish.who,
        by=wish.by,
        excepted=wish.excepted,
        resources=wish.resources or ("*",),
        condition=_condition(wish.condition),
    )
    proofs, findings = _proofs([invariant], _organization(accounts), accounts.parent)
    if any(one.severity is Severity.ERROR for one in findings):
        raise BadInput(findings, {})
    show_findings(findings, {})
    return _printed(proofs, form, str(accounts), begun)


def compared(base: Path, head: Path, expect: str, kind: str | None, form: str) -> int:
    """The exit code of a comparison of two policies or folders. Raises `BadInput` where one cannot be read."""
    begun = time.monotonic()
    proof = _compared(f"{base} and {head}", expect, (base, head), kind)
    return _printed([proof], form, f"{base}, {head}", begun)


def _condition(text: str | None) -> Mapping[str, object]:
    if text is None:
        return {}
    try:
        made = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}", param_hint="--condition") from error
    if not isinstance(made, dict):
        raise click.BadParameter("not an object of operators", param_hint="--condition")
    return made


def _organization(accounts: Path) -> Organization:
    from org.reconcile.wanted import wanted

    return wanted(accounts).checked()


def _proofs(
    found: Sequence[Invariant], organization: Organization | None, folder: Path
) -> tuple[list[Proof], list[Finding]]:
    """What became of each invariant, and what is wrong with some; nothing is proved where something is."""
    from org.invariants import told
    from org.invariants.meaning import Meaning, meaning
    from org.invariants.proving import answers
    from org.policy.chain import contents

    findings: list[Finding] = []
    meant: list[Meaning | Invariant] = []
    for one in found:
        if organization is None or one.claim in ("equivalent", "implies"):
            meant.append(one)
            continue
        made, wrong = meaning(one, organization)
        findings += wrong
        meant += [made] if made is not None else []
    if any(one.severity is Severity.ERROR for one in findings):
        return [], findings
    proofs = []
    for asked_one in meant:
        if isinstance(asked_one, Meaning):
            assert organization is not None
            proofs.append(told.proof(asked_one.invariant, answers(asked_one, organization), contents(organization)))
        else:
            first, second = (folder / name for name in asked_one.about)
            proofs.append(_compared(asked_one.name, asked_one.claim, (first, second), asked_one.kind, asked_one))
    return proofs, findings


def _compared(
    name: str, expect: str, paths: tuple[Path, Path], kind: str | None, invariant: Invariant | None = None
) -> Proof:
    from org.invariants import told
    from org.invariants.documents import differences, setting, side

    base, head = (side(path, kind) for path in paths)
    found = [one for one in differences(base, head) if expect == "equivalent" or not one.gain]
    said = told.CLAIMS[expect].format(*(str(path) for path in paths))
    if expect == "equivalent":
        said = told.CLAIMS[expect].format(" and ".join(f"`{path}`" for path in paths))
    contents = dict((*base.attached, *head.attached))

    def content(one: Document) -> Mapping[str, object]:
        return contents[one.name]

    proof = told.compared(name, said, found, (base.policies, head.policies), setting(base, head, ()), content)
    return replace(proof, why=invariant.why, span=invariant.span("name")) if invariant else proof


def _printed(proofs: Sequence[Proof], form: str, name: str, begun: float) -> int:
    """The exit code: 1 unless all is proved."""
    from org.invariants import told
    from org.report import github, proofs_json, proofs_text, sarif
    from org.report.text import safe

    if form == "json":
        click.echo(proofs_json.proofs(proofs))
    elif form == "text":
        written = proofs_text.proofs(proofs)
        if written:
            click.echo(written.rstrip())
        seconds = time.monotonic() - begun
        click.echo(f"{safe(name)}: {proofs_text.summary(proofs)} ({seconds:.1f} s)", err=True)
    else:
        found = tuple(told.findings(proofs))
        if form == "sarif":
            from org.cli._rules import known_rules

            click.echo(sarif.findings(found, {rule: one.title for rule, one in known_rules().items()}))
        elif found:
            click.echo(github.findings(found))
    return 0 if all(one.verdict == PROVED for one in proofs) else 1
