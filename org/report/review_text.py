"""A review for a terminal or a log: what is dangerous first, totals last; of long lists of actions, some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.review import Cause
from org.report import review_words as words
from org.report.plan_words import node, printable
from org.report.text import findings as findings_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.review import Claim, Review, SideOf

_COLOURS = {"+": "32", "~": "33", ">": "36", "-": "31", "!": "1;31"}


def review(found: Review, sources: Mapping[str, str] | None = None, *, colour: bool = False) -> str:
    """The review as text; `colour` adds terminal colours, `sources` lines of the files to the findings."""
    return "\n".join(_lines(found, sources or {}, colour=colour)) + "\n"


def _lines(found: Review, sources: Mapping[str, str], *, colour: bool) -> Iterator[str]:
    yield f"base  {_side(found.base)}"
    yield f"head  {_side(found.head)}"
    for danger in found.dangers:
        where = f", in {words.scope(danger.scope)}" if danger.scope else ""
        yield _painted("!", f"! {danger.trip}: {words.quoted(danger.message)}{where}", colour=colour)
    for side in (found.head, found.base):
        if side.findings and (side is found.head or not side.readable):
            lines = sources if side is found.head else {}
            yield f"\n{printable(side.name)}:\n{findings_text(side.findings, lines, colour=colour)}"
    if not found.compared:
        yield "\nReview: nothing could be compared, because one side has errors."
        return
    for title, _, claims in words.groups(found):
        yield f"\n{title}"
        for claim in claims:
            yield from _claim(claim, colour=colour)
    if found.replay is not None:
        yield f"\nReplay: {words.replayed(found.replay)}"
        for calls in found.replay.groups:
            symbol = "+" if calls.outcome == "newly_allowed" else "-"
            yield _painted(symbol, f"{symbol} {words.quoted(words.made(calls))}", colour=colour)
    yield from _changes(found, colour=colour)
    yield f"\nReview: {words.totals(found)}."


def _claim(claim: Claim, *, colour: bool) -> Iterator[str]:
    symbol = "+" if claim.gain else "-"
    yield _painted(
        symbol, f"{symbol} {words.quoted(words.claimed(claim))}, in {words.scope(claim.scope)}", colour=colour
    )
    yield from (f"      {line}" for line in words.limits(claim))
    if claim.cause is Cause.MOVED:
        yield "      because the account moves"
    if claim.statements:
        yield f"      by {words.quoted(words.statements(claim))}"
    if claim.witness:
        yield f"      for instance {words.quoted(words.example(claim))}"


def _changes(found: Review, *, colour: bool) -> Iterator[str]:
    for policy in found.policies:
        symbol = words.SYMBOLS[policy.change]
        source = f"  [{printable(policy.source)}]" if policy.source else ""
        yield ""
        yield _painted(symbol, f"{symbol} {words.quoted(words.policy_title(policy))}{source}", colour=colour)
        for line in words.attachments(policy):
            yield _painted(line[:1], f"    {printable(line)}", colour=colour)
        for statement in policy.statements:
            yield f"    {words.SYMBOLS[statement.change]} {printable(statement.name)}"
            yield from (_painted(line[:1], f"      {printable(line)}", colour=colour) for line in statement.lines)
    if found.accounts or found.others:
        yield ""
    for account in found.accounts:
        symbol = words.SYMBOLS[account.change]
        yield _painted(symbol, f"{symbol} {words.quoted(words.account_title(account))}", colour=colour)
        yield from (_painted(line[:1], f"    {printable(line)}", colour=colour) for line in account.lines)
    yield from (_painted(line[:1], printable(line), colour=colour) for line in found.others)
    for effect in found.effective:
        yield f"\n~ {words.effective_title(effect)}"
        yield from (_painted(line[:1], f"    {printable(line)}", colour=colour) for line in effect.lines)
    if found.documents or found.slots:
        yield ""
    for use in found.documents:
        sizes = f"{_number(use.before)} -> {_number(use.after)} of {use.quota:,} characters"
        yield f"  {use.kind} {printable(use.name)}: {sizes}"
    for slot in found.slots:
        yield f"  {printable(node(slot.target))}: {slot.before} -> {slot.after} of {slot.quota} policies ({slot.kind})"


def _number(size: int | None) -> str:
    return "none" if size is None else f"{size:,}"


def _side(side: SideOf) -> str:
    commit = f" ({printable(side.commit[:12])})" if side.commit else ""
    return f"{printable(side.name)}{commit}{', which has no accounts file' if side.missing else ''}"


def _painted(symbol: str, text: str, *, colour: bool) -> str:
    code = _COLOURS.get(symbol)
    return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text
