"""What may stand in the gap of an ARN that the log does not say whole, as far as policies can tell.

Every policy sees an ARN through its patterns. So it is enough to try a text that no pattern is about, and for each
pattern a text that makes the ARN fit it: where all of them get one answer, the gap does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.actions import glob
from org.access.match import arn_pattern, is_everything

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ANYTHING = "replayed-unknown"
"""A text that no pattern is about."""
MOST = 64
"""More texts than this are not tried: then the answer depends on the resource."""
LONGEST = 512


def fillings(arn: str, after: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """Whole ARNs that begin and end so, one for each way in which the patterns see them; none where there are many."""
    path = bool(after) and ":iam:" in arn
    *heads, tail = arn.split(":", 5)
    found = {f"{arn}{after}", f"{arn}{ANYTHING}/{after}"} if path else {f"{arn}{ANYTHING}{after}"}
    for pattern in dict.fromkeys(patterns):
        if is_everything(pattern) or len(pattern) > LONGEST:
            continue
        *first, rest = arn_pattern(pattern)
        if all(glob(one).fullmatch(text) for one, text in zip(first, heads, strict=False)):
            found.update(f"{arn}{text}{after}" for text in _between(_without_variables(rest), tail, after, path=path))
        if len(found) > MOST:
            return ()
    return tuple(sorted(found))


def _without_variables(pattern: str) -> str:
    """The pattern with `*` for each variable, whose value may be anything."""
    parts = pattern.split("${")
    return "".join([parts[0], *(f"*{part.partition('}')[2]}" for part in parts[1:])])


def _between(pattern: str, before: str, after: str, *, path: bool) -> Iterator[str]:
    """Texts with which the pattern fits `before` + text + `after`."""
    for start in _reached(pattern, before):
        for end in range(start, len(pattern) + 1):
            if not glob(pattern[end:]).fullmatch(after):
                continue
            piece = pattern[start:end]
            text = piece.replace("*", "").replace("?", "x")
            stretches = piece.endswith("*") or pattern[end : end + 1] == "*"
            if not path and (text or not stretches):
                yield text
            elif not path:
                yield ANYTHING
            elif not text or text.endswith("/"):
                yield text
            elif stretches:
                yield f"{text}/"


def _reached(pattern: str, text: str) -> set[int]:
    """Where in the pattern one can be when the text is done."""
    states = _skipped(pattern, {0})
    for character in text:
        moved = set()
        for state in states:
            wanted = pattern[state : state + 1]
            if wanted == "*":
                moved.add(state)
            elif wanted in ("?", character) and wanted:
                moved.add(state + 1)
        states = _skipped(pattern, moved)
    return states


def _skipped(pattern: str, states: set[int]) -> set[int]:
    """The states and those behind stars, which may stand for nothing."""
    found = set(states)
    for state in states:
        position = state
        while pattern[position : position + 1] == "*":
            position += 1
            found.add(position)
    return found
