"""A policy names the version of its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.document import ORGANIZATION_KINDS, Kind
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG203",
    "the version of a policy is missing or old",
    "Without `Version`, or with 2008-10-17, AWS reads a policy by the rules of 2008: variables such as "
    "`${aws:username}` are plain text. SCPs and RCPs are refused without 2012-10-17. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    wrong='{"Statement": [{"Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}',
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*"}]}""",
    kind=Kind.SCP,
)
CURRENT = "2012-10-17"
HELP = f'write `"Version": "{CURRENT}"`'


def check(document: Document) -> Iterator[Finding]:
    """A finding where the version is not the current one; only a warning where AWS would still take the policy."""
    version = document.tree.value.get("Version")
    if version == CURRENT:
        return
    accepted = document.kind not in ORGANIZATION_KINDS and version in (None, "2008-10-17")
    severity = Severity.WARNING if accepted else Severity.ERROR
    if version is None:
        yield RULE.finding("the policy has no `Version`", document.tree.span(()), HELP, severity=severity)
    else:
        yield RULE.finding(f"Version {shown(version)}", document.tree.span(("Version",)), HELP, severity=severity)
