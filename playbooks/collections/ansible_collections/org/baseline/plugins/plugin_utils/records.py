# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written down of a run: one record for each host and task, and the files they go to."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = 1
STATUSES = ("ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored")
BAD = ("failed", "unreachable")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one host in one task. `status` is one of STATUSES, `account` the 12-digit id.

    `changed` is for a failure that was ignored: what it changed before it failed counts all the same.
    """

    play: str
    task: str
    host: str
    status: str
    reason: str = ""
    account: str = ""
    authorization_id: str = ""
    check: bool = False
    changed: bool = False
    changes: Sequence[Any] = field(default_factory=tuple)


class JsonLines:
    """A file of JSON lines: one line a record, as soon as it is known, and a last one with the counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")

    def add(self, records: Sequence[Record]) -> None:
        """The records are in the file."""
        self._write(*({"version": VERSION, "type": "result", **asdict(record)} for record in records))

    def finish(self, records: Sequence[Record]) -> None:
        """The file ends with the summary."""
        self._write({"version": VERSION, "type": "summary", "counts": counts(records)})

    def _write(self, *lines: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


class JUnit:
    """A JUnit file, written at the end: one suite for each play and task, one case for each host."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")

    def add(self, records: Sequence[Record]) -> None:
        """Nothing yet: the counts of a suite come before its cases."""

    def finish(self, records: Sequence[Record]) -> None:
        """The file holds every record."""
        suites: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in records:
            suites[record.play, record.task].append(record)
        root = ElementTree.Element("testsuites")
        for (play, task), members in suites.items():
            root.append(_suite(f"{play}: {task}", members))
        ElementTree.ElementTree(root).write(self._path, encoding="utf-8", xml_declaration=True)


def rescued(records: Sequence[Record], hosts: Mapping[str, int]) -> list[Record]:
    """The records, with as many failed ones of each host as Ansible rescued marked so (it says only at the end)."""
    left = dict(hosts)
    found = []
    for record in records:
        rescue = record.status == "failed" and left.get(record.host, 0) > 0
        left[record.host] = left.get(record.host, 0) - rescue
        found.append(replace(record, status="rescued") if rescue else record)
    return found


def counts(records: Sequence[Record]) -> dict[str, int]:
    """How many results there are of each status; a changed one is an ok one too, as everywhere in Ansible."""
    found = dict.fromkeys(STATUSES, 0)
    for record in records:
        found[record.status] += 1
        if record.status in ("changed", "ignored"):
            found["ok"] += 1
        if record.status == "ignored" and record.changed:
            found["changed"] += 1
    return found


def _suite(name: str, records: Sequence[Record]) -> ElementTree.Element:
    found = counts(records)
    attributes = {
        "tests": len(records),
        "failures": found["failed"] + found["unreachable"],
        "skipped": found["skipped"],
    }
    numbers = {key: str(value) for key, value in attributes.items()}
    suite = ElementTree.Element("testsuite", {"name": _xml(name), "errors": "0", **numbers})
    for record in records:
        case = ElementTree.SubElement(suite, "testcase", {"name": _xml(record.host), "classname": _xml(name)})
        if record.status in BAD:
            ElementTree.SubElement(case, "failure", {"message": _xml(record.reason)}).text = _xml(record.reason)
        elif record.status == "skipped":
            ElementTree.SubElement(case, "skipped", {"message": _xml(record.reason)})
        if record.changes:
            ElementTree.SubElement(case, "system-out").text = _xml(json.dumps(record.changes, ensure_ascii=False))
    return suite


def _xml(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_XML.sub("\ufffd", text)
