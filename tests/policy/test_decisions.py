"""Who is denied by each shipped template, and who still gets through: one line of data a case.

A line of tests/cases/policies/decisions/*.jsonl has the template, the `action`, and optionally the `resource`, the
`context`, the role (`by`), and the parameters (`with`); `denied` names the statements that deny it, or is empty.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.policy.conftest import ROOT
from tests.policy.decide import denying
from tests.policy.test_shipped import LIBRARY, STATEMENTS, document

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((ROOT / "tests" / "cases" / "policies" / "decisions").glob("*.jsonl"))
CASES = [json.loads(line) for file in FILES for line in file.read_text().splitlines()]
KEYS = {"template", "by", "action", "resource", "context", "with", "denied"}
ROLE = "arn:aws:iam::111122223333:role/"
BREAK_GLASS = "org-break-glass"


def named(case: dict[str, Any]) -> str:
    verdict = "+".join(case["denied"]) or "passes"
    return f"{case['template']}-{case.get('by', 'admin')}-{case['action']}-{verdict}"


def request(case: dict[str, Any]) -> dict[str, Any]:
    by = case.get("by", "admin")
    principal = by if by.startswith("arn:") else f"{ROLE}{by}"
    context = {"aws:PrincipalArn": principal, **case.get("context", {})}
    return {"action": case["action"], "resource": case.get("resource", "*"), "context": context}


@cache
def rendered(template: str, parameters: str) -> dict[str, Any]:
    return document(template, **json.loads(parameters))


def document_of(case: dict[str, Any]) -> dict[str, Any]:
    return rendered(case["template"], json.dumps(case.get("with", {}), sort_keys=True))


@pytest.mark.parametrize("case", CASES, ids=map(named, CASES))
def test_a_request_is_denied_by_just_these_statements(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    assert case["denied"] == denying(document_of(case), request(case))


@pytest.mark.parametrize("case", [case for case in CASES if case["denied"] and "by" not in case], ids=named)
def test_break_glass_passes_whatever_lets_roles_pass(case: dict[str, Any]) -> None:
    binding = [
        statement["Sid"]
        for statement in document_of(case)["Statement"]
        if statement["Sid"] in case["denied"] and BREAK_GLASS not in json.dumps(statement.get("Condition", {}))
    ]
    assert binding == denying(document_of(case), request({**case, "by": BREAK_GLASS}))


@pytest.mark.parametrize("template", STATEMENTS)
def test_a_template_has_cases_both_ways(template: str) -> None:
    verdicts = {bool(case["denied"]) for case in CASES if case["template"] == template}
    assert verdicts == {True, False}


def weakened(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document without one statement, or without one key of one condition, with a name for what is missing."""
    for index, statement in enumerate(document["Statement"]):
        rest = [*document["Statement"][:index], *document["Statement"][index + 1 :]]
        yield statement["Sid"], {**document, "Statement": rest}
        condition = statement.get("Condition", {})
        for operator, keys in condition.items():
            for key in keys:
                left = {name: value for name, value in keys.items() if name != key}
                slack = {**condition, operator: left}
                yield (
                    f"{statement['Sid']} {operator} {key}",
                    {**document, "Statement": [*rest, {**statement, "Condition": slack}]},
                )


@pytest.mark.parametrize("template", STATEMENTS)
def test_no_statement_and_no_condition_is_there_that_no_case_needs(template: str) -> None:
    """So that each of them can be broken only with a case going red."""
    cases = [case for case in CASES if case["template"] == template]
    texts = {json.dumps(case.get("with", {}), sort_keys=True) for case in cases} | {"{}"}
    unneeded = [
        part
        for text in sorted(texts)
        for part, weak in weakened(rendered(template, text))
        if all(
            sorted(case["denied"]) == sorted(denying(weak, request(case)))
            for case in cases
            if json.dumps(case.get("with", {}), sort_keys=True) == text
        )
        and (text == "{}" or part.split()[0] not in {one["Sid"] for one in rendered(template, "{}")["Statement"]})
    ]
    assert unneeded == []


def test_every_case_is_about_a_template() -> None:
    assert {case["template"] for case in CASES} <= set(LIBRARY.templates)
