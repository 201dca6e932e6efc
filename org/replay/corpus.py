"""The corpus: distinct calls in a versioned file of JSON lines, small enough to keep and free of secrets.

The first line says what the rest is; then comes one call a line, sorted. The same events give the same bytes, in
whatever order and in how many parts they were read.
"""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from msgspec import DecodeError, Struct, json

from org.access import actions
from org.errors import BadInput, OrgError
from org.model.finding import Span
from org.replay.call import Call, Touched
from org.replay.keys import Keys
from org.replay.line import LINE, Counted, Line, Resource, encode
from org.replay.rules import BAD_CORPUS, BAD_LINE, OTHER_KEYS
from org.replay.runs import Entry, Tally, Totals, merged

if TYPE_CHECKING:
    from org.model.finding import Finding
    from org.model.request import Value

FORMAT, VERSION = "org-replay-corpus", 1
LONGEST = 16 << 20
"""Bytes of one line: a call with a thousand resources has less than a tenth."""
LEVEL = 6
MOST_FINDINGS = 50
ACTION = re.compile(r"[a-z0-9-]{1,64}:[A-Za-z0-9_.-]{1,128}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Header(Struct, frozen=True, kw_only=True):
    """The first line: the kept keys, the day of the list of actions, and how many events there were.

    `skipped` counts events that are left out, by reason, and `damaged` what could not be read.
    """

    format: str = FORMAT
    version: int = VERSION
    keys: list[str]
    actions: str
    events: int
    skipped: dict[str, int]
    damaged: int


HEADER = json.Decoder(Header)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus in a file. `keys` are the condition keys about which it says all that the logs say.

    `findings` fills up with what is damaged while `calls` reads; damage never stops the rest.
    """

    path: Path
    header: Header
    findings: list[Finding] = field(default_factory=list)

    @property
    def keys(self) -> Keys:
        """The keys that are kept; of others the corpus says nothing."""
        return Keys(frozenset(self.header.keys))

    def calls(self) -> Iterator[Call]:
        """Every call, in the order of the file."""
        return map(_call, self.lines())

    def lines(self) -> Iterator[Counted]:
        """Every line behind the first as it is written, the damaged ones left out."""
        with _reading(self.path) as file:
            file.readline(LONGEST)
            number = 1
            try:
                while text := file.readline(LONGEST):
                    number += 1
                    line = _checked(text)
                    if line is None:
                        self._damaged(number, "this line is not a call of a corpus")
                    else:
                        yield line
            except (OSError, EOFError, zlib.error) as error:
                self._damaged(number + 1, f"the file ends here: {error}")

    def entries(self) -> Iterator[Entry]:
        """Every call with its tally."""
        for line in self.lines():
            bare = Line(*(getattr(line, name) for name in Line.__struct_fields__))
            yield encode(bare), (line.count, line.first, line.last, line.event)

    def _damaged(self, number: int, what: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(BAD_LINE.finding(what, Span(str(self.path), number, 1, number, 2)))


def _checked(text: bytes) -> Counted | None:
    """The line; None where it is damaged."""
    try:
        line = LINE.decode(text)
    except (DecodeError, RecursionError):
        return None
    moments = MOMENT.fullmatch(line.first) and MOMENT.fullmatch(line.last)
    return line if moments and line.count > 0 and line.resources and ACTION.fullmatch(line.action) else None


def _call(line: Counted) -> Call:
    return Call(
        line.principal,
        line.kind,
        line.account,
        line.action,
        tuple(_touched(one) for one in line.resources),
        _values(line.context),
        frozenset(line.unknown),
        frozenset(line.absent),
        line.count,
        line.first,
        line.last,
        line.event,
    )


def _touched(one: Resource) -> Touched:
    return Touched(one.arn, one.after, one.type, one.account, _values(one.context), frozenset(one.absent))


def _values(context: dict[str, str | list[str]]) -> dict[str, Value]:
    return {key: value if isinstance(value, str) else tuple(value) for key, value in context.items()}


def opened(path: Path) -> Corpus:
    """The corpus in a file; raises `BadInput` where the file is no corpus of a version that is known."""
    span = Span(str(path))
    try:
        with _reading(path) as file:
            first = file.readline(LONGEST)
        header = HEADER.decode(first)
    except (OSError, EOFError, zlib.error) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise BadInput([BAD_CORPUS.finding(f"the corpus cannot be read: {what}", span)]) from error
    except (DecodeError, RecursionError) as error:
        help = "`org replay LOGS --out corpus.gz` makes one of logs"
        raise BadInput([BAD_CORPUS.finding("this is no corpus", span, help=help)]) from error
    if (header.format, header.version) != (FORMAT, VERSION):
        what = f"this is no corpus of version {VERSION}"
        raise BadInput([BAD_CORPUS.finding(what, span, help="make it again from the logs")])
    return Corpus(path, header)


@contextmanager
def _reading(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        yield gzip.GzipFile(fileobj=file, mode="rb") if zipped else file


def check(path: Path) -> None:
    """Nothing, where a corpus can take the place of what is there; raises `OrgError` for a device or a pipe."""
    if path.exists() and not path.is_file():
        raise OrgError(f"{path} is no ordinary file, and a corpus would take its place")


def write(path: Path, keys: Keys, numbers: Totals, entries: Iterable[Entry]) -> None:
    """The file is a corpus, gzip where its name ends so; it is there whole or not at all."""
    header = Header(
        keys=sorted(keys.names),
        actions=actions.as_of(),
        events=numbers.events,
        skipped=dict(sorted(numbers.skipped.items())),
        damaged=numbers.damaged,
    )
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as raw, ExitStack() as stack:
            # No name and no time: the same calls are the same bytes.
            file: IO[bytes] | gzip.GzipFile = raw
            if path.suffix == ".gz":
                file = stack.enter_context(gzip.GzipFile("", "wb", LEVEL, raw, mtime=0))
            file.write(encode(header) + b"\n")
            file.writelines(_written(call, tally) for call, tally in entries)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _written(call: bytes, tally: Tally) -> bytes:
    count, first, last, event = (encode(one) for one in tally)
    return b'%b,"count":%b,"first":%b,"last":%b,"event":%b}\n' % (call[:-1], count, first, last, event)


def merge(paths: Iterable[Path], out: Path) -> list[Finding]:
    """The file is a corpus of all the calls of the others, and what is damaged in these comes back.

    Raises `BadInput` where one is no corpus, or keeps other keys than the first.
    """
    check(out)
    parts = [opened(path) for path in paths]
    for part in parts[1:]:
        if part.header.keys != parts[0].header.keys:
            span = Span(str(part.path))
            what = f"this corpus keeps other keys than `{parts[0].path}`"
            raise BadInput([OTHER_KEYS.finding(what, span, help="make both with the same --keep and --accounts")])
    numbers = Totals()
    for part in parts:
        numbers.add(Totals(part.header.events, Counter(part.header.skipped), part.header.damaged))
    write(out, parts[0].keys, numbers, merged(part.entries() for part in parts))
    return [finding for part in parts for finding in part.findings]
