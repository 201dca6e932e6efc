"""Text to an Organization, or to findings with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Finding
    from org.model.organization import Organization

__all__ = ["Loaded", "Vocabulary", "load", "load_text"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that accounts.yaml may use, and what each takes.

    `components` has the JSON Schema (of an object) of each baseline component's settings; `policies` that of each
    policy template's parameters. A setting with `"format": "account-key"` must be the key of an account.
    """

    components: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a file: the organization, or None where a finding is an error.

    `findings` are sorted by file, line and column. `sources` has the text of each file by the name that findings show.
    """

    organization: Organization | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]


def load(path: Path, vocabulary: Vocabulary) -> Loaded:
    """The organization that a file and the files it includes declare, and every finding about them; never raises."""
    from org.load.loading import Loading

    return Loading(vocabulary).file(path)


def load_text(text: str, file: str = "accounts.yaml", vocabulary: Vocabulary | None = None) -> Loaded:
    """The same for a text that is in no file; it can include nothing."""
    from org.load.loading import Loading

    return Loading(vocabulary or Vocabulary()).text(text, file)
