"""An Allow lists what it allows."""

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
    "ORG217",
    "an Allow with NotAction",
    "Allow with NotAction grants everything but the list, of every service, those of next year included; in a policy "
    "for people or programs that is nearly always meant as a Deny. In an SCP it grants nothing and is fine. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}""",
    severity=Severity.WARNING,
    kind=Kind.IDENTITY,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Allow with NotAction outside of SCPs."""
    for statement in document.statements:
        if statement.allows and statement.not_actions and document.kind is not Kind.SCP:
            help_ = "list what is allowed under `Action`, or deny the list in a statement of its own"
            message = f"{statement.sid} allows everything but what it lists"
            yield RULE.finding(message, statement.at("NotAction"), help_)
