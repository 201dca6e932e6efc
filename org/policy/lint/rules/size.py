"""A policy fits in the quota of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.policy import PolicyType
from org.policy.lint.document import NAMES, Kind
from org.policy.lint.rule import Rule
from org.policy.quota import QUOTAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

LIMITS = {
    Kind.SCP: QUOTAS[PolicyType.SERVICE_CONTROL_POLICY].characters,
    Kind.RCP: QUOTAS[PolicyType.RESOURCE_CONTROL_POLICY].characters,
    Kind.IDENTITY: 6_144,
    Kind.TRUST: 8_192,
    Kind.RESOURCE: 20_480,
}
"""The characters each kind may have; the largest resource policy of S3, SQS, KMS and Secrets Manager for `resource`."""


RULE = Rule(
    "ORG207",
    "a policy file is too long",
    "AWS counts every character of an SCP (10,240), an RCP (5,120) and a trust policy (8,192 at most); in a managed "
    "policy (6,144) white space does not count. Counted here without white space, as policies should be sent. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    wrong="",
    right="",
)
HELP = "split it, drop Sids, or join statements that have the same Effect, Resource and Condition"


def check(document: Document) -> Iterator[Finding]:
    """A finding for a document with more characters than AWS takes."""
    quota = LIMITS.get(document.kind)
    if quota and document.size > quota:
        taken = f"{document.size:,} characters without white space, and {NAMES[document.kind]} may have {quota:,}"
        yield RULE.finding(f"the policy takes {taken}", document.tree.span(()), HELP)
