"""Every numbered rule of docs/decide.md as cases, written from AWS's pages: definition and engine both keep them.

A case is a line of `tests/cases/access/rules/*.jsonl`: the rule, a sentence, a scenario and a request in the public
format, and the decision, with the keys that it depends on where those matter.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from org.access.evaluate import compiled
from org.access.scenario import Scenario
from org.access.spec import combined, decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.access.policies import Policies
    from org.model.request import Decision, Request

FOLDER = Path(__file__).parents[1] / "cases" / "access" / "rules"
RULES = range(1, 56)
CASES = [
    pytest.param(case, id=f"{file.stem}:{number} rule {case['rule']}: {case['case']}")
    for file in sorted(FOLDER.glob("*.jsonl"))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    for case in [json.loads(line)]
]
ENGINES: dict[str, Callable[[Policies, Request], Decision]] = {
    "spec": decide,
    "evaluate": lambda policies, request: compiled(policies).decide(request),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_a_rule_holds(case: dict[str, Any], engine: str) -> None:
    policies, requests = Scenario(case["scenario"]).ask(case["request"])
    decision = combined([ENGINES[engine](policies, request) for request in requests])
    assert case["decision"] == decision.answer
    assert case.get("depends_on", list(decision.depends_on)) == list(decision.depends_on)


def test_every_rule_has_cases() -> None:
    counted = Counter(parameter.values[0]["rule"] for parameter in CASES)
    assert [] == [rule for rule in RULES if counted[rule] < 2]
    assert set(RULES) == set(counted)
