"""A Deny of nearly everything leaves a way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.meaning import bears_on, broad, everywhere
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG251",
    "a Deny that locks everyone out",
    "A Deny on everything, or with NotAction on everything but a list, also denies iam, sts, kms and support, the "
    "roles of this tool and whoever would have to repair it. Exempt the pipeline's roles and a break-glass role "
    "with ArnNotLike on `aws:PrincipalArn`, or narrow the Deny by another condition. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "NotAction": ["s3:*", "ec2:*"], "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "NotAction": ["s3:*", "ec2:*"], "Resource": "*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/org-break-glass"}}},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/org-break-glass"}]}""",
)
NEEDED = {
    "iam": "iam:GetRole",
    "sts": "sts:AssumeRole",
    "kms": "kms:Decrypt",
    "cloudtrail": "cloudtrail:PutEventSelectors",
    "config": "config:PutConfigRule",
    "logs": "logs:PutLogEvents",
    "support": "support:CreateCase",
}
"""Services without which nobody works or repairs, each with one of its actions."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Deny without conditions on all actions, or all but some, of every resource."""
    for statement in document.statements if document.kind in (Kind.SCP, Kind.IDENTITY) else ():
        if not statement.denies or not broad(statement) or statement.conditions or not everywhere(statement):
            continue
        denied = [name for name, action in NEEDED.items() if bears_on(statement, action)]
        if not statement.not_actions:
            message = "this denies everything to everyone"
        elif len(denied) == len(NEEDED):
            message = f"no exemption for anyone: this also denies {', '.join(f'`{name}`' for name in denied)}"
        else:
            continue
        help_ = 'add `"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/..."}` for the roles that repair'
        name = "NotAction" if statement.not_actions else "Action"
        yield RULE.finding(message, statement.at(name), help_)
