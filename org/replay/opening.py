"""The bytes of a log file, unzipped where it is gzip, a bounded piece at a time."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAGIC = b"\x1f\x8b"
STEP = 256 << 10
"""Bytes read at once, and unzipped at once: however much a file blows up, no more than this is in memory."""

BAD_GZIP = "is damaged gzip"
CUT_GZIP = "ends in the middle of gzip"


def opened(read: Callable[[int], bytes], damaged: Callable[[str], None]) -> Iterator[bytes]:
    """The bytes that `read` gives, as they are or unzipped; what is wrong is told, and what came before it counts."""
    first = read(STEP)
    if first[: len(MAGIC)] != MAGIC:
        while first:
            yield first
            first = read(STEP)
        return
    yield from _unzipped(first, read, damaged)


def _unzipped(given: bytes, read: Callable[[int], bytes], damaged: Callable[[str], None]) -> Iterator[bytes]:
    """What the members of a gzip file hold, one after the other; zeros behind the last are padding."""
    unzip = zlib.decompressobj(wbits=31)
    fresh = False
    try:
        while True:
            if not given:
                given = read(STEP)
                if not given:
                    break
            if unzip.eof:
                given = given.lstrip(b"\0")
                if not given:
                    continue
                unzip = zlib.decompressobj(wbits=31)
            fresh = True
            found = unzip.decompress(given, STEP)
            given = unzip.unconsumed_tail or unzip.unused_data
            if found:
                yield found
    except zlib.error:
        damaged(BAD_GZIP)
        return
    if fresh and not unzip.eof:
        damaged(CUT_GZIP)
