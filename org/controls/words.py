"""What a row says in each of its columns, the same in every format: what is built, what is planned, what cannot be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.controls.control import Correction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from org.controls import Row

PLANNED = "planned"
RULE = re.compile(r"ORG[0-9]{3}")
"""A rule of `org check`, which notices a breach in the files that it is given."""
BENCHMARKS = {"cis3": "CIS 3.0", "cis5": "CIS 5.0", "cis7": "CIS 7.0", "fsbp": "FSBP", "nist": "NIST 800-53"}
"""The lists that a control maps to, by its field."""


def plain(name: str) -> str:
    """The name as it is; Markdown sets it as code instead."""
    return name


def prevents(row: Row, code: Callable[[str], str] = plain) -> str:
    """The templates that prevent a breach, or that they are planned, or why no policy can."""
    if row.prevents:
        text = ", ".join(map(code, row.prevents))
    elif row.control.preventable:
        text = f"{PLANNED} ({', '.join(row.control.preventable)})"
    else:
        text = f"no policy can: {row.control.unpreventable}"
    return f"{text}; {row.control.limit}" if row.control.limit else text


def detects(row: Row, code: Callable[[str], str] = plain) -> str:
    """What of this program notices a breach, or that it is planned; then the rules of AWS Config that would."""
    rules = [name for name in row.detects if RULE.fullmatch(name)]
    own = [code(name) for name in row.detects if name not in rules]
    own += [f"{code('org check')} ({', '.join(map(code, rules))})"] if rules else []
    parts = [", ".join(own) or PLANNED]
    if row.control.config_rules:
        parts.append("AWS Config " + ", ".join(map(code, row.control.config_rules)))
    if row.control.reads:
        parts.append("shown by " + ", ".join(map(code, row.control.reads)))
    return "; ".join(parts)


def corrects(row: Row, code: Callable[[str], str] = plain) -> str:
    """What of this program mends a breach, or that it is planned or a person's work; then how, and what to mind."""
    control = row.control
    if row.corrects:
        text = ", ".join(map(code, row.corrects))
    elif control.correction is Correction.BY_HAND:
        text = str(control.correction)
    else:
        text = PLANNED + (", opt-in" if control.correction is Correction.OPT_IN else "")
    ways = f"by {', '.join(map(code, control.writes))}" if control.writes else ""
    return "; ".join(part for part in (text, ways, control.care) if part)


def maps_to(row: Row) -> str:
    """The recommendations of others that say the same, list by list; empty where there are none."""
    return "; ".join(
        f"{title} {', '.join(getattr(row.control, name))}"
        for name, title in BENCHMARKS.items()
        if getattr(row.control, name)
    )


def summary(rows: Sequence[Row]) -> str:
    """How many recommendations there are and how many are served, in one sentence."""
    prevented = sum(bool(row.prevents) for row in rows)
    partly = sum(bool(row.prevents and row.control.limit) for row in rows)
    noticed = sum(bool(row.detects) for row in rows)
    mended = sum(bool(row.corrects) for row in rows)
    return (
        f"{len(rows)} recommendations: templates prevent a breach of {prevented} ({partly} of them in part), "
        f"this program notices one of {noticed} and mends one of {mended}"
    )
