"""Words that all ways of showing a replay share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from org.errors import counted
from org.model.request import Layer
from org.replay.replaying import Group, Outcome

if TYPE_CHECKING:
    from org.model.request import Reason
    from org.replay.replaying import Replayed
    from org.replay.side import Side

TITLES = {
    Outcome.NEWLY_DENIED: "newly denied",
    Outcome.DENIED: "denied",
    Outcome.DEPENDS: "depends on what the log does not say",
    Outcome.NEWLY_ALLOWED: "newly allowed",
}
NAMES = {"newly_denied": "newly denied", "denied": "denied", "depends": "undecided", "newly_allowed": "newly allowed"}

Place = Callable[[Group, "Reason"], str]
"""What says where a statement is attached."""


def account(group: Group, side: Side) -> str:
    """The account with its key, where it is one of ours."""
    member = side.members.get(group.account)
    if member is not None:
        return f"{member.key} ({group.account})"
    return f"{group.account} (outside)" if group.account else "callers without an account"


def principal(group: Group) -> str:
    """The principal without what its account says already."""
    if group.principal == "*":
        return "anyone"
    if group.principal == group.account:
        return "somebody"
    return group.principal.split(":", 5)[-1]


def how_often(group: Group) -> str:
    """How often and when: `12 calls (3 distinct), 2026-11-02T10:00:00Z to 2026-11-20T08:00:00Z`."""
    distinct = f" ({group.requests:,} distinct)" if 1 < group.requests < group.count else ""
    when = group.first if group.first == group.last else f"{group.first} to {group.last}"
    return f"{counted(group.count, 'call')}{distinct}, {when}"


def at_fault(group: Group, place: Place) -> list[str]:
    """Each statement behind the outcome, where it is attached, and what it hangs on."""
    verb = {Outcome.NEWLY_ALLOWED: "no longer denied by", Outcome.DEPENDS: "may be denied by"}
    lines = [f"{verb.get(group.outcome, 'denied by')} {statement(one, place(group, one))}" for one in group.statements]
    if group.depends_on:
        lines.append(f"depends on {', '.join(group.depends_on)}")
    return [*lines, *(f"not known: {why}" for why in group.because)]


def statement(reason: Reason, where: str) -> str:
    """A statement, or a level without an Allow, with its place."""
    kind = reason.layer.value.upper()
    at = f" at {where}" if where else ""
    if reason.policy is None:
        return f"the lack of an Allow in any {kind}{at}"
    name = f"`{reason.sid}`" if reason.sid else f"statement {(reason.statement or 0) + 1}"
    return f"{name} of {kind} {reason.policy}{at}"


def level(reason: Reason, lines: tuple[str, ...]) -> str:
    """The node that a level is, of an account whose line is given; only SCPs are those of the caller's account."""
    if reason.level is None or reason.layer is not Layer.SCP or reason.level >= len(lines):
        return ""
    return lines[reason.level]


def totals(found: Replayed) -> str:
    """One line of numbers: `newly denied 12 calls of 3 principals, ...; 99.8 % of 2,851 calls are certain`."""
    parts = []
    for outcome in Outcome:
        groups = found.of(outcome)
        if groups:
            calls = counted(sum(group.count for group in groups), "call")
            who = counted(len({(group.account, group.principal) for group in groups}), "principal")
            parts.append(f"{NAMES[outcome]}: {calls} of {who}")
    share = 100 * found.certain / found.calls if found.calls else 100.0
    certain = f"{counted(found.calls, 'call')} looked at, {_percent(share)} of them certain"
    exempt = f", {found.exempt:,} beyond all policies" if found.exempt else ""
    return f"{'; '.join(parts) or 'nothing changes for any call'}. {certain}{exempt}"


def _percent(share: float) -> str:
    """The share, never rounded up to all of them."""
    return "100 %" if share == 100 else f"{min(share, 99.9):.1f} %"
