"""The smallest case that still shows a disagreement: whatever can be left out is left out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEPT = frozenset(
    ("scenario", "request", "action", "resource", "principal", "resource_account", "Effect", "Version", "Statement")
)
"""What a case cannot do without."""

PRINCIPALS = frozenset(("AWS", "Service", "Federated"))


def smallest(case: Any, differs: Callable[[Any], bool]) -> Any:
    """The case without everything that can be taken out of it while it still differs."""
    smaller = True
    while smaller:
        smaller = False
        for path in sorted(paths(case), key=len):
            tried = without(case, path)
            if tried is not None and differs(tried):
                case, smaller = tried, True
                break
    return case


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to everything inside, outermost first."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*before, key)
        yield from paths(one, (*before, key))


def without(case: Any, path: tuple[Any, ...]) -> Any:
    """The case without what is at the path; None where that must stay or is nothing already."""
    last = path[-1]
    if last in KEPT or (isinstance(last, str) and last.removeprefix("Not") in {"Action", "Resource", "Principal"}):
        return None
    made = copy.deepcopy(case)
    inside = made
    for key in path[:-1]:
        inside = inside[key]
    if len(inside) == 1 and ((isinstance(last, int) and isinstance(inside[0], str)) or last in PRINCIPALS):
        return None
    del inside[last]
    return made
