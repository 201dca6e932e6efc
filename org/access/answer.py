"""Decisions in the public JSON format, as docs/decide.md describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.model.request import Answer

if TYPE_CHECKING:
    from org.model.request import Decision, Reason


def answer(decision: Decision) -> dict[str, Any]:
    """The decision as plain JSON; what an unknown one hangs on is there only where it is unknown."""
    told: dict[str, Any] = {
        "decision": decision.answer.value,
        "decided_by": [reason_record(reason) for reason in decision.decided_by],
    }
    if decision.answer is Answer.UNKNOWN:
        told |= {"depends_on": list(decision.depends_on), "because": list(decision.because)}
    return told


def reason_record(reason: Reason) -> dict[str, Any]:
    """One statement that decided, or a layer without an Allow, whose policy, Sid and statement are null."""
    told: dict[str, Any] = {
        "layer": reason.layer.value,
        "policy": reason.policy,
        "sid": reason.sid or None,
        "statement": reason.statement,
    }
    return told if reason.level is None else {**told, "level": reason.level}
