"""Set operators stand with keys that have several values, and never let an absent key in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.global_keys import GLOBAL_KEYS
from org.model.finding import Severity
from org.policy.lint.keys import documented, type_of
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document, Statement

RULE = Rule(
    "ORG226",
    "a set operator that does not say what was meant",
    "ForAllValues is true where the key is absent, so in an Allow it lets in whoever does not send it, unless a "
    "Null condition asks for the key. Set operators belong to keys with several values; such a key under a plain "
    "operator matches no request that carries more than one. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
   "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
   "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
                 "Null": {"aws:TagKeys": "false"}}}]}""",
    severity=Severity.WARNING,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each set operator that lets an absent key in, or that does not fit the number of values."""
    for statement in document.statements:
        for condition in statement.conditions:
            problem = _problem(statement, condition)
            if problem:
                yield RULE.finding(problem[0], condition.operator.span, problem[1])


def _problem(statement: Statement, condition: Condition) -> tuple[str, str] | None:
    """What to say about one condition, and the advice."""
    operator, key = shown(condition.operator.text), shown(condition.key.text)
    name, kind = documented(condition.key.text), type_of(condition.key.text)
    several = kind.startswith("ArrayOf")
    if kind and condition.quantifier == "forallvalues" and not several:
        plain = condition.operator.text.partition(":")[2]
        return f"{operator} on {key}, which has one value", f"write `{plain}`"
    if condition.quantifier == "forallvalues" and statement.allows and not _asked_for(statement, condition):
        help_ = f'add `"Null": {{"{condition.key.text}": "false"}}`, or use ForAnyValue'
        return f"{operator} in an Allow is also true where {key} is absent", help_
    if several and name in GLOBAL_KEYS and not condition.quantifier and condition.base != "null":
        help_ = f"write `ForAnyValue:{condition.operator.text}` or `ForAllValues:{condition.operator.text}`"
        return f"{operator} on {key}, which can have several values", help_
    return None


def _asked_for(statement: Statement, condition: Condition) -> bool:
    """True where a Null condition demands that the key is there."""
    same = (other for other in statement.conditions if other.name == condition.name and other.base == "null")
    return any(word.text.lower() == "false" for other in same for word in other.values)
