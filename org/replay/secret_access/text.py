"""Who read which secret, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.replay.secret_access import words
from org.report.plan_words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.replay.secret_access.access import Access, Report


def report(found: Report) -> Iterator[str]:
    """The lines: the totals, what to look at, then all of it by secret and by principal, and what failed."""
    return map(printable, _lines(found))


def _lines(found: Report) -> Iterator[str]:
    yield words.totals(found)
    yield from words.not_known(found)
    parts = {
        "to look at": _flagged(found),
        "by secret": _secrets(found),
        "by principal": _principals(found),
        "failed": _failed(found),
    }
    for title, lines in parts.items():
        first = next(lines, None)
        if first is not None:
            yield from ("", f"{title}:", first, *lines)


def _flagged(found: Report) -> Iterator[str]:
    for flag, said in words.SAID.items():
        for access in found.flagged(flag):
            yield f"  {flag}: {words.who(access.reader)} {said}: {access.secret}"


def _secrets(found: Report) -> Iterator[str]:
    for name, said, accesses in words.secrets(found):
        yield f"  {name}: {said}"
        yield from (f"    {arn}" for arn in accesses[0].arns)
        for access in accesses:
            yield f"    {words.who(access.reader)}{_kind(access)}: {words.what(access)}, {words.when(access)}"
            yield f"      from {words.where(access.sources, more=access.more_sources)}"


def _principals(found: Report) -> Iterator[str]:
    for name, said, accesses in words.principals(found):
        yield f"  {name}: {said}"
        yield from (f"    {one.secret}: {words.what(one)}, {words.when(one)}" for one in accesses)


def _failed(found: Report) -> Iterator[str]:
    for access in found.accesses:
        if access.errors:
            said = f"{words.failures(access)}, the last {access.last_failure}"
            yield f"  {words.who(access.reader)} of {access.secret}: {said}"
            yield f"    from {words.where(access.failed_from)}"


def _kind(access: Access) -> str:
    return f" [{words.KINDS[access.kind]}]" if words.KINDS[access.kind] else ""
