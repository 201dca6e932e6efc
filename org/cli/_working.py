"""A sign of life on a terminal while something takes its time; silence everywhere else."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = 0.5
"""Seconds before anything is shown: what is quick needs no sign."""


@contextmanager
def working(what: str) -> Iterator[None]:
    """While the block runs, a terminal shows `what` and the seconds so far on one line, which is gone afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    shower = threading.Thread(target=_show, args=(what, done), daemon=True)
    shower.start()
    try:
        yield
    finally:
        done.set()
        shower.join()


def _show(what: str, done: threading.Event) -> None:
    started = time.monotonic()
    pause, shown = FIRST, False
    while not done.wait(pause):
        sys.stderr.write(f"\r\x1b[K{what} ... {time.monotonic() - started:.0f} s")
        sys.stderr.flush()
        pause, shown = 1.0, True
    if shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
