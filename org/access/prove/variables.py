"""Policy variables in literals: which keys they name, and what is left where those have a value or none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from org.access.match import VARIABLE, arn_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.access.prove.keys import Literal


def variables(literal: Literal) -> set[str]:
    """The keys of the policy variables in what a literal asks for."""
    predicate = literal[0].predicate
    if predicate is None or not predicate.open:
        return set()
    found = (one for text in predicate.patterns for one in VARIABLE.finditer(text))
    return {one.group(2).strip().lower() for one in found if not one.group(1)}


def ground(literal: Literal, chosen: Mapping[str, str | None]) -> Literal | bool:
    """The literal with values in the place of variables, as far as chosen; true or false where that decides it."""
    atom, sign = literal
    predicate = atom.predicate
    if predicate is None or not predicate.open:
        return literal
    texts = [_filled(predicate.family, text, chosen) for text in predicate.patterns]
    if predicate.none and None in texts:
        return not sign
    filled = replace(predicate, patterns=tuple(text for text in texts if text is not None))
    if not predicate.none or filled.open:
        return replace(atom, predicate=filled), sign
    return replace(atom, predicate=replace(filled, none=False), negated=not atom.negated), sign


def _filled(family: str, text: str, chosen: Mapping[str, str | None]) -> str | None:
    """A pattern with values in place of variables, `*` in them escaped; None where one has no value (rule 31)."""
    if family == "resource":
        *heads, rest = arn_pattern(text)
        filled = _filled("like", rest, chosen)
        return None if filled is None else ":".join([*heads, filled])
    parts: list[str] = []
    end = 0
    for found in VARIABLE.finditer(text):
        literal, key, default = found.groups()
        parts.append(text[end : found.start()])
        end = found.end()
        if literal:
            parts.append(found.group())
            continue
        name = key.strip().lower()
        if name not in chosen:
            parts.append(found.group())
            continue
        value = default if chosen[name] is None else chosen[name]
        if value is None:
            return None
        parts.append(re.sub(r"[*?$]", r"${\g<0>}", value))
    return "".join([*parts, text[end:]])
