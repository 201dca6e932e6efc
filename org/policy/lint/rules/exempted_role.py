"""A role that is exempted by name cannot be made by anyone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.document import Kind
from org.policy.lint.meaning import bears_on, exemptions
from org.policy.lint.patterns import covers
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Around, Document, Statement, Word

RULE = Rule(
    "ORG253",
    "an exempted role that anyone could create",
    "A Deny that exempts a role by its name is open to every administrator of a member account who creates a role "
    "of that name, or changes who may assume it. Protect the name with a Deny of iam:CreateRole and "
    "iam:UpdateAssumeRolePolicy in some policy that is checked with this one, as the template "
    "`protect-baseline-roles` does. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_iam.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}},
  {"Effect": "Deny", "Action": ["iam:CreateRole", "iam:UpdateAssumeRolePolicy"],
   "Resource": "arn:aws:iam::*:role/admin",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}]}""",
    severity=Severity.WARNING,
)
MAKING = ("iam:CreateRole", "iam:UpdateAssumeRolePolicy")
OF_AWS = (
    "arn:aws:iam::*:role/aws-service-role/",
    "arn:aws:iam::*:role/aws-reserved/",
    "arn:aws:iam::*:role/stacksets-exec-",
)
"""Roles whose names or paths only AWS can give."""
BORN_WITH_THE_ACCOUNT = "OrganizationAccountAccessRole"


def check(document: Document) -> Iterator[Finding]:
    """A finding for each role pattern that a Deny exempts and no Deny protects, once a document."""
    if document.kind is not Kind.SCP:
        return
    protected = _protected(document.around) or _patterns(document)
    told: set[str] = set()
    for statement in document.statements:
        for condition in exemptions(statement) if statement.denies else ():
            for word in condition.values:
                if word.text not in told and _open(word, protected):
                    told.add(word.text)
                    message = f"anyone in the account could create {shown(word.text)}, which {statement.sid} exempts"
                    yield RULE.finding(message, word.span, f"deny {' and '.join(MAKING)} on it")


@lru_cache(maxsize=1)
def _protected(around: Around) -> frozenset[str]:
    """The patterns of role names that the SCPs of a run protect, looked up once for all of its documents."""
    return frozenset(pattern for one in around.documents if one.kind is Kind.SCP for pattern in _patterns(one))


def _patterns(document: Document) -> frozenset[str]:
    guards = filter(_guards, document.statements)
    return frozenset(_role(resource) for guard in guards for resource in guard.resources)


def _guards(statement: Statement) -> bool:
    """True for a Deny of making a role for everyone but named principals."""
    named = all(one.negated and one.name.startswith("aws:principal") for one in statement.conditions)
    return statement.denies and named and all(bears_on(statement, action) for action in MAKING)


def _open(word: Word, protected: Iterable[str]) -> bool:
    """True for the ARN of a role whose name is protected by none of the patterns."""
    if word.unfinished or ":role/" not in word.text or word.text.startswith(OF_AWS):
        return False
    role = word.text.partition(":role/")[2]
    if role in ("*", "") or role.endswith(BORN_WITH_THE_ACCOUNT):
        return False
    return not any(covers(pattern, role) for pattern in protected)


def _role(resource: Word) -> str:
    """The role pattern that a resource stands for."""
    return "*" if resource.text == "*" else resource.text.partition(":role/")[2]
