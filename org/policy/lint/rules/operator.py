"""Condition operators are those that AWS has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import OPERATOR
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG220",
    "a condition operator that does not exist",
    "Operators compare texts, ARNs, numbers, dates, switches, addresses and bytes, or ask with Null whether a key is "
    "there; ForAllValues: and ForAnyValue: stand before, IfExists behind, but not behind Null. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*",
   "Condition": {"StringNotLikes": {"ec2:InstanceType": "t3.*"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
   "Condition": {"StringNotLike": {"ec2:InstanceType": "t3.*"}}}]}""",
)
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"),
    *("StringNotLike", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "Bool", "BinaryEquals", "IpAddress"),
    *("NotIpAddress", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan"),
    *("DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Null"),
)
BY_NAME = {operator.lower(): operator for operator in OPERATORS}


def check(document: Document) -> Iterator[Finding]:
    """A finding for each unknown operator, and for each that has no keys."""
    for statement in document.statements:
        block = statement.value.get("Condition")
        for operator, keys in block.items() if isinstance(block, dict) else ():
            path = (*statement.path, "Condition", operator)
            span = statement.tree.key(path)
            if not OPERATOR.fullmatch(operator):
                yield RULE.finding(f"unknown condition operator {shown(operator)}", span, _near(document, operator))
            elif operator.lower() == "nullifexists":
                yield RULE.finding(f"{shown(operator)}, and Null takes no IfExists", span, "write `Null`")
            elif not isinstance(keys, dict) or not keys:
                yield RULE.finding(f"{shown(operator)} has no condition key", span, 'write `{"key": "value"}` under it')


def _near(document: Document, operator: str) -> str:
    quantifier, colon, bare = operator.rpartition(":")
    suffix = "IfExists" if bare.endswith("IfExists") else ""
    close = document.suggester.near(bare.removesuffix("IfExists"), BY_NAME, 0.6)
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        return f"did you mean `ForAnyValue:{bare}` or `ForAllValues:{bare}`?"
    return (
        f"did you mean `{quantifier}{colon}{BY_NAME[close]}{suffix}`?" if close else f"there are {', '.join(OPERATORS)}"
    )
