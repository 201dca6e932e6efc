"""Condition operators fit the type of their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.keys import type_of
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG223",
    "a condition operator that does not fit its key",
    "A number compared as text, an address compared as text or an ARN operator on an account id is never what was "
    "meant: `StringEquals` knows no ranges, `IpAddress` only addresses. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:SourceIp": "203.0.113.7"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.7"}}}]}""",
)
FAMILIES = (
    ("string", frozenset({"String", "ARN", "Bool", "Binary"}), "String"),
    ("arn", frozenset({"ARN"}), "Arn"),
    ("numeric", frozenset({"Numeric", "Date"}), "Numeric"),
    ("date", frozenset({"Date", "Numeric"}), "Date"),
    ("bool", frozenset({"Bool"}), "Bool"),
    ("ipaddress", frozenset({"IPAddress"}), "IpAddress"),
    ("notipaddress", frozenset({"IPAddress"}), "NotIpAddress"),
)
"""The beginning of each operator, the types of the keys it fits, and how AWS writes it.

A switch or an ARN may be compared as text, and a moment as a number of seconds.
"""
OPERATORS = {
    "String": "StringEquals",
    "ARN": "ArnLike",
    "Numeric": "NumericEquals",
    "Date": "DateGreaterThan",
    "Bool": "Bool",
    "IPAddress": "IpAddress",
}


def check(document: Document) -> Iterator[Finding]:
    """A finding for each key whose type its operator does not fit."""
    for statement in document.statements:
        for condition in statement.conditions:
            kind = type_of(condition.key.text).removeprefix("ArrayOf")
            fitting = next((types for family, types, _ in FAMILIES if condition.base.startswith(family)), None)
            if not kind or fitting is None or kind in fitting or _passes(condition, kind):
                continue
            article = "an" if kind[0] in "AI" else "a"
            message = f"{shown(condition.operator.text)} on {shown(condition.key.text)}, {article} {NAMES[kind]}"
            yield RULE.finding(message, condition.operator.span, f"use `{_better(condition, kind)}`")


NAMES = {
    "String": "text",
    "ARN": "ARN",
    "Numeric": "number",
    "Date": "moment",
    "Bool": "switch",
    "IPAddress": "address",
    "Binary": "run of bytes",
}


def _passes(condition: Condition, kind: str) -> bool:
    """True where the documented type is only the wider one: texts that hold ARNs, numbers or switches."""
    if kind == "Binary":
        return True
    if kind != "String":
        return False
    values = [word.text for word in condition.values]
    if condition.base.startswith("arn"):
        return all(value.startswith(("arn:", "*", "${")) for value in values)
    if condition.base == "bool":
        return False
    return condition.base.startswith("numeric") and all(value.isdigit() for value in values)


def _better(condition: Condition, kind: str) -> str:
    """The operator of the right family that says what this one says."""
    base = OPERATORS.get(kind, "StringEquals")
    if condition.negated and kind != "Bool":
        base = {"IpAddress": "NotIpAddress", "ArnLike": "ArnNotLike", "DateGreaterThan": "DateNotEquals"}.get(
            base, base.replace("Equals", "NotEquals")
        )
    return base + ("IfExists" if condition.if_exists else "")
