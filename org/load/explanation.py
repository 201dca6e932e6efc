"""What `org explain` says about a rule."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.load.rule import Rule

WIDTH = 100


def explanation(rule: Rule) -> str:
    """The explanation of one rule as plain text."""
    parts = [f"{rule.id} ({rule.severity.value}): {rule.title}", textwrap.fill(rule.why, WIDTH, break_long_words=False)]
    parts += [f"{name}:\n\n{textwrap.indent(text.rstrip(), '    ')}" for name, text in examples(rule)]
    return "\n\n".join(parts)


def examples(rule: Rule) -> list[tuple[str, str]]:
    """The examples that a rule has, each under its heading."""
    return [(name, text) for name, text in (("Wrong", rule.wrong), ("Right", rule.right)) if text]
