"""Who read which secret, as Markdown for a page. Names come from strangers, so nothing in them is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.replay.secret_access import words
from org.report.plan_markdown import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.replay.secret_access.access import Report


def report(found: Report) -> Iterator[str]:
    """The lines: the totals, what to look at, then a table by secret, one by principal, and one of what failed."""
    yield f"### org report secret-access: {words.totals(found)}"
    for said in words.not_known(found):
        yield from ("", f"> {said}")
    tables = {
        "To look at": (("flag", "principal", "secret"), _flagged(found)),
        "By secret": (("secret", "principal", "kind", "reads", "when", "from"), _secrets(found)),
        "By principal": (("principal", "secrets", "reads", "last"), _principals(found)),
        "Failed": (("principal", "secret", "errors", "last", "from"), _failed(found)),
    }
    for title, (heads, rows) in tables.items():
        lines = (f"| {' | '.join(map(escaped, row))} |" for row in rows)
        first = next(lines, None)
        if first is not None:
            yield from ("", f"#### {title}", "", _head(heads), first, *lines)


def _head(heads: Sequence[str]) -> str:
    return f"| {' | '.join(heads)} |\n| {' | '.join(['---'] * len(heads))} |"


def _flagged(found: Report) -> Iterator[Iterable[str]]:
    for flag in words.SAID:
        for access in found.flagged(flag):
            yield flag, words.who(access.reader), str(access.secret)


def _secrets(found: Report) -> Iterator[Iterable[str]]:
    for name, _, accesses in words.secrets(found):
        for one in accesses:
            where = words.where(one.sources, more=one.more_sources)
            yield name, words.who(one.reader), words.KINDS[one.kind], words.what(one), words.when(one), where


def _principals(found: Report) -> Iterator[Iterable[str]]:
    for name, _, accesses in words.principals(found):
        reads = sum(one.reads for one in accesses)
        yield name, f"{len(accesses):,}", f"{reads:,}", max(one.last for one in accesses)


def _failed(found: Report) -> Iterator[Iterable[str]]:
    for access in found.accesses:
        if access.errors:
            who, where = words.who(access.reader), words.where(access.failed_from)
            yield who, str(access.secret), words.failures(access), access.last_failure, where
