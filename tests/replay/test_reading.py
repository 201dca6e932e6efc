"""Events out of files of every kind, in whatever pieces they come and whatever is wrong with some of them."""

from __future__ import annotations

import gzip
import io
import json
import time
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET

from org.replay import opening, records
from org.replay.event import WHOLE
from org.replay.records import Records
from tests.replay.trail import event

EVENTS = [event(eventID=f"id-{number}", requestParameters={"a": '},{"eventVersion" [" \\'}) for number in range(40)]
IDS = [f"id-{number}" for number in range(40)]
COMPACT = json.dumps({"Records": EVENTS}, separators=(",", ":")).encode()
LINES = b"\n".join(json.dumps(one).encode() for one in EVENTS)

KINDS: dict[str, bytes] = {
    "as CloudTrail writes it": COMPACT,
    "indented": json.dumps({"Records": EVENTS}, indent=2).encode(),
    "a record a line in one object": b'{"Records":[\n%b\n]}\n' % LINES.replace(b"\n", b",\n"),
    "a record a line in an array": b"[\n%b\n]\n" % LINES.replace(b"\n", b",\n"),
    "JSON lines that are whole files": b"\n".join(
        json.dumps({"Records": EVENTS[at : at + 8]}).encode() for at in range(0, 40, 8)
    ),
    "with a mark of UTF-8": b"\xef\xbb\xbf" + COMPACT,
    "JSON lines": LINES,
    "JSON lines with a last line break and blank ones": LINES.replace(b"\n", b"\r\n\r\n") + b"\n\n",
    "an array": json.dumps(EVENTS).encode(),
    "one object behind the other": b"".join(json.dumps(one, indent=1).encode() for one in EVENTS),
    "gzip": gzip.compress(COMPACT),
    "several gzip members": gzip.compress(COMPACT[:1000]) + gzip.compress(COMPACT[1000:]) + b"\0\0\0",
    "two files in one": COMPACT[:-1] + b',"more":"x"}' + b'\n{"Records": []}',
}


def found(content: bytes, step: int = 1 << 16) -> tuple[list[str], list[str]]:
    """The ids of the events in a file that is read in steps, and what is damaged."""
    damages: list[str] = []
    file = io.BytesIO(content)
    chunks = opening.opened(lambda _: file.read(step), damages.append)
    events = Records(chunks, lambda what, *_: damages.append(what), WHOLE)
    read = [one for piece in events for each in piece for one in ([each] if each.records is UNSET else each.records)]
    damages += [records.NO_EVENT for one in read if not one.event_source]
    return [one.event_id for one in read if one.event_source], damages


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_may_be_of_any_kind(kind: str) -> None:
    assert found(KINDS[kind]) == (IDS, [])


