"""Proofs for people: a line a claim, and under one that does not hold, why and a request that shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from org.errors import counted
from org.model.proof import PROVED, REFUTED, UNKNOWN
from org.report.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.proof import Part, Proof

MOST_NAMED = 6
"""So many accounts, actions and statements are named in a line; JSON has all of them."""


def proofs(found: Sequence[Proof]) -> str:
    """All claims, in their order."""
    width = max((len(one.name) for one in found), default=0)
    return "\n".join(line for one in found for line in lines(one, width))


def lines(one: Proof, width: int) -> list[str]:
    """The lines of one claim."""
    total = sum(len(part.accounts) for part in one.parts)
    bad = one.accounts(REFUTED) or one.accounts(UNKNOWN)
    about = counted(total, "account") if not bad else f"{named(bad)}" + (f" of {total} accounts" if total > 1 else "")
    head = f"{one.verdict:<8} {safe(one.name):<{width}}" + (f"  {about}" if total else "")
    if one.verdict == PROVED:
        return [head.rstrip()]
    told = [head.rstrip(), f"  {safe(one.claim)}"]
    told += [f"  why it matters: {safe(one.why)}"] if one.why else []
    if not total:
        return [*told, *(line for part in one.parts for line in detail(part)), ""]
    return [*told, *detail(next(part for part in one.parts if part.verdict == one.verdict)), ""]


def detail(part: Part) -> list[str]:
    """Why a part does not hold, and the request that shows it."""
    told = [f"  {safe(part.reason)}"] if part.reason else []
    if part.shown is None:
        return told
    if not part.shown.before:
        others = [action for action in part.actions if action != part.shown.request["action"]]
        told += [f"  the same for {named(others)}"] if others else []
    change = f"{part.shown.before} before, {part.shown.answer} after" if part.shown.before else part.shown.answer
    told.append(f"    {change.replace('_', ' ')}: {json.dumps(part.shown.request)}")
    told += [f"    decided by {named(part.shown.decided_by)}"] if part.shown.decided_by else []
    return told


def named(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    shown = ", ".join(map(safe, names[:MOST_NAMED]))
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown


def summary(found: Sequence[Proof]) -> str:
    """The counts in words: `5 proved, 1 refuted`."""
    counts = [(sum(one.verdict == verdict for one in found), verdict) for verdict in (PROVED, REFUTED, UNKNOWN)]
    return ", ".join(f"{count} {verdict}" for count, verdict in counts if count) or "nothing to prove"
