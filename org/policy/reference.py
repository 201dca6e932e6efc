"""`$organization.*` in parameters: the word in accounts.yaml, and the typed value it stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.organization import Organization

PREFIX = "$organization."
NAMES = (
    "home_region",
    "id",
    "management.email",
    "management.id",
    "management.name",
    "pipeline.apply_role",
    "pipeline.bootstrap_role",
    "pipeline.break_glass_role",
    "pipeline.plan_role",
    "regions",
)
"""Everything that a reference can name, without the prefix."""
OPTIONAL = frozenset({"pipeline.bootstrap_role"})
"""What an organization can do without: where it is switched off, it is left out of the list it stands in."""


def known_values(organization: Organization) -> Mapping[str, Any]:
    """The value of every reference; None where the organization does not have it, or not yet."""
    management, pipeline = organization.management, organization.pipeline
    return {
        "home_region": organization.home_region,
        "id": organization.id,
        "management.email": management and management.email,
        "management.id": management and management.id,
        "management.name": management and management.name,
        "pipeline.apply_role": pipeline.apply_role,
        "pipeline.bootstrap_role": pipeline.bootstrap_role,
        "pipeline.break_glass_role": pipeline.break_glass_role,
        "pipeline.plan_role": pipeline.plan_role,
        "regions": list(organization.regions),
    }


def references(value: Any) -> Iterator[str]:
    """The references in a parameter's value, without their prefix: the value itself or elements of a list."""
    for item in value if isinstance(value, list | tuple) else (value,):
        if isinstance(item, str) and item.startswith(PREFIX):
            yield item.removeprefix(PREFIX)


def unknown_references(value: Any) -> list[str]:
    """The references in a value that name nothing."""
    return [name for name in references(value) if name not in NAMES]


def resolve(value: Any, known: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """The value with every reference replaced, and the names of those that have no value yet.

    In a list a reference to a list splices in, what is there already is not added again, and what is optional and
    switched off is left out.
    """
    missing: list[str] = []
    if not isinstance(value, list | tuple):
        name = next(references(value), None)
        if name is None:
            return value, ()
        return known.get(name), () if known.get(name) is not None else (name,)
    resolved: list[Any] = []
    for item in value:
        name = next(references(item), None)
        if name is None:
            resolved.append(item)
        elif (got := known.get(name)) is not None:
            resolved += [one for one in (got if isinstance(got, list) else [got]) if one not in resolved]
        elif name not in OPTIONAL:
            missing.append(name)
    return resolved, tuple(missing)


def with_references(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's schema that also takes references: what accounts.yaml may hold before they are replaced.

    A list may be one reference, or have some among its elements. Whether the value behind a reference fits is checked
    when the policy is rendered, since only then it is known.
    """
    if schema["type"] != "array":
        return _open(schema)
    inner = {**schema, "items": _open({"description": schema["description"], **schema["items"]})}
    kept: dict[str, Any] = {key: inner.pop(key) for key in ("description", "default", "examples") if key in inner}
    return {**kept, "anyOf": [inner, {"type": "string", "enum": [PREFIX + name for name in NAMES]}]}


def _open(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a text that also takes a reference; anything else is as it was."""
    opened = dict(schema)
    if schema["type"] == "string":
        opened.pop("maxLength", None)
        if "enum" in schema:
            opened["enum"] = [*schema["enum"], *(PREFIX + name for name in NAMES)]
        if "pattern" in schema:
            names = "|".join(map(re.escape, NAMES))
            opened["pattern"] = f"{schema['pattern']}|^{re.escape(PREFIX)}({names})$"
    return opened
