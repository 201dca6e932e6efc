"""Every policy has the parameters that its template needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding

RULE = Rule(
    "ORG054",
    "parameters of a policy",
    (
        "A template says which parameters it takes and of which type. They stand under `with`; a value such "
        "as `$organization.regions` is taken from `organization`."
    ),
    wrong="policies: [restrict-regions]\n",
    right="policies: [{use: restrict-regions, with: {regions: $organization.regions}}]\n",
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each use that has no parameters at all where some are needed; others are the schema's matter."""
    for template, span, has_parameters in declared.uses():
        needed = declared.vocabulary.policies.get(template, {}).get("required", [])
        if needed and not has_parameters:
            names = ", ".join(f"{quoted(name)}" for name in needed)
            written = ", ".join(f"{name}: ..." for name in needed)
            help = f"write `{{use: {template}, with: {{{written}}}}}`"
            yield RULE.finding(f"the policy {quoted(template)} needs the parameters {names}", span, help=help)
