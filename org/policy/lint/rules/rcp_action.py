"""An RCP names actions of services that RCPs cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.actions import as_of, rcp_services
from org.model.finding import Severity
from org.policy.lint.document import Kind
from org.policy.lint.meaning import known_service
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG216",
    "an action that an RCP cannot deny",
    "RCPs bind the resources of some services only, and every action names its service: `*` alone is refused, and an "
    "action of another service never takes effect. The list of services is dated, so those are warnings. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sqs:*"], "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}]}""",
    kind=Kind.RCP,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each action of an RCP that names no service, or one that RCPs do not cover."""
    if document.kind is not Kind.RCP:
        return
    for statement in document.statements:
        for word in statement.actions:
            prefix = word.text.partition(":")[0].lower()
            if "*" in prefix or "?" in prefix:
                help_ = "name each service, such as `s3:*`"
                yield RULE.finding(f"action {shown(word.text)} names no service in an RCP", word.span, help_)
            elif known_service(word.text) and prefix not in rcp_services():
                help_ = f"remove it; {len(rcp_services())} services are covered as of {as_of()}"
                message = f"`{prefix}` is not covered by RCPs, so {shown(word.text)} denies nothing"
                yield RULE.finding(message, word.span, help_, severity=Severity.WARNING)
