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
    while 0 < len(first) < len(MAGIC) and (more := read(STEP)):
        first += more
    if first[: len(MAGIC)] != MAGIC:
        while first:
            yield first
            first = read(STEP)
        return
    yield from _unzipped(first, read, damaged)


def _unzipped(given: bytes, read: Callable[[int], bytes], damaged: Callable[[str], None]) -> Iterator[bytes]:
    """What the members of a gzip file hold, one after the other; zeros behind the last are padding."""
    unzip = zlib.decompressobj(wbits=31)
    begun = False
    while given or (given := read(STEP)):
        if unzip.eof:
            given = given.lstrip(b"\0")
            if not given:
                continue
            unzip = zlib.decompressobj(wbits=31)
        begun = True
        before = unzip.copy()
        try:
            found = unzip.decompress(given, STEP)
        except zlib.error:
            yield from _saved(before, given)
            damaged(BAD_GZIP)
            return
        given = unzip.unconsumed_tail or unzip.unused_data
        if found:
            yield found
    if begun and not unzip.eof:
        damaged(CUT_GZIP)


def _saved(unzip: zlib._Decompress, given: bytes) -> Iterator[bytes]:
    """What comes before the damage, which a single call would keep to itself."""
    try:
        for position in range(len(given)):
            yield unzip.decompress(given[position : position + 1])
    except zlib.error:
        return
