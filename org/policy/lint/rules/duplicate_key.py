"""No key is there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from org.model.finding import Finding, Span

RULE = Rule(
    "ORG201",
    "a key is there twice in a policy",
    "Where an object has a key twice, most readers keep the last one without a word, so half of a condition is gone. "
    "Write one operator once, with all of its keys, and one key once, with a list of values.",
    wrong="""{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:StopInstances",
 "Resource": "*",
 "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"},
               "StringEquals": {"aws:PrincipalAccount": "111122223333"}}}}""",
    right="""{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:StopInstances",
 "Resource": "*",
 "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:PrincipalAccount": "111122223333"}}}}""",
)


def found(key: str, span: Span, first: Span) -> Finding:
    """The finding about one key that its object already had."""
    message = f"key {shown(key)} is there twice, and only the last one counts"
    return RULE.finding(message, span, "put both together under one key", seen=first)
