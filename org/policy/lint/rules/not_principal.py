"""Principals are exempted by conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.document import Kind
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG242",
    "`NotPrincipal` instead of a condition",
    "A Deny with NotPrincipal still denies a role that is listed unless its sessions and its account are listed "
    "too, and an Allow with it opens the resource to everyone else, without an account as well. AWS advises against "
    "it: use `aws:PrincipalArn` in a condition. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
   "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*",
   "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/reader"}}}]}""",
    severity=Severity.WARNING,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each NotPrincipal where one is possible; an error with Allow, which opens the resource."""
    if document.kind not in (Kind.RESOURCE, Kind.TRUST):
        return
    for statement in document.statements:
        if "NotPrincipal" in statement.value:
            help_ = 'write `"Principal": "*"` and a Condition with ArnNotEquals on `aws:PrincipalArn`'
            if statement.allows:
                message, severity = "`NotPrincipal` in an Allow opens the resource to everyone else", Severity.ERROR
            else:
                message, severity = "`NotPrincipal` denies listed roles too, unless their sessions are listed", None
            yield RULE.finding(message, statement.at("NotPrincipal"), help_, severity=severity)
