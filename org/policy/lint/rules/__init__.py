"""What a policy document means, looked at rule by rule: each module here has a `RULE`, and most have a `check`.

A rule without a `check` is one that the reader enforces before there is a document.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from org.model.finding import Finding
    from org.policy.lint.document import Document
    from org.policy.lint.rule import Rule

LARGEST = 40_960
"""Characters: AWS takes 40,000 in a delegation policy, and less in all others."""
ABOUT_FORM = "ORG207"
"""The last of the rules whose work grows only with the size of a document."""


@cache
def modules() -> tuple[ModuleType, ...]:
    """The modules of this package, by the id of their rule."""
    found = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return tuple(sorted(found, key=lambda module: str(module.RULE.id)))


def run(document: Document) -> Iterator[Finding]:
    """The findings of every rule about one document; of one far beyond every quota only those about its form."""
    for module in modules():
        if hasattr(module, "check") and (document.size <= LARGEST or module.RULE.id <= ABOUT_FORM):
            yield from module.check(document)


def rules() -> tuple[Rule, ...]:
    """Every rule of the policy lint, by id."""
    return tuple(module.RULE for module in modules())
