"""The rules of AWS Config that the baseline knows are those of the catalogue."""

from __future__ import annotations

from org.baseline._config_rules import CONTROL_OF
from org.controls import controls


def test_each_rule_is_about_the_first_recommendation_that_names_it() -> None:
    first: dict[str, str] = {}
    for control in controls().values():
        for rule in control.config_rules:
            first.setdefault(rule, control.id)
    assert first == CONTROL_OF
