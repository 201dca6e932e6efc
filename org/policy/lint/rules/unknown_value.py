"""Values of keys with a fixed list are on that list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG229",
    "a value that its condition key never has",
    "Some keys have few values. `bucket-owner-full-control` is a canned ACL and no object ownership; encryption by "
    "KMS is called `aws:kms`; Regions are written `eu-west-1`; and `s3:signatureAge` counts milliseconds, so an "
    "hour is 3600000. https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",
   "Condition": {"NumericGreaterThan": {"s3:signatureAge": "3600"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",
   "Condition": {"NumericGreaterThan": {"s3:signatureAge": "3600000"}}}]}""",
)
CANNED = "private|public-read|public-read-write|aws-exec-read|authenticated-read|bucket-owner-read|"
VALUES = {
    "s3:x-amz-object-ownership": "BucketOwnerEnforced|BucketOwnerPreferred|ObjectWriter",
    "s3:x-amz-acl": f"{CANNED}bucket-owner-full-control|log-delivery-write",
    "s3:x-amz-server-side-encryption": "AES256|aws:kms|aws:kms:dsse|aws:fsx",
    "lambda:functionurlauthtype": "AWS_IAM|NONE",
    "aws:principaltype": "Account|User|FederatedUser|AssumedRole|Anonymous|Service",
}
"""The values of keys that have few of them."""
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
SHORTEST_AGE = 10_000
"""Milliseconds: nobody signs a request for less than ten seconds, so a smaller number was meant as seconds."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each value that is not on the list of its key."""
    for statement in document.statements:
        for condition in statement.conditions:
            for word in condition.values:
                literal = not word.unfinished and not {"*", "?", "$"} & set(word.text)
                help_ = _help(condition, word.text) if literal and condition.base not in ("", "null") else ""
                if help_:
                    message = f"{shown(condition.key.text)} is never {shown(word.text)}"
                    yield RULE.finding(message, word.span, help_)


def _help(condition: Condition, value: str) -> str:
    """What the key's values are, or nothing where this is one of them."""
    known = VALUES.get(condition.name, "").split("|")
    if known != [""] and value not in known:
        return f"it is {', '.join(f'`{one}`' for one in known)}"
    if condition.name == "aws:requestedregion" and not REGION.fullmatch(value):
        return "Regions are written like `eu-west-1`"
    if condition.name == "s3:signatureage" and value.isdigit() and int(value) < SHORTEST_AGE:
        return f"it counts milliseconds: {value} seconds are `{value}000`"
    return ""
