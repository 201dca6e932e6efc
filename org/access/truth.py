"""Three-valued logic: true, false, or unknown with what it depends on (Kleene's strong logic)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither true nor false for all that is known: it hangs on `keys`, or on statements read badly (`because`)."""

    keys: frozenset[str] = frozenset()
    because: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        raise TypeError("an unknown truth is neither true nor false: compare it with `is True` or `is False`")


Truth = bool | Unknown


def depends(*keys: str) -> Unknown:
    """Unknown, because nobody knows these keys."""
    return Unknown(frozenset(keys))


def all_of(truths: Iterable[Truth]) -> Truth:
    """False where one is false, true where all are true, else unknown with all that the unknown ones depend on."""
    return _joined(truths, decisive=False)


def any_of(truths: Iterable[Truth]) -> Truth:
    """True where one is true, false where all are false, else unknown with all that the unknown ones depend on."""
    return _joined(truths, decisive=True)


def opposite(truth: Truth) -> Truth:
    """The negation; unknown stays unknown."""
    return truth if isinstance(truth, Unknown) else not truth


def _joined(truths: Iterable[Truth], *, decisive: bool) -> Truth:
    unknown = None
    for truth in truths:
        if isinstance(truth, Unknown):
            unknown = (
                Unknown(unknown.keys | truth.keys, unknown.because | truth.because) if unknown is not None else truth
            )
        elif truth is decisive:
            return decisive
    return not decisive if unknown is None else unknown
