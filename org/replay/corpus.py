"""The corpus: distinct calls in a versioned file of JSON lines, small enough to keep and free of secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.replay.call import Call


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus in a file. `keys` are the condition keys about which it says all that the logs say.

    `findings` fills up with what is damaged while `calls` reads; damage never stops the rest.
    """

    path: Path
    keys: frozenset[str]
    findings: list[Finding] = field(default_factory=list)

    def calls(self) -> Iterator[Call]:
        """Every call, in the order of the file."""
        raise NotImplementedError


def opened(path: Path) -> Corpus:
    """The corpus in a file; raises `BadInput` where the file is no corpus of a version that is known."""
    raise NotImplementedError
