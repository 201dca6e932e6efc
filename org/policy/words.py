"""Findings in words that are safe to print, and what somebody probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from org.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.model.finding import Span

LONGEST = 80
"""A value of a parameter is shown up to this many characters; it may be as long as its author likes."""


def finding(
    rule: str,
    message: str,
    span: Span | None,
    *,
    help: str = "",
    seen: Span | None = None,
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding whose texts hold no control characters, whatever the files they quote hold."""
    return Finding(rule, printable(message), severity, span, help=printable(help), seen=seen)


def printable(text: str) -> str:
    """The text with an escape in place of each character that a terminal would act on."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def shown(value: object) -> str:
    """A value in backticks, cut where it is very long."""
    text = str(value)
    return f"`{text}`" if len(text) <= LONGEST else f"`{text[:LONGEST]}`..."


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean ...` where a known word is close, otherwise the list of all known words."""
    words = sorted(known)
    close = get_close_matches(word, words, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"there are {', '.join(words)}" if words else "there are none"