@pytest.mark.parametrize("kind", ["as CloudTrail writes it", "indented", "JSON lines", "one object behind the other"])
@pytest.mark.parametrize("piece", [2048, 4096, 50_000])
def test_pieces_do_not_matter(kind: str, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PIECE", piece)
    assert found(KINDS[kind], step=1000) == (IDS, [])


@given(st.integers(1, 4000))
def test_how_a_file_arrives_does_not_matter(step: int) -> None:
    assert found(KINDS["gzip"], step) == (IDS, [])


@example(COMPACT.index(b"},{"), ord("\n"))
@example(COMPACT.index(b':{"type'), ord("\n"))
@example(COMPACT.index(b",{"), ord("]"))
@given(st.integers(12, len(COMPACT) - 3), st.sampled_from(b'"{}[],\\x\xff\x00\n'))
def test_a_damaged_byte_costs_no_more_than_its_record_and_its_neighbour(position: int, byte: int) -> None:
    content = bytearray(COMPACT)
    content[position] = byte
    ids, _ = found(bytes(content))
    assert len(set(IDS) - set(ids)) <= 2
    assert len(ids) == len(set(ids))


@given(st.integers(12, len(COMPACT) - 3))
def test_a_file_that_is_cut_short_loses_what_is_missing(position: int) -> None:
    ids, damages = found(COMPACT[:position])
    assert ids == IDS[: len(ids)]
    assert len(ids) >= COMPACT[:position].count(b"},{") - 2 * COMPACT[:position].count(b'"a"')
    assert damages == [records.CUT_SHORT]


@given(st.integers(20, len(KINDS["gzip"]) - 9))
def test_a_gzip_file_that_is_cut_short_gives_what_is_there(position: int) -> None:
    ids, damages = found(KINDS["gzip"][:position])
    assert ids == IDS[: len(ids)]
    assert opening.CUT_GZIP in damages


def test_damage_inside_gzip_is_told_once() -> None:
    content = bytearray(KINDS["gzip"])
    content[-8] ^= 0xFF
    assert found(bytes(content)) == (IDS, [opening.BAD_GZIP])


def test_a_byte_that_is_no_text_damages_a_record_even_where_nobody_reads_it() -> None:
    lines = [json.dumps(one).encode() for one in EVENTS[:3]]
    lines[1] = lines[1].replace(b"canary-request-id", b"\xff")
    assert found(b'{"Records":[%b]}' % b",".join(lines)) == (["id-0", "id-2"], [records.NO_EVENT])
    assert found(b"\n".join(lines)) == (["id-0", "id-2"], [records.NO_EVENT])


@pytest.mark.parametrize(
    ("content", "damages"),
    [
        (b"", []),
        (b"\n \n", []),
        (b"no log", [records.NO_LOG]),
        (b"\xff\xfe{\0", [records.NO_LOG]),
        (b"[1, 2]", [records.NO_EVENT, records.CUT_SHORT]),
        (b'{"Records":', [records.CUT_SHORT]),
        (b"\x1f\x8bgarbage", [opening.BAD_GZIP]),
        (b'{"Records":[{"eventID": 5}]}', [records.NO_EVENT]),
        (b'{"Records":[{"eventID": "\xff"}]}', [records.NO_EVENT]),
        (b'{"Records":[{"other": "\xff"}]}', [records.NO_EVENT]),
        (b'{"Records":[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}", [records.NO_EVENT]),
        (b'{"a": 1e999, "eventTime": [}\n{"eventName": "x"}\n{"eventName": {}}', [records.NO_EVENT] * 3),
    ],
)
def test_what_is_no_log_is_told(content: bytes, damages: list[str]) -> None:
    assert found(content)[1] == damages


def test_a_record_that_is_too_long_is_left_out_and_the_next_is_read() -> None:
    long = json.dumps(event(requestParameters={"a": "x" * (2 * records.LARGEST)})).encode()
    short = json.dumps(EVENTS[0]).encode()
    for content in (b'{"Records":[%b,%b]}' % (long, short), b"%b\n%b\n" % (long, short)):
        ids, damages = found(content)
        assert (ids[-1:], records.TOO_LONG in damages) == (["id-0"], True)


def bombs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "nested beginnings", lambda: b'{"Records":[' + b'{"eventVersion":' * 300_000
    yield "broken strings", lambda: b'{"Records":[{"a":"' + b'\\"' * 3_000_000
    yield "brackets", lambda: b'{"Records":[' + b"[" * 3_000_000
    yield "closing brackets", lambda: b'{"Records":[' + b"}" * 1_000_000
    yield "broken lines", lambda: b"{\n" * 1_000_000
    yield "zipped nothing", lambda: zlib.compress(b"\0" * 100_000_000, wbits=31)


@pytest.mark.parametrize(("name", "content"), list(bombs()), ids=[name for name, _ in bombs()])
def test_hostile_files_cost_seconds_not_hours(name: str, content: Callable[[], bytes]) -> None:
    begun = time.process_time()
    ids, damages = found(content())
    assert (ids, damages != []) == ([], True)
    assert time.process_time() - begun < 30
