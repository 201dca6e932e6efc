"""A resource is `*` or an ARN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.meaning import Arn
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG230",
    "a resource that is neither `*` nor an ARN",
    "An ARN has six parts, `arn:partition:service:region:account:resource`, of which region and account may be "
    "empty. A bucket is `arn:aws:s3:::bucket`, its objects are `arn:aws:s3:::bucket/*`. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "s3://acme-logs/*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
)
BUCKET = re.compile(r"s3://(\S+)")


def check(document: Document) -> Iterator[Finding]:
    """A finding for each resource of another form."""
    for statement in document.statements:
        for word in (*statement.resources, *statement.not_resources):
            text = word.text
            if not text or text == "*" or word.unfinished or Arn.parse(text) or _anything(text):
                continue
            yield RULE.finding(f"resource {shown(text)} is neither `*` nor an ARN", word.span, _help(text))


def _anything(text: str) -> bool:
    """True for an ARN cut short by a `*`, which stands for all parts behind it."""
    return text.startswith("arn:") and text.endswith("*")


def _help(text: str) -> str:
    bucket = BUCKET.fullmatch(text)
    if bucket:
        return f"write `arn:aws:s3:::{bucket[1]}`"
    if text.startswith("arn:"):
        return f"it has {text.count(':') + 1} of six parts: `arn:partition:service:region:account:resource`"
    return "write `arn:partition:service:region:account:resource`, or `*` for every resource"
