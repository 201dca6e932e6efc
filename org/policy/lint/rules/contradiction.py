"""The conditions of a statement can all be met at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG228",
    "conditions that no request can meet",
    "All conditions of a statement must be met at once. A key that must be absent (`Null` with `true`) cannot have "
    "a value as well, so the statement never applies; two statements were probably meant. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
   "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"},
                 "StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
   "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
  {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
   "Condition": {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}}]}""",
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each key that must be absent and have a value at once."""
    for statement in document.statements:
        absent = {one.name: one for one in statement.conditions if one.base == "null" and _values(one) == {"true"}}
        for condition in statement.conditions:
            same = absent.get(condition.name)
            needs_value = condition.base not in ("", "null") and not condition.negated and not condition.if_exists
            if same and needs_value and condition.quantifier != "forallvalues":
                message = (
                    f"{shown(condition.key.text)} must be absent and have a value, so {statement.sid} never applies"
                )
                help_ = "write two statements, one for requests without the key and one for its values"
                yield RULE.finding(message, condition.key.span, help_, seen=same.key.span)


def _values(condition: Condition) -> set[str]:
    return {word.text.lower() for word in condition.values}
