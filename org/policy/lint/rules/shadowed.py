"""Every statement changes something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.meaning import any_covers
from org.policy.lint.patterns import covers
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement, Word

RULE = Rule(
    "ORG254",
    "a statement that changes nothing",
    "A statement that another one of the same effect covers is dead weight, and quotas are short; an Allow that a "
    "Deny of the same policy covers never allows anything. Covered means: the same or wider actions, "
    "resources and principals, and no condition, or the same.",
    wrong="""{"Version": "2012-10-17",
 "Statement": [
  {"Sid": "All", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
  {"Sid": "One", "Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]}""",
    severity=Severity.WARNING,
)
MOST = 100
"""Statements compared with each other; no document within its quota has more."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each statement that another one of the document makes idle."""
    statements = document.statements[:MOST]
    for narrow in statements:
        for wide in statements:
            if wide is narrow or not _covers(wide, narrow):
                continue
            if wide.denies and narrow.allows:
                message = f"{narrow.sid} never allows anything: {wide.sid} denies all of it"
            elif wide.effect == narrow.effect and not (_covers(narrow, wide) and wide.number > narrow.number):
                message = f"{narrow.sid} changes nothing: {wide.sid} covers it"
            else:
                continue
            yield RULE.finding(message, narrow.span, "remove it, or one of the two", seen=wide.span)
            break


def _covers(wide: Statement, narrow: Statement) -> bool:
    """True where whatever the narrow statement applies to the wide one applies to as well."""
    if not wide.actions or not wide.resources or any("?" in word.text for word in narrow.actions):
        return False
    if "NotPrincipal" in narrow.value or wide.value.get("Principal") != narrow.value.get("Principal"):
        return False
    same_condition = wide.value.get("Condition") == narrow.value.get("Condition")
    return (
        (not wide.value.get("Condition") or same_condition)
        and bool(narrow.actions)
        and all(any_covers(wide.actions, word.text) for word in narrow.actions)
        and bool(narrow.resources)
        and all(_any(wide.resources, word.text) for word in narrow.resources)
    )


def _any(words: tuple[Word, ...], text: str) -> bool:
    return any(covers(word.text, text) for word in words)
