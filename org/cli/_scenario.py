"""`org decide --scenario S.json --requests R.jsonl`: one line of JSON for each request, in order, as it comes."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING

import click

from org.cli._options import show_findings
from org.errors import BadInput, counted
from org.policy.questions import LONGEST, LONGEST_LINE, broken_statements, read_request, read_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from org.access.evaluate import Engine
    from org.access.scenario import Scenario
    from org.model.request import Decision

STANDARD_INPUT = "-"
SHOWN = 50
"""So many lines that cannot be read are shown; the others are counted."""


def answer_all(scenario_file: Path | None, requests: str) -> int:
    """The exit code: 1 where a line could not be read, and 0 otherwise. Each line has its answer on stdout."""
    from org.access.evaluate import compiled

    scenario = _scenario(scenario_file)
    engine = compiled(scenario.policies)
    name = "<stdin>" if requests == STANDARD_INPUT else requests
    unread = 0
    with _opened(requests) as stream:
        for number, line in _lines(stream):
            try:
                text = _answered(scenario, engine, line, number, name)
            except BadInput as error:
                unread += 1
                if unread <= SHOWN:
                    above = "\n" * (number - 1)
                    show_findings(error.findings, {file: above + source for file, source in error.sources.items()})
                text = _unread(error)
            sys.stdout.write(text)
            if requests == STANDARD_INPUT:
                sys.stdout.flush()
    if unread > SHOWN:
        click.echo(f"and {counted(unread - SHOWN, 'line')} more that could not be read", err=True)
    return 1 if unread else 0


def _scenario(file: Path | None) -> Scenario:
    """The scenario of a file; a warning on stderr for each statement whose meaning is not known."""
    from org.access.scenario import Scenario

    if file is None:
        return Scenario({})
    with file.open("rb") as opened:
        content = opened.read(LONGEST + 1)
    scenario = read_scenario(content, str(file))
    found = broken_statements(scenario, content, str(file))
    show_findings(found, {str(file): content.decode("utf-8-sig")} if found else {})
    return scenario


def _opened(requests: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if requests == STANDARD_INPUT else open(requests, "rb")  # noqa: PTH123


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers; of one that is too long only the beginning."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        rest = line
        while len(rest) >= LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
        if line.strip():
            yield number, line


def _answered(scenario: Scenario, engine: Engine, line: bytes, number: int, name: str) -> str:
    """The answer to one request as a line of JSON; raises `BadInput`."""
    from org.access.evaluate import compiled
    from org.access.spec import combined

    policies, requests = read_request(line, number, name, scenario)
    asked = engine if policies is scenario.policies else compiled(policies)
    decisions = [asked.decide(request) for request in requests]
    return _line(decisions[0] if len(decisions) == 1 else combined(decisions))


@lru_cache(maxsize=4096)
def _line(decision: Decision) -> str:
    from org.access.answer import answer

    return json.dumps(answer(decision)) + "\n"


def _unread(error: BadInput) -> str:
    """What stands for the answer to a line that could not be read, so that answers stay in order."""
    because = [finding.message for finding in error.findings]
    return json.dumps({"decision": "unknown", "decided_by": [], "depends_on": [], "because": because}) + "\n"
