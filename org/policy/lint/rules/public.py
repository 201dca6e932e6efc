"""Nothing is open to everyone without a condition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG241",
    "an Allow for everyone",
    '`"Principal": "*"` in an Allow means everyone on the internet, with an account or without, unless a condition '
    "narrows it to an organization, accounts, roles, networks or the resources of a service. Wildcards in such a "
    "condition, ForAllValues and IfExists do not narrow it. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",
   "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",
   "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders",
   "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}]}""",
)
NARROWING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
        "kms:calleraccount",
        "lambda:eventsourcetoken",
        "s3:accesspointnetworkorigin",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "sns:endpoint",
    }
)
"""Keys, in lower case, that leave only those whom somebody has named."""
OPEN = re.compile(r"\*+|arn:[^:]*:[^:]*:[^:]*:\*:.*|0\.0\.0\.0/0|::/0")
"""Values that narrow nothing: everything, an ARN in any account, every address."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Allow that everyone can use."""
    if document.kind is Kind.RCP:
        return
    for statement in document.statements:
        for principal in statement.principals if statement.allows else ():
            everyone = principal.word.text == "*" and principal.kind in ("", "AWS")
            if everyone and not any(narrows(condition) for condition in statement.conditions):
                help_ = 'name the principals, or add `"StringEquals": {"aws:PrincipalOrgID": "o-..."}`'
                yield RULE.finding(f"{statement.sid} allows everyone", principal.word.span, help_)


def narrows(condition: Condition) -> bool:
    """True where a condition leaves only principals that somebody has named."""
    if condition.negated or condition.if_exists or condition.base in ("", "null"):
        return False
    if condition.quantifier == "forallvalues":
        return False
    if condition.name == "aws:principalisawsservice":
        return [word.text.lower() for word in condition.values] == ["true"]
    named = condition.name in NARROWING or condition.name.startswith(("aws:principaltag/", "kms:encryptioncontext:"))
    return named and not any(OPEN.fullmatch(word.text) for word in condition.values)
