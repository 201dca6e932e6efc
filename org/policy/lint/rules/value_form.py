"""Condition values have the form of what they are compared with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG224",
    "a condition value of the wrong form",
    "A switch is `true` or `false`, a number has digits, a date is written by ISO 8601 or in seconds, an address is "
    "one of IPv4 or IPv6 with or without a prefix length, and an ARN has six parts. Any other value is never met. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/33"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}""",
)
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?)?)?|-?[0-9]+")
ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\*", re.DOTALL)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each value that its operator cannot compare with anything."""
    for statement in document.statements:
        for condition in statement.conditions:
            form = next((form for begin, form in FORMS.items() if condition.base.startswith(begin)), None)
            for word in condition.values:
                fits, help_ = form or (bool, "")
                if form and not word.unfinished and "${" not in word.text and not fits(word.text):
                    message = f"{shown(word.text)} under {shown(condition.operator.text)}"
                    yield RULE.finding(message, word.span, help_)
            if condition.base and not condition.values:
                message = f"{shown(condition.key.text)} has no value to compare with"
                yield RULE.finding(message, condition.key.span, "list at least one value")


def is_switch(text: str) -> bool:
    """True for true and false, in whatever case."""
    return text.lower() in ("true", "false")


def is_address(text: str) -> bool:
    """True for an address, or a block of addresses, of IPv4 or IPv6."""
    from ipaddress import ip_network

    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


FORMS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "bool": (is_switch, "write `true` or `false`"),
    "null": (is_switch, "`true` means that the key is absent, `false` that it is there"),
    "numeric": (NUMBER.fullmatch, "write a number"),
    "date": (DATE.fullmatch, "write it like `2026-11-23T00:00:00Z`"),
    "ipaddress": (is_address, "write an address or a block, such as `203.0.113.0/24`"),
    "notipaddress": (is_address, "write an address or a block, such as `203.0.113.0/24`"),
    "arn": (ARN.fullmatch, "an ARN has six parts: `arn:partition:service:region:account:resource`"),
}
"""What the values must be, by the beginning of the operator, and what to write."""
