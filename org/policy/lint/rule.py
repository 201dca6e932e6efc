"""What a rule of the policy lint is: an id, a title, the paragraph that `org explain` prints, and two examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.model.finding import Finding, Severity, Span
from org.policy import words

if TYPE_CHECKING:
    from org.policy.lint.document import Kind


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked at in a policy document.

    `wrong` and `right` are whole documents: `wrong` gives exactly one finding, of this rule, and `right` gives none
    (tests hold both). `kind` is what the examples are read as, or None where the text alone says it. `accounts` is true
    where the rule speaks only when an organization is known.
    """

    id: str
    title: str
    why: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR
    kind: Kind | None = None
    accounts: bool = False

    def finding(
        self, message: str, span: Span | None, help: str, *, seen: Span | None = None, severity: Severity | None = None
    ) -> Finding:
        """A finding of this rule."""
        return words.finding(self.id, message, span, help=help, seen=seen, severity=severity or self.severity)
