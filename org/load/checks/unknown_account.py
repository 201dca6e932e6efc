"""Every account that is referred to is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from org.load.rule import Rule, quoted

if TYPE_CHECKING:
    from org.load.declared import Declared
    from org.model.finding import Finding, Span

RULE = Rule(
    "ORG038",
    "an unknown account",
    ("Delegated administrators and some settings name an account by its key, as it stands under `accounts`."),
    wrong=(
        "organization:\n"
        "  trusted_services: [guardduty.amazonaws.com]\n"
        "  delegated_administrators: {guardduty.amazonaws.com: securty}\n"
        "accounts:\n"
        "  - {key: security, ou: Workloads}\n"
    ),
    right=(
        "organization:\n"
        "  trusted_services: [guardduty.amazonaws.com]\n"
        "  delegated_administrators: {guardduty.amazonaws.com: security}\n"
        "accounts:\n"
        "  - {key: security, ou: Workloads}\n"
    ),
)


def check(declared: Declared) -> Iterator[Finding]:
    """A finding for each reference to an account that is not declared."""
    for key, span in references(declared):
        if key not in declared.keys:
            help = declared.suggester.help(key, declared.keys, "declare it under `accounts`")
            yield RULE.finding(f"unknown account {quoted(key)}", span, help=help)


def references(declared: Declared) -> Iterator[tuple[str, Span]]:
    """Every key of an account that is named somewhere, with its place."""
    for _, key, span in declared.administrators():
        yield key, span
    named = [
        (component, setting)
        for component, shape in declared.vocabulary.components.items()
        for setting, one in shape.get("properties", {}).items()
        if one.get("format") == "account-key"
    ]
    for _, entry in declared.nodes():
        for component, setting in named if entry.get("baseline") else ():
            settings = entry.get("baseline").get(component)
            if isinstance(settings, dict) and isinstance(settings.get(setting), str):
                yield settings[setting], entry.span("baseline", component, setting)
