# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written down of a run: one record for each host and task, and the files they go to."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from org.report.grouped import BAD, ERROR, Record, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = 1
STATUSES = ("ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JsonLines:
    """A file of JSON lines: one line a place of a record, as soon as it is known, and a last one with the counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")

    def add(self, records: Sequence[Record]) -> None:
        """The records are in the file."""
        self._write(
            *({"version": VERSION, "type": "result", **line} for record in records for line in by_place(record))
        )

    def finish(self, records: Sequence[Record]) -> None:
        """The file ends with the summary."""
        self._write({"version": VERSION, "type": "summary", "counts": counts(records)})

    def _write(self, *lines: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


class JUnit:
    """A JUnit file, written at the end: one suite for each play and task, one case for each host and Region."""

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


def by_place(record: Record) -> list[dict[str, Any]]:
    """What the record says of each Region that it is about; all of it where it is about none."""
    whole = asdict(record)
    places = whole.pop("places")
    if not any(place["region"] for place in places):
        return [{**whole, "region": None}]
    return [
        {
            **whole,
            "region": place["region"],
            "status": _status_of(record, place),
            "reason": _reason_of(record, place),
            "authorization_id": place["authorization_id"],
            "changed": place["changed"],
            "changes": [change for change in record.changes if change["region"] == place["region"]],
            "findings": [finding for finding in record.findings if finding["region"] == place["region"]],
        }
        for place in places
    ]


def _status_of(record: Record, place: Mapping[str, Any]) -> str:
    """The word for one Region; an account fails by a finding in the Regions where the finding is."""
    found = [finding for finding in record.findings if finding["region"] == place["region"]]
    if place["failed"] or any(finding["severity"] == ERROR for finding in found):
        return record.status
    if place["skipped"]:
        return "skipped"
    return "changed" if place["changed"] else "ok"


def _reason_of(record: Record, place: Mapping[str, Any]) -> str:
    found = [finding for finding in record.findings if finding["region"] == place["region"]]
    return place["reason"] or wrong({"findings": found}) or place["skipped"]


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
    lines = [line for record in records for line in by_place(record)]
    attributes = {
        "tests": len(lines),
        "failures": sum(line["status"] in BAD for line in lines),
        "skipped": sum(line["status"] == "skipped" for line in lines),
    }
    numbers = {key: str(value) for key, value in attributes.items()}
    suite = ElementTree.Element("testsuite", {"name": _xml(name), "errors": "0", **numbers})
    for line in lines:
        title = f"{line['host']} {line['region']}" if line["region"] else line["host"]
        case = ElementTree.SubElement(suite, "testcase", {"name": _xml(title), "classname": _xml(name)})
        if line["status"] in BAD:
            ElementTree.SubElement(case, "failure", {"message": _xml(line["reason"])}).text = _xml(line["reason"])
        elif line["status"] == "skipped":
            ElementTree.SubElement(case, "skipped", {"message": _xml(line["reason"])})
        if line["changes"] or line["findings"]:
            said = {"changes": line["changes"], "findings": line["findings"]}
            ElementTree.SubElement(case, "system-out").text = _xml(json.dumps(said, ensure_ascii=False))
    return suite


def _xml(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_XML.sub("\ufffd", text)
