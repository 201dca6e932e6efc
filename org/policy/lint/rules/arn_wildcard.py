"""Wildcards stand in the parts of an ARN that take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.resources import arns, type_word, type_words
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG231",
    "a wildcard in a fixed part of an ARN",
    "The service of an ARN and the type of its resource are fixed: `arn:aws:*:...` and `arn:aws:iam::*:ro*/admin` "
    "do not mean what they seem to. Name them, and put wildcards behind them. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "arn:aws:iam::*:r*/admin"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "arn:aws:iam::*:role/admin"}]}""",
    severity=Severity.WARNING,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each ARN with a wildcard in its service, or within the type of its resource."""
    for word, arn in arns(document):
        if WILD & set(arn.service):
            message = f"wildcard in the service of {shown(word.text)}"
            yield RULE.finding(message, word.span, "name the service, or write `*` for every resource")
        kind = type_word(arn.resource)
        known = type_words(arn.service)
        stem = kind.rstrip("*?")
        if WILD & set(kind) and stem and stem not in known and any(name.startswith(stem) for name in known):
            close = sorted(name for name in known if name.startswith(stem))
            help_ = f"write {' or '.join(f'`{name}`' for name in close[:3])}"
            yield RULE.finding(f"wildcard in the resource type of {shown(word.text)}", word.span, help_)


WILD = frozenset("*?")
