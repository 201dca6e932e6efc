"""Wildcards in place of lists of actions are a choice, and what it means is said each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule
from org.model.finding import Severity

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG061",
    "wildcards that new actions can match",
    (
        "With `action_wildcards: true` rendered policies have `ec2:Create*` in place of a list, where that matches the "
        "listed actions and no other one of today's. AWS adds actions every week: a new one that begins so is caught "
        "too, and nobody decided that. Policies are packed without this as well: it is for those that do not fit."
    ),
    wrong="organization:\n  action_wildcards: true\n",
    right="organization:\n  action_wildcards: false\n",
    severity=Severity.WARNING,
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding where wildcards are asked for."""
    from org.access.actions import as_of

    if declared.organization.get("action_wildcards"):
        yield RULE.finding(
            f"wildcards match the listed actions as of {as_of()}, and any new action of AWS that begins so",
            declared.organization.span("action_wildcards"),
            help="remove it unless policies do not fit otherwise; after an update of org, look at what `org plan` says",
        )
