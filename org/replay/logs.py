"""Log files: found in folders and below S3 prefixes in one order everywhere, and opened by their names."""

from __future__ import annotations

import heapq
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from org.replay.runs import order

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.replay.runs import Done

STDIN = "-"
S3 = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)
LOG = re.compile(r"(?![._]).*\.(?:json|jsonl|ndjson|log|gz)", re.IGNORECASE | re.DOTALL)
NOT_EVENTS = re.compile(r"CloudTrail-(?:Digest|Insight)")
"""CloudTrail's own files beside its logs: hashes of them, and what it finds unusual.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""
LOOP = "is a link into a folder that is read already"
NOT_THERE = "cannot be read"

Told = Callable[[str, str], None]


def is_stream(name: str) -> bool:
    """True for what can be read only once: standard input, a pipe."""
    if S3.fullmatch(name):
        return False
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116 - a name of any bytes
    except OSError:
        return name == STDIN
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def listed(roots: Iterable[str], told: Told) -> Iterator[Done]:
    """Every log file below the roots, once, sorted by its whole name; what cannot be read is told and left out."""
    last = None
    whole = [one if S3.fullmatch(one) else os.path.realpath(one) for one in roots]
    for found in heapq.merge(*(_below(root, whole, told) for root in whole), key=lambda one: order(one[0])):
        if found[0] != last:
            last = found[0]
            yield found


def _below(root: str, roots: list[str], told: Told) -> Iterator[Done]:
    bucket = S3.fullmatch(root)
    if bucket:
        yield from _in_s3(bucket[1], bucket[2])
        return
    try:
        mode = os.stat(root)  # noqa: PTH116
        if stat.S_ISDIR(mode.st_mode):
            yield from _walk(root, roots, (), told)
        else:
            yield root, mode.st_size, str(mode.st_mtime_ns)
    except OSError as error:
        told(root, f"{NOT_THERE}: {error.strerror}")


def _in_s3(bucket: str, prefix: str) -> Iterator[Done]:
    from org.aws import log_files

    for key, size, etag in log_files.listed(_cloud(), bucket, prefix):
        if is_log(key):
            yield f"s3://{bucket}/{key}", size, etag


def is_log(name: str) -> bool:
    """True for a file that is named like a log of events."""
    return LOG.fullmatch(name.rpartition("/")[2]) is not None and NOT_EVENTS.search(name) is None


def _walk(folder: str, roots: list[str], above: tuple[tuple[int, int], ...], told: Told) -> Iterator[Done]:
    """The log files of a folder and those below, in the order of their whole names: `a-b` comes before `a/`."""
    try:
        with os.scandir(folder) as entries:
            names = sorted((one.name + ("/" if one.is_dir() else "") for one in entries), key=order)
    except OSError as error:
        told(folder, f"{NOT_THERE}: {error.strerror}")
        return
    for name in names:
        path = f"{folder.rstrip('/')}/{name.rstrip('/')}"
        try:
            found = os.stat(path)  # noqa: PTH116
        except OSError as error:
            told(path, f"{NOT_THERE}: {error.strerror}")
            continue
        place = (found.st_dev, found.st_ino)
        if os.path.islink(path) and (place in above or _inside(os.path.realpath(path), roots)):  # noqa: PTH114
            told(path, LOOP)
        elif stat.S_ISDIR(found.st_mode):
            yield from _walk(path, roots, (*above, place), told)
        elif stat.S_ISREG(found.st_mode) and is_log(path):
            yield path, found.st_size, str(found.st_mtime_ns)


def _inside(path: str, roots: list[str]) -> bool:
    return any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in roots)


@contextmanager
def opened(name: str) -> Iterator[Callable[[int], bytes]]:
    """What reads the file of that name, a piece at a time; raises `OSError` where it cannot be opened."""
    bucket = S3.fullmatch(name)
    if bucket:
        from org.aws.log_files import LogFile

        yield LogFile(_cloud(), bucket[1], bucket[2]).read
    elif name == STDIN:
        yield sys.stdin.buffer.read
    else:
        with closing(open(name, "rb", buffering=0)) as file:  # noqa: PTH123 - a name of any bytes
            yield lambda number: file.read(number) or b""


@cache
def _cloud() -> Cloud:
    from org.aws.cloud import connect

    return connect()
