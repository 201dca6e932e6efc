"""What a rule is: an id, a title, and the paragraph that `org explain` prints."""

from __future__ import annotations

from dataclasses import dataclass

from org.model.finding import Finding, Severity, Span


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked at when accounts.yaml is loaded.

    `wrong` and `right` are pieces of accounts.yaml: `wrong` gives exactly one finding, of this rule, and `right` gives
    none (tests hold both). They are empty where a piece of text cannot show the mistake, for instance a file that is
    missing.
    """

    id: str
    title: str
    why: str
    wrong: str = ""
    right: str = ""
    severity: Severity = Severity.ERROR

    def finding(self, message: str, span: Span | None, *, help: str = "", seen: Span | None = None) -> Finding:
        """A finding of this rule."""
        return Finding(self.id, message, self.severity, span, help=help, seen=seen)


SHOWN = 200
"""A user's text is repeated up to this many characters: longer than any name, e-mail or key that AWS allows."""


def quoted(text: object) -> str:
    """The user's text in backticks, with every character that is not printable written as an escape."""
    shown = str(text)
    shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
    return "`" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + "`"
