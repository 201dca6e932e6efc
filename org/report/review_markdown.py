"""A review for a pull-request comment: danger first, one line of totals, the rest folded, never over a comment's limit.

Names, ARNs and tags come from strangers. In code neither Markdown nor GitHub nor GitLab looks for markup, mentions,
references or links, so every word that could be one stands there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, TypeVar

from org.errors import counted
from org.model.finding import Severity
from org.model.review import DocumentUse, Name
from org.report import review_words as words
from org.report.plan_markdown import LIMIT, escaped
from org.report.plan_words import node, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.finding import Finding
    from org.model.review import AccountChange, Claim, Danger, PolicyChange, Review, SideOf, SlotUse, Words

OPEN = 8
"""Up to this many claims of a kind are shown open; the others are folded."""
Mark = Callable[[str], str]
T = TypeVar("T")
REST = "The rest does not fit into a comment: see the JSON report."
LEAST = 40
"""Bytes that nothing worth saying takes less than."""
PLAIN = re.compile(r"(?:[^\W_]|[.,;()'/=+-])*:?")
"""A word that no writer of Markdown, and no host of repositories, takes for anything but a word."""
IN_BACKTICKS = re.compile(r"([(]?)`([^`]+)`([.,;:)]*)")
BEFORE_A_COMMA = re.compile(r"()(.*[^,;:])([,;:])")
ROOMS = {
    "findings": 8_000,
    "dangers": 12_000,
    "claims": 18_000,
    "details": 9_000,
    "moves": 1_000,
    "calls": 4_000,
    "changes": 6_000,
}
"""Bytes that each part may take at most; together they leave room for the headings."""


def review(found: Review) -> str:
    """The review as Markdown; by the hidden first line a pipeline finds its own comment."""
    parts = [marker(found), f"### org review: {words.totals(found) if found.compared else 'nothing compared'}"]
    parts += _dangers(found.dangers)
    parts += _findings(found)
    if found.compared:
        parts += _moves(found)
        parts += _claims(found)
        parts += _calls(found)
        parts += _changes(found)
    parts.append(_foot(found))
    while len("\n\n".join(parts).encode()) > LIMIT - len(REST) and len(parts) > 2:
        parts[-2:] = [REST]  # names of branches and files may be longer than anybody makes them
    return "\n\n".join(parts) + "\n"


def marker(found: Review) -> str:
    """The hidden line: a comment of HTML that nothing in it can end."""
    key = {"v": 1, "file": found.file, "base": found.base.commit, "head": found.head.commit}
    text = json.dumps(key).replace("-", "\\u002d").replace(">", "\\u003e").replace("<", "\\u003c")
    return f"<!-- org:review {text} -->"


def code(text: str) -> str:
    """Somebody's text as a code span: nothing in one is markup, and its fence is longer than any in the text."""
    shown = printable(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence, pad = "`" * (longest + 1), " " if not shown.strip("` ") or shown.strip("`") != shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def html_code(text: str) -> str:
    """The same inside HTML, where Markdown is not read."""
    return f"<code>{escape(printable(text))}</code>"


def cell(text: str) -> str:
    """The same in a table, where a bar would end it."""
    return f"<code>{escaped(text)}</code>"


def bold(text: str) -> str:
    """A sentence in bold."""
    return f"**{prose(text).strip() or code(text)}**"


def prose(text: str, mark: Mark = code) -> str:
    """A sentence of ours with names in it: each word that is not plain is code, without the backticks around it."""
    return " ".join(_word(word, mark) for word in printable(text).split(" "))


def _word(word: str, mark: Mark) -> str:
    if PLAIN.fullmatch(word) and "www." not in word.lower():
        return word
    between = IN_BACKTICKS.fullmatch(word) or BEFORE_A_COMMA.fullmatch(word)
    return f"{between[1]}{mark(between[2])}{between[3]}" if between else mark(word)


def sentence(parts: Words, mark: Mark = code) -> str:
    """Words with their names as code."""
    return "".join(mark(part) if isinstance(part, Name) else prose(part, mark) for part in parts)


class Room:
    """What is left of a part's bytes."""

    def __init__(self, name: str) -> None:
        self.left = ROOMS[name]

    def fitting(self, things: Sequence[T], written: Callable[[T], str]) -> tuple[list[str], int]:
        """The things that fit, written, in their order, and how many do not."""
        fit = []
        for thing in things:
            if self.left < LEAST:
                break
            text = written(thing)
            size = len(text.encode()) + 2
            if size <= self.left:
                self.left -= size
                fit.append(text)
        return fit, len(things) - len(fit)


def more(number: int, what: str) -> list[str]:
    """One line that says how many are left out; none where nothing is."""
    return [f"- {number:,} more {what}: see the JSON report"] if number else []


def folded(summary: str, body: str) -> str:
    """The body behind one line."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def alert(kind: str, lines: Sequence[str]) -> str:
    """A coloured box with the lines in it."""
    return "\n".join([f"> [!{kind}]", *(f"> {line}" for line in lines)])


def _findings(found: Review) -> list[str]:
    room, parts = Room("findings"), []
    for side in (found.head, found.base):
        errors = sum(finding.severity is Severity.ERROR for finding in side.findings)
        if not side.findings or (side is found.base and side.readable):
            continue
        title = bold(f"{side.name} has {counted(errors, 'error')}" if errors else f"New in {side.name}")
        worst = sorted(side.findings, key=lambda finding: list(Severity).index(finding.severity))
        shown, out = room.fitting(worst, lambda finding: f"- {_finding(finding)}")
        parts.append(alert("CAUTION" if errors else "WARNING", [title, "", *shown[:OPEN]]))
        rest = [*shown[OPEN:], *more(out, "findings")]
        parts += [folded(f"{len(worst) - len(shown[:OPEN]):,} more findings", "\n".join(rest))] if rest else []
    if not found.compared:
        parts.append("Nothing could be compared, so nothing is said about who gains or loses access.")
    return parts


def _finding(finding: Finding) -> str:
    where = f"{code(str(finding.span))}: " if finding.span else ""
    return f"{where}{prose(finding.message)} ({finding.rule})"


def _dangers(dangers: Sequence[Danger]) -> list[str]:
    if not dangers:
        return []
    counts = Counter(words.DANGERS[danger.trip] for danger in dangers)
    title = ", ".join(f"{title} ({number})" if number > 1 else title for title, number in counts.items())
    shown, out = Room("dangers").fitting(dangers, lambda danger: f"- {_danger(danger)}")
    return [alert("CAUTION", [f"**{title}**", "", *shown, *more(out, "dangers")])]


def _danger(danger: Danger) -> str:
    where = f", in {prose(words.scope(danger.scope))}" if danger.scope else ""
    return f"**{danger.trip.value}**: {sentence(danger.message)}{where}"


def _moves(found: Review) -> list[str]:
    """The accounts that are new, gone or elsewhere, where they are few; all changes of accounts are folded below."""
    moves = [one for one in found.accounts if one.change != "changed"]
    if not 0 < len(moves) <= OPEN:
        return []
    shown, out = Room("moves").fitting(moves, lambda one: f"- {sentence(words.account_title(one))}")
    return ["\n".join(["#### Accounts", "", *shown, *more(out, "accounts")])]


def _claims(found: Review) -> list[str]:
    room, details, parts = Room("claims"), Room("details"), []
    for title, letter, claims in words.groups(found):
        numbered = [(f"{letter}{number}", claim) for number, claim in enumerate(claims, 1)]
        shown, out = room.fitting(numbered, lambda pair: f"- **{pair[0]}** {_claim(pair[1])}")
        first, rest = ("\n".join(part) for part in (shown[:OPEN], shown[OPEN:] + more(out, "of these")))
        body = [f"#### {title}", *([first] if first else [])]
        if letter in words.FOLDED:
            body = [folded(f"{title}: {counted(len(claims), 'group')} of requests", first)]
        body += [folded(f"{len(claims) - len(shown[:OPEN]):,} more", rest)] if rest else []
        parts += body
    why = [
        (f"{letter}{number}", claim)
        for _, letter, claims in words.groups(found)
        if letter not in words.FOLDED
        for number, claim in enumerate(claims, 1)
    ]
    shown, out = details.fitting(why, lambda pair: _detail(*pair))
    if shown:
        parts.append(folded("Why, and a request that shows it", "\n".join([*shown, *more(out, "of these")])))
    return parts


def _claim(claim: Claim) -> str:
    where = f"{bold(words.scope(claim.scope))}: "
    lines = [f"{where}{sentence(words.claimed(claim))}", *words.limits(claim, prose)]
    return "<br>\n  ".join(lines)


def _detail(name: str, claim: Claim) -> str:
    lines = [f"- **{name}** by {sentence(words.statements(claim))}" if claim.statements else f"- **{name}**"]
    if claim.witness:
        lines.append(f"for instance {sentence(words.example(claim))}")
    if len(claim.actions) > words.LISTED:
        lines.append(f"actions: {sentence(words.all_actions(claim))}")
    return "<br>\n  ".join(lines)


def _changes(found: Review) -> list[str]:
    room, parts = Room("changes"), []
    blocks, out = room.fitting(found.policies, lambda change: _policy(found, change))
    parts += blocks
    parts += [f"{out:,} more changed policies: see the JSON report"] if out else []
    blocks, out = room.fitting(
        found.effective, lambda one: folded(prose(words.effective_title(one), html_code), _diff(one.lines))
    )
    parts += blocks
    parts += [f"{out:,} more changes of what takes effect: see the JSON report"] if out else []
    facts: list[AccountChange | str] = [*found.accounts, *found.others]
    lines, out = room.fitting(facts, lambda one: f"- {_account(one)}")
    if lines or out:
        body = "\n".join([*lines, *more(out, "changes")])
        number = len(found.accounts) + len(found.others)
        parts.append(folded(f"{counted(number, 'change')} of accounts and organization", body))
    uses: list[DocumentUse | SlotUse] = [*found.documents, *found.slots]
    rows, out = room.fitting(uses, _quota)
    if rows:
        head = "| what AWS gets | before | after | quota |\n| --- | ---: | ---: | ---: |"
        parts.append(folded("Quotas", "\n".join([head, *rows]) + ("\n\n" + more(out, "rows")[0] if out else "")))
    return parts


def _policy(found: Review, change: PolicyChange) -> str:
    lines = [*words.attachments(change)]
    for statement in change.statements:
        lines += [f"# {words.SYMBOLS[statement.change]} {statement.name}", *statement.lines]
    use = next((one for one in found.documents if change.name == one.name or change.name in one.contains), None)
    size = f"; {use.after:,} of {use.quota:,} characters" if use and use.after is not None else ""
    return folded(f"{sentence(words.policy_title(change), html_code)}{size}", _diff(lines))


def _diff(lines: Sequence[str]) -> str:
    """The lines as a diff; a fence longer than any in the text keeps everything inside it text."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *shown, fence])


def _account(change: AccountChange | str) -> str:
    if isinstance(change, str):
        return code(change)
    facts = "".join(f"<br>\n  {code(line)}" for line in change.lines)
    return f"{sentence(words.account_title(change))}{facts}"


def _quota(use: DocumentUse | SlotUse) -> str:
    if isinstance(use, DocumentUse):
        before, after = ("-" if size is None else f"{size:,}" for size in (use.before, use.after))
        return f"| {use.kind} {cell(use.name)} | {before} | {after} | {use.quota:,} characters |"
    return f"| {use.kind}s on {cell(node(use.target))} | {use.before} | {use.after} | {use.quota} policies |"


def _calls(found: Review) -> list[str]:
    if found.replay is None:
        return []
    shown, out = Room("calls").fitting(found.replay.groups, lambda one: f"- {sentence(words.made(one))}")
    first, rest = shown[:OPEN], [*shown[OPEN:], *more(out, "groups of calls")]
    parts = ["\n".join(["#### Calls that were made", "", f"{words.replayed(found.replay)}.", "", *first])]
    return parts + ([folded(f"{len(found.replay.groups) - len(first):,} more", "\n".join(rest))] if rest else [])


def _foot(found: Review) -> str:
    compared = f" {counted(found.chains, 'distinct chain')} of policies compared." if found.compared else ""
    return f"From {_side(found.base)} to {_side(found.head)}.{compared}"


def _side(side: SideOf) -> str:
    commit = f" ({code(side.commit[:12])})" if side.commit else ""
    return f"{prose(side.name)}{commit}{', which has no accounts file' if side.missing else ''}"
