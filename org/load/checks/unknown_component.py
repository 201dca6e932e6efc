"""Every component of the baseline that is named exists."""

from __future__ import annotations

from org.load.rule import Rule

RULE = Rule(
    "ORG037",
    "an unknown component of the baseline",
    (
        "Components are named under `baseline`; each is a file in org/baseline. `org schema` lists them with "
        "their settings."
    ),
    wrong="baseline: {cloudtrial: {}}\n",
    right="baseline: {cloudtrail: {}}\n",
)
