"""No entry of a list is covered by its neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.meaning import well_formed
from org.policy.lint.patterns import covers
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Word

RULE = Rule(
    "ORG255",
    "an action that its neighbour already covers",
    "`s3:Get*` beside `s3:GetObject` says the same thing twice, and a reader believes that the shorter list was "
    "meant. Every character counts against the quota.",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": ["ec2:Stop*", "ec2:StopInstances"], "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:Stop*", "Resource": "*"}]}""",
    severity=Severity.NOTE,
)
MOST = 200
"""Entries of one list compared with each other."""


def check(document: Document) -> Iterator[Finding]:
    """A note for each action that is there twice, or that a wider entry of its list covers."""
    for statement in document.statements:
        for words in (statement.actions, statement.not_actions):
            wide = [word for word in words if "*" in word.text or "?" in word.text][:MOST]
            seen: dict[str, Word] = {}
            for word in words[:MOST]:
                folded = word.text.lower()
                other = seen.get(folded) or next(
                    (
                        one
                        for one in wide
                        if one is not word and covers(one.text.lower(), folded) and one.text.lower() != folded
                    ),
                    None,
                )
                seen.setdefault(folded, word)
                if other and well_formed(word):
                    message = f"{shown(word.text)} is covered by {shown(other.text)}"
                    yield RULE.finding(message, word.span, "remove it", seen=other.span)
