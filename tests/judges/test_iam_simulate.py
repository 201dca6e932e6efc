"""Our definition beside iam-simulate, an evaluator made by others: every disagreement has a reason that we know.

Run by `make judges`. iam-simulate gets the cases of our rules and random scenarios; where the two disagree, the case is
made as small as it goes, and its reason looked up in `explained.yaml`.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from org.access.evaluate import compiled
from org.access.scenario import Scenario
from org.access.spec import decide
from tests.judges import outside
from tests.judges.scenarios import Maker
from tests.judges.shrink import smallest
from tests.judges.signs import SIGNS, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.judges

COUNT = int(os.environ.get("JUDGED", "6000"))
"""How many random scenarios are compared."""
RULES = Path(__file__).parents[1] / "cases" / "access" / "rules"
EXPLAINED: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("explained.yaml").read_text(encoding="utf-8"))
MOST_REFUSED = 0.05
"""The share of our rules' cases that it may refuse to judge: actions it does not know, patterns that it forbids."""


@dataclass
class Comparison:
    """What came of comparing: how often the two agreed, and the smallest case of each disagreement with its signs."""

    compared: int = 0
    refused: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    differing: list[tuple[dict[str, Any], tuple[str, ...]]] = field(default_factory=list)


def ours(case: dict[str, Any], ignored: list[str]) -> str:
    """Our answer, that of both engines, with the keys left out of the context that the judge did not look at."""
    dropped = {key.lower() for key in ignored}
    request = case["request"]
    kept = {key: value for key, value in request.get("context", {}).items() if key.lower() not in dropped}
    policies, requests = Scenario(case["scenario"]).ask({**request, "context": {**kept, **dict.fromkeys(dropped)}})
    answer = decide(policies, requests[0]).answer.value
    assert answer == compiled(policies).decide(requests[0]).answer.value, case
    return answer


def differs(judge: outside.IamSimulate, case: dict[str, Any]) -> bool:
    """True where both answer, and differently."""
    theirs = judge.ask(case["scenario"], case["request"])
    return theirs.answer is not None and theirs.answer != ours(case, theirs.ignored)


def compare(judge: outside.IamSimulate, cases: Iterator[tuple[str, dict[str, Any]]]) -> Comparison:
    found = Comparison()
    for name, case in cases:
        theirs = judge.ask(case["scenario"], case["request"])
        if theirs.answer is None:
            found.refused.append(f"{name}: {theirs.error}")
            continue
        found.compared += 1
        answer = ours(case, theirs.ignored)
        found.answers[answer] += 1
        if answer != theirs.answer:
            small = smallest(case, lambda tried: differs(judge, tried))
            asked = Case(small["scenario"], small["request"])
            signs = tuple(name for name, sign in SIGNS.items() if sign(asked))
            found.differing.append((small, signs))
    return found


def unexplained(found: Comparison) -> str:
    """The smallest cases of the disagreements whose reason nobody knows, one a line."""
    return "\n".join(json.dumps(case) for case, signs in found.differing if not signs)


def of_rules() -> Iterator[tuple[str, dict[str, Any]]]:
    """The cases of our rules where everything is known, about one resource."""
    for file in sorted(RULES.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            case = json.loads(line)
            request = case["request"]
            if (
                case["decision"] != "unknown"
                and "unknown" not in request
                and isinstance(request.get("resource", ""), str)
            ):
                name = f"{file.stem}:{number} rule {case['rule']}"
                yield name, {"scenario": case["scenario"], "request": request}


def at_random() -> Iterator[tuple[str, dict[str, Any]]]:
    """Random scenarios, the same ones every time."""
    maker = Maker(random.Random(20261129))
    for number in range(COUNT):
        scenario, request = maker.scenario()
        yield f"random {number}", {"scenario": scenario, "request": request}


@pytest.fixture(scope="module")
def judge() -> Iterator[outside.IamSimulate]:
    if reason := outside.missing():
        pytest.skip(reason)
    with outside.IamSimulate() as running:
        yield running


@pytest.fixture(scope="module")
def rules(judge: outside.IamSimulate) -> Comparison:
    return compare(judge, of_rules())


@pytest.fixture(scope="module")
def randomly(judge: outside.IamSimulate) -> Comparison:
    return compare(judge, at_random())


def test_every_disagreement_about_the_cases_of_our_rules_is_explained(rules: Comparison) -> None:
    assert unexplained(rules) == "", unexplained(rules)


def test_nearly_all_cases_of_our_rules_can_be_judged(rules: Comparison) -> None:
    assert len(rules.refused) <= MOST_REFUSED * rules.compared, "\n".join(rules.refused)


def test_every_disagreement_about_random_scenarios_is_explained(randomly: Comparison) -> None:
    assert unexplained(randomly) == "", unexplained(randomly)


def test_random_scenarios_have_all_answers_and_are_all_judged(randomly: Comparison) -> None:
    assert [] == randomly.refused
    assert randomly.compared == COUNT
    shares = {answer: count / COUNT for answer, count in randomly.answers.items()}
    assert all(shares.get(answer, 0) > 0.1 for answer in outside.ANSWERS.values()), shares


def test_every_explanation_has_its_sign_and_is_needed(rules: Comparison, randomly: Comparison) -> None:
    assert list(SIGNS) == [entry["sign"] for entry in EXPLAINED]
    needed = {sign for found in (rules, randomly) for _, signs in found.differing for sign in signs}
    assert [] == [sign for sign in SIGNS if sign not in needed]


def test_the_disagreements_are_listed(
    rules: Comparison, randomly: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    """No assertion: `make judges` shows what it found."""
    with capsys.disabled():
        for name, found in (("cases of the rules", rules), ("random scenarios", randomly)):
            print(f"\n{name}: {found.compared} judged, {len(found.differing)} disagreements, all explained:")
            counted = Counter(signs[0] for _, signs in found.differing if signs)
            for entry in EXPLAINED:
                if count := counted[entry["sign"]]:
                    rule = " and ".join(map(str, entry["rule"]))
                    print(f"{count:>6}  rule {rule}, right: {entry['right']}: {entry['why']}")
