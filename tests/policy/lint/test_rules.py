"""Every rule of the policy lint keeps what its explanation promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.model.organization import Organization
from org.policy.lint import Around, lint_path, rules
from org.policy.lint.rules import modules

if TYPE_CHECKING:
    from pathlib import Path

    from org.model.finding import Finding
    from org.policy.lint.rule import Rule

RULES = rules()
WITHOUT_EXAMPLE = {"ORG207", "ORG290"}
"""The one would be thousands of characters long (`test_documents.py` has it), the other is AWS's (`test_judge.py`)."""


def named(rule: Rule) -> str:
    return rule.id


def found(rule: Rule, text: str, folder: Path) -> list[Finding]:
    (folder / "policy.json").write_text(text, encoding="utf-8")
    around = Around(organization=Organization()) if rule.accounts else None
    return list(lint_path(folder / "policy.json", rule.kind, around).findings)


SHOWN = [rule for rule in RULES if rule.id not in WITHOUT_EXAMPLE]


@pytest.mark.parametrize("rule", SHOWN, ids=named)
def test_what_a_rule_calls_wrong_gives_exactly_that_finding(rule: Rule, tmp_path: Path) -> None:
    findings = found(rule, rule.wrong, tmp_path)
    assert [(rule.id, rule.severity)] == [(one.rule, one.severity) for one in findings], findings
    assert findings[0].span is not None
    assert findings[0].span.line >= 1


@pytest.mark.parametrize("rule", SHOWN, ids=named)
def test_what_a_rule_calls_right_gives_no_finding(rule: Rule, tmp_path: Path) -> None:
    assert [] == [(one.rule, one.message) for one in found(rule, rule.right, tmp_path)]


@pytest.mark.parametrize("rule", SHOWN, ids=named)
def test_a_finding_is_in_lower_case_without_a_full_stop_and_with_help(rule: Rule, tmp_path: Path) -> None:
    for one in found(rule, rule.wrong, tmp_path):
        assert (
            one.message[0] in "`0123456789"
            or one.message[0].islower()
            or one.message.startswith(("Effect", "Version", "Sid"))
        )
        assert not one.message.endswith(".")
        assert one.help
        assert not one.help.endswith(".")


def test_every_rule_has_both_examples() -> None:
    assert WITHOUT_EXAMPLE == {rule.id for rule in RULES if not (rule.wrong and rule.right)}


def test_no_two_rules_have_the_same_id_or_title() -> None:
    assert len(modules()) == len({rule.id for rule in RULES}) == len({rule.title for rule in RULES})


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_is_explained_in_sentences_with_an_id_of_its_own_hundred(rule: Rule) -> None:
    assert rule.id.startswith("ORG2")
    assert rule.title[0] == "`" or rule.title[0].islower() or rule.title[:3].isupper()
    assert not rule.title.endswith(".")
    assert rule.why.rstrip().endswith((".", ".html"))
