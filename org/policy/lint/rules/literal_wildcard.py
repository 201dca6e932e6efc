"""Wildcards stand under operators that know them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document, Word

RULE = Rule(
    "ORG225",
    "a wildcard under an operator that takes it literally",
    "Under StringEquals and its like a `*` is a star and nothing else, so the value is hardly ever met, or under "
    "StringNotEquals nearly always. ArnEquals and ArnLike both know wildcards. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
   "Condition": {"StringNotEquals": {"ec2:InstanceType": "t3.*"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
   "Condition": {"StringNotLike": {"ec2:InstanceType": "t3.*"}}}]}""",
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each value with a star under an operator for exact texts."""
    for statement in document.statements:
        for condition in statement.conditions:
            if condition.base in ("stringequals", "stringnotequals") and not condition.key.unfinished:
                for word in condition.values:
                    if "*" in word.text.replace("${*}", "") and not word.unfinished:
                        yield _finding(condition, word)


def _finding(condition: Condition, word: Word) -> Finding:
    better = re.sub("equals", "Like", condition.operator.text, count=1, flags=re.IGNORECASE)
    message = f"{shown(word.text)} under {shown(condition.operator.text)}, which takes `*` literally"
    return RULE.finding(message, word.span, f"write `{better}`")
