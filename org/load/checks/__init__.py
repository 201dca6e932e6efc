"""What accounts.yaml means, looked at rule by rule: each module here has a `RULE`, and most have a `check`.

A rule without a `check` is one that the schema or another rule enforces, and that is worth an explanation of its own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from org.load import reading

if TYPE_CHECKING:
    from types import ModuleType

    from org.load.declared import Declared
    from org.load.rule import Rule
    from org.model.finding import Finding


@cache
def modules() -> tuple[ModuleType, ...]:
    """The modules of this package, by the id of their rule."""
    found = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return tuple(sorted(found, key=lambda module: module.RULE.id))


def run(declared: Declared) -> Iterator[Finding]:
    """The findings of every rule; of the quotas only, where there is more than AWS allows."""
    from org.load.checks import quota

    over = list(quota.check(declared))
    yield from over
    for module in modules():
        if hasattr(module, "check") and module is not quota and not over:
            yield from module.check(declared)


@cache
def semantic() -> dict[str, Rule]:
    """The rules of this package, by id."""
    return {module.RULE.id: module.RULE for module in modules()}


def rule(name: str) -> Rule:
    """The rule of this package with that id."""
    return semantic()[name]


def rules() -> dict[str, Rule]:
    """Every rule about accounts.yaml, by id: about the form of a file, about its schema, and about its meaning."""
    from org.load import words

    return {
        rule.id: rule for rule in sorted([*reading.RULES, *words.RULES, *semantic().values()], key=lambda rule: rule.id)
    }
