"""A Region deny leaves global services alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import Kind
from org.policy.lint.meaning import bears_on, everywhere, exemptions
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement

RULE = Rule(
    "ORG250",
    "a Region deny that stops global services",
    "IAM, Organizations, Route 53, CloudFront, Support and others answer from one Region for all, mostly us-east-1. "
    "A Deny by `aws:RequestedRegion` on everything stops them, or works only by luck while us-east-1 is on the "
    "list. Exempt them under NotAction; the template `restrict-regions` has the whole list. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]},
                 "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/org-break-glass"}}},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/org-break-glass"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "Resource": "*",
   "NotAction": ["budgets:*", "ce:*", "cloudfront:*", "globalaccelerator:*", "health:*", "iam:*", "organizations:*",
     "route53:*", "route53domains:*", "shield:*", "sts:*", "support:*", "waf:*"],
   "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]},
                 "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/org-break-glass"}}},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/org-break-glass"}]}""",
)
GLOBAL = {
    "budgets": "budgets:ViewBudget",
    "ce": "ce:GetCostAndUsage",
    "cloudfront": "cloudfront:ListDistributions",
    "globalaccelerator": "globalaccelerator:ListAccelerators",
    "health": "health:DescribeEvents",
    "iam": "iam:ListRoles",
    "organizations": "organizations:DescribeOrganization",
    "route53": "route53:ListHostedZones",
    "route53domains": "route53domains:ListDomains",
    "shield": "shield:ListProtections",
    "sts": "sts:GetCallerIdentity",
    "support": "support:DescribeCases",
    "waf": "waf:ListWebACLs",
}
"""Services that every sample of AWS exempts, each with one of its actions."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each Region deny that also denies global services."""
    for statement in document.statements if document.kind is Kind.SCP else ():
        region = next((one for one in statement.tests("aws:requestedregion") if one.negated), None)
        if region is None or not statement.denies or not everywhere(statement) or _narrower(statement):
            continue
        stopped = [name for name, action in GLOBAL.items() if bears_on(statement, action)]
        if stopped:
            names = ", ".join(f"`{name}`" for name in stopped)
            luck = any(word.text == "us-east-1" for word in region.values)
            but = ", were it not for `us-east-1` on the list" if luck else ""
            message = f"this Region deny stops {names}{but}"
            help_ = "list them under `NotAction`, as the template `restrict-regions` does"
            if not any(exemptions(statement)):
                help_ += ", and exempt the roles that repair with ArnNotLike on `aws:PrincipalArn`"
            yield RULE.finding(message, region.key.span, help_)


def _narrower(statement: Statement) -> bool:
    """True where a condition on something else than the Region and the principal narrows the Deny."""
    return any(
        one.name not in ("aws:requestedregion", "aws:viaawsservice", "aws:assumedroot")
        and not one.name.startswith("aws:principal")
        for one in statement.conditions
    )
