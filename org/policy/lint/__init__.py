"""What is wrong with policy documents: `lint_path` for files, `lint_policies` for those that accounts.yaml asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from org.policy.lint import reading
from org.policy.lint.document import Around, Kind
from org.policy.lint.rules import rules, run
from org.policy.reference import known_values
from org.policy.roles import Needs, render_roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from org.model.finding import Finding
    from org.model.policy import Policy
    from org.policy.lint.document import Document
    from org.policy.roles import Role, RoleTemplate

__all__ = ["Around", "Kind", "Linted", "lint_path", "lint_policies", "rules"]


SAMPLE_READS = ("s3:GetAccountPublicAccessBlock",)
SAMPLE_WRITES = ("s3:PutAccountPublicAccessBlock",)
"""What the pipeline's roles are made with where nobody says what they need."""


@dataclass(frozen=True, slots=True)
class Linted:
    """Findings in the order of the files, the text of each file, how many files, and the documents in them."""

    findings: tuple[Finding, ...]
    sources: Mapping[str, str]
    files: int
    read: tuple[Document, ...]

    @property
    def documents(self) -> int:
        """How many documents were looked at."""
        return len(self.read)


def lint_path(path: Path, kind: Kind | None = None, around: Around | None = None) -> Linted:
    """What is wrong with the policies in a file, or in every JSON and YAML file below a folder.

    `kind` is what to take them for; without it each document is looked at. Nothing is raised for a broken file.
    """
    from org.policy.role_lint import lint_roles, role_documents

    around = around or Around()
    found = reading.read_path(path, kind, around.organization)
    together = replace(around, documents=tuple(found.documents))
    findings = [
        *found.findings,
        *(one for document in found.documents for one in run(replace(document, around=together))),
    ]
    made, wrong = _roles(found.roles, around)
    findings += [*wrong, *lint_roles(made, found.roles)]
    ordered = tuple(sorted(findings, key=lambda finding: finding.order))
    of_roles = (document for _, document in role_documents(made, found.roles))
    return Linted(ordered, found.sources, found.files, (*found.documents, *of_roles))


def _roles(templates: Mapping[str, RoleTemplate], around: Around) -> tuple[tuple[Role, ...], tuple[Finding, ...]]:
    """The roles that the templates give with their defaults and examples, and what is wrong with those."""
    reads = tuple(sorted(around.reads)) or SAMPLE_READS
    writes = tuple(sorted(around.writes)) or SAMPLE_WRITES
    needs = Needs(component_reads=reads, component_writes=writes)
    known = known_values(around.organization or reading.SAMPLE)
    return render_roles(templates.values(), needs, known, examples=True)


def lint_policies(policies: Iterable[Policy], around: Around) -> tuple[Finding, ...]:
    """What is wrong with rendered policies; each finding stands where accounts.yaml asks for the policy."""
    wanted = [policy for policy in policies if policy.kind in reading.POLICY_TYPES]
    documents = [reading.of_policy(policy) for policy in wanted]
    together = replace(around, documents=tuple(documents))
    named = [
        replace(finding, message=f"policy `{policy.name}`: {finding.message}")
        for policy, document in zip(wanted, documents, strict=True)
        for finding in run(replace(document, around=together))
    ]
    return tuple(sorted(named, key=lambda finding: finding.order))
