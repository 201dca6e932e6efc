"""What a user is told about the input: findings with their place in a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.model.place import Place


class Severity(StrEnum):
    """How bad a finding is: only an error makes a command fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: lines and columns count from 1, in characters; the end is exclusive."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell a user.

    `message` is lower case, without a full stop, with the user's own text in backticks. `help` is one line that says
    what to write instead. `seen` is a second place that matters, for instance the first use of a duplicate key.
    """

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    span: Span | None = None
    place: Place | None = None
    help: str = ""
    seen: Span | None = None

    @property
    def fingerprint(self) -> str:
        """A stable id of this finding that survives moved lines, as code-quality reports want it."""
        where = self.span.file if self.span else str(self.place or "")
        text = f"{self.rule}\0{where}\0{self.message}"
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The sort key of reports: by file, line, column, then rule."""
        span = self.span or Span("", 0, 0, 0, 0)
        return (span.file, span.line, span.column, self.rule, self.message)
