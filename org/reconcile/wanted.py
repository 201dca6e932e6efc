"""What accounts.yaml asks for, in full: loaded, checked, and with its policies rendered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from org import baseline, policy
from org.errors import BadInput
from org.load import Vocabulary, load
from org.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.model.organization import Organization
    from org.model.policy import Policy
    from org.policy import Library


@dataclass(frozen=True, slots=True)
class Wanted:
    """The wanted organization, or None where the input has errors; all findings; the text of every file read.

    `apart` are the organization's policies before they are packed, each under its own name.
    """

    organization: Organization | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]
    apart: tuple[Policy, ...] = ()

    def checked(self) -> Organization:
        """The organization; raises `BadInput` with all findings where there are errors."""
        if self.organization is None:
            raise BadInput(self.findings, self.sources)
        return self.organization


def vocabulary(library: Library) -> Vocabulary:
    """The words accounts.yaml may use: the settings of each component and the parameters of each policy template."""
    components = {
        name: {"type": "object", "additionalProperties": False, "properties": dict(component.settings)}
        for name, component in baseline.find().items()
    }
    return Vocabulary(components=components, policies=library.parameters())


def wanted(path: Path) -> Wanted:
    """Everything that the accounts file and the templates beside it say. Nothing outside those files is touched."""
    library = policy.library(policy.library_folders(path))
    loaded = load(path, vocabulary(library))
    findings = (*library.findings, *loaded.findings)
    organization = loaded.organization
    apart: tuple[Policy, ...] = ()
    if organization is not None:
        rendered = policy.render(organization, library)
        findings = (*findings, *rendered.findings)
        organization = replace(organization, policies=rendered.policies)
        apart = rendered.apart
    sources = {**library.sources, **loaded.sources}
    if any(finding.severity is Severity.ERROR for finding in findings):
        organization = None
    return Wanted(organization, tuple(sorted(findings, key=lambda finding: finding.order)), sources, apart)


def wanted_once(path: Path) -> Wanted:
    """What `wanted` gave when this process first asked for the file.

    A playbook's inventory and its tasks must speak of one state of the files, and a task inherits what the inventory
    has read.
    """
    return _wanted_from(Path.cwd(), path)


@cache
def _wanted_from(_folder: Path, path: Path) -> Wanted:
    return wanted(path)
