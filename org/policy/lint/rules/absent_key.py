"""A Deny with a negated operator knows what happens where the key is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG227",
    "a negated operator on a key that may be absent",
    "StringNotEquals and every other negated operator are true where the key is absent, with or without IfExists, "
    "so such a Deny also hits every request without the key. Where that is meant, say so with a Null condition in a "
    "statement of its own; where it is not, add `Null` with `false`. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "s3:CreateBucket", "Resource": "*",
   "Condition": {"StringNotEquals": {"s3:x-amz-object-ownership": "BucketOwnerEnforced"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "s3:CreateBucket", "Resource": "*",
   "Condition": {"StringNotEquals": {"s3:x-amz-object-ownership": "BucketOwnerEnforced"},
                 "Null": {"s3:x-amz-object-ownership": "false"}}}]}""",
    severity=Severity.WARNING,
)
HEADERS = "s3:x-amz-"
"""Keys that stand for a header of the request, which callers may leave out."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Deny that hits requests without the key though nothing in the policy says so."""
    settled = {
        condition.name
        for statement in document.statements
        for condition in statement.conditions
        if condition.base == "null"
    }
    for statement in document.statements:
        for condition in statement.conditions if statement.denies else ():
            key = condition.key.text
            if not condition.negated or condition.name in settled:
                continue
            if condition.if_exists and not condition.quantifier and _of_request(condition):
                message = f"{shown(condition.operator.text)} still denies where {shown(key)} is absent"
                yield RULE.finding(message, condition.operator.span, _advice(key), severity=Severity.NOTE)
            elif condition.name.startswith(HEADERS):
                message = f"this also denies every request without {shown(key)}, with IfExists or without"
                yield RULE.finding(message, condition.operator.span, _advice(key))


def _of_request(condition: Condition) -> bool:
    """True for a key that is in some requests and not in others at the caller's choice: a header, a tag."""
    name = condition.name
    return name.startswith((HEADERS, "aws:requesttag/")) or not name.startswith("aws:")


def _advice(key: str) -> str:
    return f'to let them pass add `"Null": {{"{key}": "false"}}`; to deny them on purpose add a Deny with `"true"`'
