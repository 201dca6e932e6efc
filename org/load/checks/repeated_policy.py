"""No policy is attached where it already holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from org.load.rule import Rule, quoted
from org.model.finding import Severity
from org.model.organization import ROOT, parent_path

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding, Span

RULE = Rule(
    "ORG055",
    "a policy that holds here already",
    (
        "Policies add up on the way down, so a policy that is attached above holds here too. Attached again "
        "it changes nothing and uses one of the ten places that AWS gives an entity."
    ),
    wrong=("policies: [deny-root]\norganizational_units:\n  Workloads: {policies: [deny-root]}\n"),
    right=("policies: [deny-root]\norganizational_units:\n  Workloads: {}\n"),
    severity=Severity.WARNING,
)
Uses = list[tuple[Any, "Span"]]


def check(declared: Declared) -> Iterator[Finding]:
    """A warning for each use of a template, with the same parameters, that an entity above has too."""
    held: dict[str, list[tuple[Any, Span]]] = {ROOT: list(declared.top.items("policies"))}
    for unit in declared.units:
        above = held.get(parent_path(unit.path), [])
        own = list(unit.entry.items("policies"))
        held[unit.path] = [*above, *own]
        yield from again(own, above)
    for account in declared.members:
        if account.entry.get("policies"):
            yield from again(list(account.entry.items("policies")), held.get(account.ou, []))


def again(own: Uses, above: Uses) -> Iterator[Finding]:
    """A warning for each of the own uses that is one of those above."""
    for item, span in own:
        seen = next((where for other, where in above if full(other) == full(item)), None)
        if seen is not None:
            name = full(item).get("use")
            yield RULE.finding(
                f"the policy {quoted(name)} holds here already, from {seen}", span, help="remove it here", seen=seen
            )


def full(item: Any) -> dict[str, Any]:
    """A use in its long form, without the name, which changes nothing."""
    return (
        {"use": item, "with": {}} if isinstance(item, str) else {"use": item.get("use"), "with": item.get("with") or {}}
    )
