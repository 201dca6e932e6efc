"""Lambda functions have a role of their own and no secrets in their environment: reported.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.baseline._environment import suspicious

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

CHECKS = Checks(
    "function",
    {
        "role": Check("SEC-09", "shares its role with other functions", "give each a role of its own"),
        "environment": Check(
            "SEC-09",
            "has variables that sound like secrets",
            "keep them in Secrets Manager, and change them: whoever may see the function could read them",
        ),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """Whether each function has its role alone, and the names of suspicious variables; their values are let go."""
    functions: dict[str, tuple[str, list[str]]] = {}
    for one in cloud.pages("lambda", "list_functions", "Functions", token="NextMarker", ask="Marker"):
        names: Any = one.get("Environment", {}).get("Variables", {})
        functions[one["FunctionName"]] = (one["Role"], suspicious(names))
    uses = Counter(role for role, _ in functions.values())
    return {name: {"role": uses[role] == 1, "environment": names} for name, (role, names) in functions.items()}


component = Component(
    name="lambda-functions",
    title="Lambda functions",
    description="Functions that share a role, and functions with variables whose names sound like secrets are "
    "reported, never with a value. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("lambda:ListFunctions",),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
