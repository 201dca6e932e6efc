"""Every policy that is used has a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.reserved import RESERVED_POLICIES
from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG036",
    "an unknown policy",
    "A policy is named by its template: a file in `scps/`, without the folder and the ending.",
    wrong="policies: [deny-rot]\n",
    right="policies: [deny-root]\n",
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each use of a template that does not exist; reserved names have a rule of their own."""
    for template, span, _ in declared.uses():
        if template not in declared.vocabulary.policies and template not in RESERVED_POLICIES:
            help = declared.suggester.help(template, declared.vocabulary.policies, "add its template to `scps/`")
            yield RULE.finding(f"unknown policy {quoted(template)}", span, help=help)
