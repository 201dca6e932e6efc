"""Proofs as JSON: `{"version": 1, "proofs": [...]}`, complete, one claim an object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.proof import Part, Proof

VERSION = 1


def proofs(found: Sequence[Proof]) -> str:
    """The claims as a JSON text; every character that is not ASCII is escaped, so nothing reaches a terminal raw."""
    return json.dumps({"version": VERSION, "proofs": [plain(one) for one in found]}, indent=2)


def plain(one: Proof) -> dict[str, Any]:
    """One claim as plain data."""
    return {
        "name": one.name,
        "claim": one.claim,
        "verdict": one.verdict,
        "why": one.why,
        "file": one.span.file if one.span else None,
        "line": one.span.line if one.span else None,
        "parts": [_part(part) for part in one.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    """What is said of some accounts; the request and its scenario are what `org decide` takes."""
    written: dict[str, Any] = {
        "verdict": part.verdict,
        "accounts": list(part.accounts),
        "reason": part.reason,
        "actions": list(part.actions),
    }
    if part.shown is None:
        return {**written, "request": None, "scenario": None, "decision": None, "decided_by": []}
    return {
        **written,
        "request": dict(part.shown.request),
        "scenario": dict(part.shown.scenario),
        "decision": part.shown.answer,
        "decided_by": list(part.shown.decided_by),
    }
