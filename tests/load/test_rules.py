"""Every rule keeps what its explanation promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.load.checks import rules
from org.load.explanation import explanation
from tests.load.complete import loaded

if TYPE_CHECKING:
    from org.load.rule import Rule

RULES = list(rules().values())
SHOWN = [rule for rule in RULES if rule.wrong]
WITHOUT_PIECE = {"ORG001", "ORG002", "ORG003", "ORG006", "ORG011", "ORG013", "ORG014", "ORG015", "ORG016", "ORG059"}
"""Files that are missing, too large, empty, elsewhere: `test_files.py` and `test_hostile.py` have them."""


def named(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", [rule for rule in SHOWN if rule.id not in WITHOUT_PIECE], ids=named)
def test_what_an_explanation_calls_wrong_gives_exactly_that_finding(rule: Rule) -> None:
    found = loaded(rule.wrong).findings
    assert [(rule.id, rule.severity)] == [(one.rule, one.severity) for one in found], [one.message for one in found]
    assert found[0].span is not None


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.right], ids=named)
def test_what_an_explanation_calls_right_gives_no_finding(rule: Rule) -> None:
    result = loaded(rule.right)
    assert [] == [(one.rule, one.message) for one in result.findings]
    assert result.organization is not None


def test_every_rule_shows_what_is_wrong_or_is_tested_with_files() -> None:
    assert WITHOUT_PIECE >= {rule.id for rule in RULES if not (rule.wrong and rule.right)}


def test_no_two_rules_have_the_same_id_or_title() -> None:
    from org.load import checks, reading, words

    every = [*reading.RULES, *words.RULES, *(module.RULE for module in checks.modules())]
    assert len(every) == len({rule.id for rule in every}) == len({rule.title for rule in every})


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_is_explained_in_sentences(rule: Rule) -> None:
    assert rule.title[0] == "`" or rule.title[0].islower() or rule.title[:3].isupper()
    assert not rule.title.endswith(".")
    assert rule.why[0] == "`" or rule.why[0].isupper()
    assert rule.id in explanation(rule)


@pytest.mark.parametrize("rule", [rule for rule in SHOWN if rule.id not in WITHOUT_PIECE], ids=named)
def test_findings_are_written_in_lower_case_without_a_full_stop_and_with_help(rule: Rule) -> None:
    for one in loaded(rule.wrong).findings:
        assert one.message[0] in "`0123456789" or one.message[0].islower()
        assert not one.message.endswith(".")
        assert one.help
        assert not one.help.endswith(".")
