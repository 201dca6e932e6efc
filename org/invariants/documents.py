"""Two policy documents, or two folders of them, compared as if each side were all that is attached at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.access.document import document
from org.access.policies import Policies
from org.access.prove.compare import compare
from org.access.prove.difference import Setting
from org.access.prove.witness import accounts_in
from org.errors import BadInput
from org.invariants.rules import DOCUMENT
from org.model.finding import Severity, Span
from org.model.request import Layer
from org.policy.lint.document import Kind
from org.policy.lint.reading import read_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from org.access.prove.difference import Difference
    from org.model.finding import Finding

LAYERS = {Kind.SCP: Layer.SCP, Kind.RCP: Layer.RCP}
FULL_ACCESS: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
"""Stands beside documents that allow nothing: AWS attaches it to every place."""
EXAMPLE_ACCOUNT, EXAMPLE_ORGANIZATION = "111122223333", "o-exampleorgid"


@dataclass(frozen=True, slots=True)
class Side:
    """The documents of one side by name, and what is wrong with the files."""

    layer: Layer
    documents: tuple[tuple[str, Mapping[str, Any]], ...]
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]

    @property
    def policies(self) -> Policies:
        """The side as the engines read it."""
        if self.layer is Layer.RCP:
            return Policies(rcps=(self._read(),), guardrails_only=True)
        return Policies(scps=(self._read(),), guardrails_only=True)

    def _read(self) -> tuple[Any, ...]:
        return tuple(document(self.layer, name, content) for name, content in self.attached)

    @property
    def attached(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The documents, with FullAWSAccess where SCPs allow nothing."""
        allows = any(
            one.allows for name, content in self.documents for one in document(self.layer, name, content).statements
        )
        return (
            self.documents if allows or self.layer is Layer.RCP else (("FullAWSAccess", FULL_ACCESS), *self.documents)
        )


def side(path: Path, kind: str | None) -> Side:
    """The policies in a file, or in the files below a folder; of the kind, or of the kind that they seem to be."""
    reading = read_path(path, Kind(kind) if kind else None, None)
    found = [one for one in reading.findings if one.severity is Severity.ERROR]
    kinds = {one.kind for one in reading.documents}
    layers = {LAYERS[one] for one in kinds if one in LAYERS}
    if not kinds <= set(LAYERS) or len(layers) != 1:
        known = ", ".join(sorted(one.value for one in kinds)) or "no policy at all"
        hint = "say what they are with `kind` (on the command line, --kind): scp or rcp"
        found += (
            []
            if found
            else [DOCUMENT.finding(f"SCPs are compared, or RCPs, and this is {known}", Span(str(path)), help=hint)]
        )
    documents = tuple((one.tree.span(()).file, one.tree.value) for one in reading.documents)
    return Side(next(iter(layers), Layer.SCP), documents, tuple(found), reading.sources)


def differences(base: Side, head: Side, regions: Sequence[str] = ()) -> tuple[Difference, ...]:
    """All requests that the two sides say something else to. Raises `BadInput` where a side cannot be read."""
    found = list(dict.fromkeys([*base.findings, *head.findings]))
    if base.layer is not head.layer and not found:
        name, _ = head.documents[0]
        found.append(
            DOCUMENT.finding(f"one side has {base.layer.upper()}s, the other {head.layer.upper()}s", Span(name))
        )
    if found:
        raise BadInput(found, {**base.sources, **head.sources})
    return compare(base.policies, head.policies, setting(base, head, regions))


def setting(base: Side, head: Side, regions: Sequence[str]) -> Setting:
    """Some account; the one that the documents name first, so that what they say of it can be met."""
    texts = [text for one in (base, head) for text in one.sources.values()]
    account = next(iter(accounts_in(texts)), EXAMPLE_ACCOUNT)
    return Setting(account, EXAMPLE_ORGANIZATION, f"{EXAMPLE_ORGANIZATION}/r-*/*", tuple(regions))
