"""Events out of the bytes of a log, a piece at a time, whatever is wrong with some of them.

CloudTrail's own files are `{"Records":[...]}`; exports are JSON lines or values one after the other. Pieces are cut
where a record seems to end and decoded as a list, which fails where the cut was wrong, because no beginning of a JSON
object is a JSON object. Only then are brackets counted, record by record.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic

from msgspec import DecodeError

from org.replay.event import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from org.replay.event import Form


PIECE = 1 << 20
"""Bytes that are decoded together."""
LARGEST = 4 << 20
"""A record that is longer is damaged: CloudTrail writes 1 MiB at most."""
WASTE = 8 << 20
"""Bytes that may be looked at in vain in search of the next record, beside what was read."""
LEAST = 1024
"""What looking at a damaged record costs at least, counted as bytes."""
SMALLEST = 2 << 10
"""A piece with a damaged record in it is cut smaller and smaller down to this."""

WRAPPER = re.compile(rb'(?:\{\s*"(?:Records|Events)"\s*:\s*)?\[')
START = re.compile(rb'\{\s*"eventVersion"')
BETWEEN = re.compile(rb"\}\s*,\s*\{")
END = re.compile(rb"\}\s*\]\s*\}?\s*\Z")
LINE = re.compile(rb"[^\n]*\n|[^\n]+")
REST = re.compile(rb"[^{}\[\]]*\}")
TOKEN = re.compile(rb'[{}\[\]]|"[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)
BLANK = re.compile(rb"[\s,]*")
MARK = b"\xef\xbb\xbf"
REFUSED = (DecodeError, RecursionError, UnicodeDecodeError)

NO_LOG = "is neither JSON nor gzip"
NO_EVENT = "is not a CloudTrail event"
CUT_SHORT = "ends in the middle of a record"
TOO_LONG = "holds a record that is longer than 4 MiB"
GIVEN_UP = "is too damaged to be read to its end"


class Records(Generic[Shape]):
    """The events of one file, decoded in one form. Iterate once: each piece comes as a list.

    `damaged` is called with what is wrong, and the line and the column of it.
    """

    def __init__(self, chunks: Iterable[bytes], damaged: Callable[[str, int, int], None], form: Form[Shape]) -> None:
        self._form: Form[Shape] = form
        self._chunks = iter(chunks)
        self._buffer = b""
        self._ended = False
        self._line, self._column = 1, 1
        self._read = self._waste = 0
        self._span = PIECE
        self._by_line = self._cut_short = False
        self._tell = damaged

    def place(self, number: int) -> tuple[int, int]:
        """The line and the column of an event of the list that came last; those of the list, unless it has lines."""
        return (self._line + number, 1) if self._by_line else (self._line, self._column)

    def __iter__(self) -> Iterator[list[Shape]]:
        self._fill(PIECE)
        if self._buffer.startswith(MARK):
            self._skip(len(MARK))
        while self._anything():
            wrapper = WRAPPER.match(self._buffer)
            if wrapper and (whole := self._whole(wrapper.end())):
                yield whole
            elif wrapper and not (self._has_lines() and self._first_line_is_whole()):
                self._skip(wrapper.end())
                yield from self._array()
            elif not self._buffer.startswith(b"{"):
                self._damaged(NO_LOG if (self._line, self._column) == (1, 1) else NO_EVENT)
                self._search()
                yield from self._array() if self._buffer else ()
            elif self._has_lines() or self._first_line_is_whole():
                yield from self._lines()
            else:
                yield from self._one()

    def _fill(self, wanted: int) -> None:
        """The buffer has that many bytes, unless the file ends before."""
        parts, size = [self._buffer], len(self._buffer)
        while size < wanted and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            parts.append(chunk or b"")
            size += len(parts[-1])
            self._read += len(parts[-1])
        if len(parts) > 1:
            self._buffer = b"".join(parts)

    def _skip(self, number: int) -> None:
        """That many bytes are done with."""
        newline = self._buffer.rfind(b"\n", 0, number)
        if newline >= 0:
            self._line += self._buffer.count(b"\n", 0, number)
            self._column = number - newline
        else:
            self._column += number
        self._buffer = self._buffer[number:]

    def _damaged(self, what: str) -> None:
        """It is told what is wrong here; that a file ends too soon only once."""
        if what == CUT_SHORT and self._cut_short:
            return
        self._cut_short |= what == CUT_SHORT
        self._tell(what, self._line, self._column)

    def _anything(self) -> bool:
        """True where something but blanks and commas is left; the buffer begins with it."""
        while True:
            blank = BLANK.match(self._buffer)
            assert blank is not None
            self._skip(blank.end())
            if self._buffer:
                self._fill(PIECE)
                return True
            if self._ended:
                return False
            self._fill(PIECE)

    def _whole(self, start: int) -> list[Shape] | None:
        """The records of a file that is in the buffer and holds nothing else; none of it is copied. It is done then."""
        end = END.search(self._buffer, max(start, len(self._buffer) - 64)) if self._ended else None
        if end is None or len(self._buffer) > PIECE:
            return None
        last = self._buffer.index(b"]", end.start())
        found = self._decoded(memoryview(self._buffer)[start - 1 : last + 1])
        if found:
            self._buffer = b""
        return found

    def _array(self) -> Iterator[list[Shape]]:
        """The records up to the closing bracket, and what stands behind it of the object around them."""
        while self._anything():
            if self._buffer.startswith(b"]"):
                self._skip(1)
                self._close()
                return
            cut, rest = self._cut()
            found = self._decoded(b"[%b]" % self._buffer[:cut]) if cut else None
            if found is not None:
                yield found
                self._skip(rest)
                self._span = min(PIECE, 8 * self._span)
            elif cut and self._span > SMALLEST:
                self._span //= 8
            else:
                yield from self._one()
        self._damaged(CUT_SHORT)

    def _close(self) -> None:
        rest = REST.match(self._buffer) if self._anything() else None
        if rest:
            self._skip(rest.end())

    def _cut(self) -> tuple[int, int]:
        """Where a record of the buffer seems to end, and where what follows it begins; 0 where none does."""
        if self._ended and len(self._buffer) <= self._span:
            end = END.search(self._buffer, max(0, len(self._buffer) - 64))
            if end:
                return end.start() + 1, end.start() + 1
        found = self._buffer.rfind(b'},{"eventVersion"', 0, self._span)
        if found >= 0:
            return found + 1, found + 2
        ends = [(one.start() + 1, one.end() - 1) for one in BETWEEN.finditer(self._buffer, 0, self._span)]
        return ends[-1] if ends else (0, 0)

    def _one(self) -> Iterator[list[Shape]]:
        """The record that the buffer begins with, alone; none where it is damaged."""
        if not self._buffer.startswith(b"{"):
            self._damaged(NO_EVENT)
            self._skip(self._buffer.find(b"{") if b"{" in self._buffer else len(self._buffer))
            return
        end = self._end()
        if end is None:
            self._search()
            return
        piece = self._buffer[:end]
        found = self._decoded(b"[%b]" % piece)
        if found is not None:
            yield found
            self._skip(end)
            return
        self._damaged(NO_EVENT)
        inside = START.search(piece, 1)
        if not self._affordable(len(piece)):
            self._give_up()
        else:
            self._skip(inside.start() if inside else end)

    def _end(self) -> int | None:
        """Where the value that begins here ends, by its brackets; None where it does not, which is told."""
        depth, start = 0, 0
        while True:
            for token in TOKEN.finditer(self._buffer, start):
                first = token[0][:1]
                if first == b'"' and not token[1]:
                    break
                depth += (first in b"{[") - (first in b"}]")
                start = token.end()
                if depth <= 0:
                    return start
            if self._ended or len(self._buffer) >= LARGEST:
                self._damaged(CUT_SHORT if len(self._buffer) < LARGEST else TOO_LONG)
                return None
            self._fill(min(LARGEST, 2 * len(self._buffer) + 1))

    def _search(self) -> None:
        """The buffer begins with the next record, or nothing is left."""
        if not self._affordable(len(self._buffer)):
            self._give_up()
            return
        self._skip(1)
        while True:
            found = START.search(self._buffer)
            if found:
                self._skip(found.start())
                return
            self._skip(max(0, len(self._buffer) - 64))
            if self._ended:
                self._skip(len(self._buffer))
                return
            self._fill(PIECE)

    def _affordable(self, number: int) -> bool:
        self._waste += max(number, LEAST)
        return self._waste <= WASTE + self._read

    def _give_up(self) -> None:
        self._damaged(GIVEN_UP)
        self._buffer, self._ended = b"", True

    def _has_lines(self) -> bool:
        """True where each line is a value of its own, and there are two at least."""
        _, newline, rest = self._buffer.partition(b"\n")
        return newline != b"" and rest.lstrip(b"\r\n")[:1] == b"{"

    def _first_line_is_whole(self) -> bool:
        """True where the first line is a value, and not the beginning of one that a line break is in."""
        return self._decoded_lines(self._buffer.partition(b"\n")[0]) is not None

    def _lines(self) -> Iterator[list[Shape]]:
        self._by_line = True
        while self._anything():
            cut = len(self._buffer) if self._ended else self._buffer.rfind(b"\n") + 1
            if not cut and len(self._buffer) < LARGEST:
                self._fill(min(LARGEST, 2 * len(self._buffer)))
            elif not cut:
                self._damaged(TOO_LONG)
                self._skip_line()
            else:
                yield from self._some_lines(self._buffer[:cut])

    def _some_lines(self, piece: bytes) -> Iterator[list[Shape]]:
        found = self._decoded_lines(piece)
        if found is not None:
            yield found
            self._skip(len(piece))
            return
        for line in LINE.findall(piece):
            found = self._decoded_lines(line)
            if found is None:
                self._damaged(NO_EVENT)
                if not self._affordable(len(line)):
                    self._give_up()
                    return
            else:
                yield found
            self._skip(len(line))

    def _skip_line(self) -> None:
        """The buffer begins behind the next line break, or nothing is left."""
        while True:
            found = self._buffer.find(b"\n") + 1
            self._skip(found or len(self._buffer))
            if found or self._ended:
                return
            self._fill(PIECE)

    def _decoded(self, piece: bytes | memoryview) -> list[Shape] | None:
        """The events of an array; None where one is damaged. Text that is not decoded must be UTF-8 as well."""
        try:
            if not self._buffer.isascii():
                str(piece, "utf-8")
            return self._form.many.decode(piece)
        except REFUSED:
            return None

    def _decoded_lines(self, piece: bytes) -> list[Shape] | None:
        try:
            str(piece, "utf-8")
            return self._form.one.decode_lines(piece)
        except REFUSED:
            return None
