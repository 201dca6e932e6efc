"""What people are told about a file: the whole report of each case in tests/cases/findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from org.load import load_text
from org.load.suggest import Suggester, nearest
from org.report import text
from tests.load.complete import VOCABULARY, told

CASES = Path(__file__).resolve().parents[1] / "cases" / "findings"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda case: case.stem)
def test_a_case_is_told_like_this(case: Path) -> None:
    result = load_text(case.read_text(), case.name, VOCABULARY)
    assert case.with_suffix(".txt").read_text().rstrip("\n") == text.findings(result.findings, result.sources)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.txt")), ids=lambda case: case.stem)
def test_nobody_is_shown_a_pattern_or_a_validator_s_words(case: Path) -> None:
    for word in (
        "(?",
        "[a-z",
        "\\s",
        "\\S",
        "oneOf",
        "anyOf",
        "jsonschema",
        "additional properties",
        "$ref",
        "None",
        "dict",
    ):
        assert word not in case.read_text()


def test_a_misspelt_key_and_the_missing_one_it_stands_for_are_one_finding() -> None:
    assert [("ORG020", "Ou", "unknown key `Ou`")] == told("accounts:\n  - {key: a, Ou: Workloads}\n")


def test_a_value_that_is_wrong_in_two_ways_is_one_finding() -> None:
    found = told(f"accounts:\n  - {{key: {'A' * 70}, email: a@acme.example, name: a, ou: Workloads}}\n")
    assert ["ORG060"] == [rule for rule, _, _ in found]


def test_a_value_that_could_not_be_read_is_not_missed() -> None:
    assert ["ORG022"] == [rule for rule, _, _ in told("accounts:\n  - {key: a, ou: [Workloads]}\n")]
    assert ["ORG010"] == [rule for rule, _, _ in told("accounts:\n  - {key: a, ou: *x}\n")]


NEAR = {
    "Workloads/Prd": "Workloads/Prod",
    "workloads/prod": "Workloads/Prod",
    "Workloads Prod": None,
    "Zzz": None,
    "s3_public_access": "s3-public-access",
    "costcenter": "cost-center",
    "e-mail": "email",
    "OU": "ou",
}


@pytest.mark.parametrize("name", NEAR)
def test_what_was_probably_meant(name: str) -> None:
    names = ["Workloads/Prod", "Sandbox", "s3-public-access", "cost-center", "email", "ou"]
    if name == "Workloads Prod":
        names.remove("Workloads/Prod")
    assert NEAR[name] == nearest(name, names)


def test_suggestions_end_before_they_cost_much() -> None:
    names = [f"unit-{number}" for number in range(1_000)]
    suggester = Suggester(budget=2_000)
    assert ["unit-1", "unit-1", None] == [suggester.near(one, names) for one in ("unit_1", "Unit-1", "UNIT-1")]
    assert "unit-1" == suggester.near("unit_1", names)
