"""A role is compared by its own ARN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.meaning import Arn
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG235",
    "the ARN of a session where the role's ARN is compared",
    "`aws:PrincipalArn` of a role's session is the ARN of the role, path included, and never that of the session: "
    "an `assumed-role` ARN there matches nobody. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/operator/*"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/operator"}}}]}""",
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each session ARN under aws:PrincipalArn."""
    for statement in document.statements:
        for condition in statement.tests("aws:principalarn"):
            for word in condition.values:
                arn = Arn.parse(word.text)
                if arn and arn.service == "sts" and arn.resource.startswith("assumed-role/"):
                    role = arn.resource.split("/")[1]
                    help_ = f"write `arn:{arn.partition}:iam::{arn.account}:role/{role}`"
                    yield RULE.finding(f"session ARN {shown(word.text)} matches nobody", word.span, help_)
