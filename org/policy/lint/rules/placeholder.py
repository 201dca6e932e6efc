"""Nothing is left to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.document import PLACEHOLDER
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement, Word

RULE = Rule(
    "ORG234",
    "a placeholder that nobody filled in",
    "`<name>`, `[NAME]`, `{name}` and `${Name}` are plain text to AWS, so the policy is taken and protects or "
    "allows nothing. Policy variables have a prefix: `${aws:username}`. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "sns:DeleteTopic", "Resource": "arn:aws:sns:*:*:[SNS_TOPIC]"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "sns:DeleteTopic", "Resource": "arn:aws:sns:*:*:alarms"}]}""",
    severity=Severity.WARNING,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each placeholder, once a statement."""
    for statement in document.statements:
        told: set[str] = set()
        for word in _words(statement):
            found = PLACEHOLDER.search(word.text)
            if found and found[0] not in told:
                told.add(found[0])
                yield RULE.finding(f"placeholder {shown(found[0])} in {shown(word.text)}", word.span, _help(found[0]))


def _help(placeholder: str) -> str:
    name = placeholder.removeprefix("${").removesuffix("}")
    if name in ("Account", "Region", "Partition"):
        return "write the value, or `*` for every one"
    return "write the value in its place"


def _words(statement: Statement) -> Iterator[Word]:
    yield from (*statement.actions, *statement.not_actions, *statement.resources, *statement.not_resources)
    yield from (principal.word for principal in (*statement.principals, *statement.not_principals))
    for condition in statement.conditions:
        yield from (condition.key, *condition.values)
