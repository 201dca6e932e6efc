"""The roles that read and that write are two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule
from org.model.organization import Pipeline

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG058",
    "one role for reading and for writing",
    "A plan is made for every pull request, so its role must be one that cannot change anything.",
    wrong=("organization:\n  pipeline: {plan_role: baseline, apply_role: baseline}\n"),
    right=("organization:\n  pipeline: {plan_role: baseline-plan, apply_role: baseline-apply}\n"),
)
DEFAULTS = {"plan_role": Pipeline().plan_role, "apply_role": Pipeline().apply_role}


def check(declared: Declared) -> Iterator[Finding]:
    """A finding where the two roles have the same name, in whatever case: IAM does not tell them apart by it."""
    pipeline = {**DEFAULTS, **declared.organization.get("pipeline", {})}
    if pipeline["plan_role"].casefold() == pipeline["apply_role"].casefold():
        at = declared.organization.span(
            "pipeline", "plan_role" if "plan_role" in declared.organization.get("pipeline", {}) else "apply_role"
        )
        yield RULE.finding(
            "`plan_role` and `apply_role` are the same role", at, help="give the one that reads a name of its own"
        )
