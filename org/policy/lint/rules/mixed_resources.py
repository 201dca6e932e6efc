"""Actions on different types of resources have statements of their own."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.meaning import meant
from org.policy.lint.resources import fits, typed
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Word
    from org.policy.lint.meaning import Arn

RULE = Rule(
    "ORG213",
    "actions and resources of different types in one statement",
    "AWS crosses every action with every resource, so a list of both hides which action is meant for which ARN, and "
    "one more action on either list grants more than it seems. Only Allow is looked at, and only where some action "
    "fits none of some resources and the other way round.",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
   "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"]}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-logs"},
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
    severity=Severity.NOTE,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Allow of which two actions share no resource."""
    for statement in document.statements:
        arns = typed(statement) if statement.allows else ()
        first: dict[frozenset[Arn], Word] = {}
        for word in statement.actions if arns else ():
            if meant(word.text):
                first.setdefault(frozenset(arn for arn in arns if fits(word.text, arn)), word)
        apart = next(((first[one], first[other]) for one, other in combinations(first, 2) if _apart(one, other)), None)
        if apart:
            one, other = apart
            message = f"{shown(one.text)} and {shown(other.text)} act on different resources of one statement"
            yield RULE.finding(message, other.span, "split the statement, each action with its own ARNs", seen=one.span)


def _apart(one: frozenset[Arn], other: frozenset[Arn]) -> bool:
    return bool(one) and bool(other) and not one & other
