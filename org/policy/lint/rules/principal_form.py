"""A Principal names accounts, users, roles, services and providers as AWS does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.meaning import Arn
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG240",
    "a principal that AWS does not take",
    'Principal is `"*"`, or an object with AWS, Service, Federated or CanonicalUser. An ARN there is whole: no '
    "wildcard stands in it, and `assumed-role` sessions are named in full. Wider patterns belong in a Condition on "
    "`aws:PrincipalArn`. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": "arn:aws:iam::111122223333:role/reader",
   "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
   "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
)
KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
ACCOUNT = re.compile(r"[0-9]{12}")
UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,40}")
SERVICE = re.compile(
    r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?|[a-z0-9.-]+\.(aws\.internal|amazon\.com|alexa\.amazon\.com)"
)
PRINCIPAL_SERVICES = ("iam", "sts", "cloudfront")


def check(document: Document) -> Iterator[Finding]:
    """A finding for each principal of another form."""
    for statement in document.statements:
        for principal in (*statement.principals, *statement.not_principals):
            word, kind = principal.word, principal.kind
            if word.unfinished or (word.text == "*" and kind in ("", "AWS")):
                continue
            if not kind:
                help_ = f'write {{"{_kind_of(word.text)}": "{word.text}"}}' if word.text else 'write `"*"`'
                yield RULE.finding(f"bare principal {shown(word.text)}", word.span, help_)
            elif kind not in KINDS:
                close = next((known for known in KINDS if known.casefold() == kind.casefold()), "")
                help_ = f"write `{close}`" if close else f"there are {', '.join(KINDS)}"
                yield RULE.finding(f"unknown kind of principal {shown(kind)}", word.span, help_)
            else:
                problem = _problem(kind, word.text)
                if problem:
                    yield RULE.finding(problem[0], word.span, problem[1])


def _problem(kind: str, text: str) -> tuple[str, str] | None:
    if kind == "Service" and not SERVICE.fullmatch(text):
        return f"{shown(text)} is no service principal", "write it like `lambda.amazonaws.com`"
    if kind != "AWS":
        return None
    arn = Arn.parse(text)
    if arn and {"*", "?"} & set(text):
        help_ = 'write `"*"` and a Condition with ArnLike on `aws:PrincipalArn`'
        return f"wildcard in the principal {shown(text)}", help_
    if arn and arn.service not in PRINCIPAL_SERVICES:
        return f"{shown(text)} is no principal", "a principal is an account, a user, a role or a session"
    if arn and arn.service == "iam" and arn.resource.startswith("group/"):
        return f"group {shown(text)} as a principal", "groups are no principals: name the role or user"
    if not arn and text.endswith(".amazonaws.com"):
        return f"service {shown(text)} under AWS", f'write {{"Service": "{text}"}}'
    if not arn and not ACCOUNT.fullmatch(text) and not UNIQUE_ID.fullmatch(text):
        return f"{shown(text)} is no principal", "write an account id or the ARN of a user or role"
    return None


def _kind_of(text: str) -> str:
    """The kind that a bare principal belongs under."""
    if text.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return "Service"
    return "Federated" if "-provider/" in text else "AWS"
