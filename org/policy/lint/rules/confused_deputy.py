"""A service may act only for whom it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.document import Kind
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG243",
    "a service may act for anyone",
    "A resource policy that lets a service in lets it in on behalf of any account, so somebody else's bucket, rule "
    "or trail can make the service use yours. `aws:SourceAccount`, `aws:SourceArn` or `aws:SourceOrgID` say for "
    "whom. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
   "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
   "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders",
   "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}]}""",
    severity=Severity.WARNING,
)
FOR_WHOM = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "kms:calleraccount",
        "kms:grantisforawsresource",
        "kms:viaservice",
        "lambda:eventsourcetoken",
        "sns:endpoint",
    }
)
"""Keys, in lower case, that say on whose behalf a service calls."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Allow to a service without a word on whom it may act for."""
    if document.kind is not Kind.RESOURCE:
        return
    for statement in document.statements:
        said = any(_says(condition) for condition in statement.conditions)
        for principal in statement.principals if statement.allows and not said else ():
            if principal.kind == "Service":
                help_ = 'add `"StringEquals": {"aws:SourceAccount": "..."}`, or ArnLike on `aws:SourceArn`'
                message = f"{shown(principal.word.text)} may do this for any account"
                yield RULE.finding(message, principal.word.span, help_)


def _says(condition: Condition) -> bool:
    named = condition.name in FOR_WHOM or condition.name.startswith("kms:encryptioncontext")
    return named and not condition.negated and not any(word.text == "*" for word in condition.values)
