"""Every action can act on some resource of its statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.meaning import meant
from org.policy.lint.resources import fits, resource_arns, typed
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.actions import Action
    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG212",
    "an action that none of the resources fits",
    "`s3:GetObject` acts on objects and `s3:ListBucket` on buckets; an action whose resources are all of another type "
    "is neither allowed nor denied by the statement. Actions without a resource type of their own take only `*`. "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
    severity=Severity.WARNING,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each action that can act on none of the resources of its statement."""
    for statement in document.statements:
        arns = typed(statement)
        for word in statement.actions if arns else ():
            actions = meant(word.text)
            if actions and not any(fits(word.text, arn) for arn in arns):
                message = f"{shown(word.text)} acts on none of the resources of its statement"
                yield RULE.finding(message, word.span, advice(actions[0]))


def advice(action: Action) -> str:
    """The ARNs that an action takes."""
    arns = resource_arns(action)
    if not arns:
        return f'`{action}` has no resource type: give it a statement with `"Resource": "*"`'
    return f"`{action}` acts on {' or '.join(f'`{arn}`' for arn in arns[:2])}"
