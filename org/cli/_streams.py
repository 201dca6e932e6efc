"""The three standard streams, whatever the shell did with them."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class ReaderGoneError(Exception):
    """Whoever read the output has seen enough, as `head` has; no error of the system, which click would end on."""


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Within this context, a broken pipe is a `ReaderGoneError`: on the broken pipe itself click ends with 1."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError from error


def attach() -> None:
    """Each stream is there: one that the shell closed (`org plan >&-`) has nothing to read, or takes anything."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end


def settle() -> None:
    """Nothing is left for the interpreter to write as it ends: what a stream does not take is dropped."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
