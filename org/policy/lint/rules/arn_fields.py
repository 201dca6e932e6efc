"""The Region and the account of an ARN are there where its service has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.meaning import Arn
from org.policy.lint.resources import arns, types
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG232",
    "a wrong partition, Region or account in an ARN",
    "Buckets and IAM have no Region in their ARNs, buckets no account either, and most other resources have both; "
    "an ARN with a field too many or too few matches nothing. An account has twelve digits. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:us-east-1::acme-logs/*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
)
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}|[a-z]*")
ACCOUNT = re.compile(r"[0-9]{12}|[a-z-]*|cloudfront")
NEVER_OF_AWS = frozenset({"dynamodb", "iam", "kms", "lambda", "logs", "secretsmanager", "sns", "sqs", "states"})
"""Services without resources of AWS's own, which have no account in their ARNs."""
OPEN = frozenset("*?$")


def check(document: Document) -> Iterator[Finding]:
    """A finding for each field of an ARN that its service does not have, or that has another form."""
    for word, arn in arns(document):
        problem = _form(arn) or _presence(arn)
        if problem:
            yield RULE.finding(f"{shown(word.text)} has {problem[0]}", word.span, problem[1])


def _form(arn: Arn) -> tuple[str, str] | None:
    if not OPEN & set(arn.partition) and arn.partition not in PARTITIONS:
        return f"the unknown partition `{arn.partition}`", f"there are {', '.join(PARTITIONS)}"
    if not OPEN & set(arn.region) and not REGION.fullmatch(arn.region):
        return f"`{arn.region}` for a Region", "Regions are written like `eu-west-1`; every one is `*`"
    if not OPEN & set(arn.account) and not ACCOUNT.fullmatch(arn.account):
        return f"`{arn.account}` for an account id", "an account id has twelve digits; every account is `*`"
    return None


def _presence(arn: Arn) -> tuple[str, str] | None:
    """A field that none of the types the ARN can stand for has, or that all of them have and it leaves empty."""
    documented = [found for found in (Arn.parse(kind.arn) for kind in types(arn)) if found]
    for name, field in (("Region", "region"), ("account", "account")):
        formats = {getattr(one, field) for one in documented}
        given = getattr(arn, field)
        if formats == {""} and given not in ("", "*"):
            return f"the {name} `{given}`", f"this kind of ARN has none: {_example(documented[0])}"
        if name == "account" and arn.service not in NEVER_OF_AWS:
            continue
        if formats == {f"${{{name.capitalize()}}}"} and not given:
            return f"no {name}", f"this kind of ARN has one: {_example(documented[0])}; every one is `*`"
    return None


def _example(arn: Arn) -> str:
    return f"`arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{arn.resource}`"
