"""The type in an ARN is one that its service has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.actions import as_of, service
from org.model.finding import Severity
from org.policy.lint.resources import arns, formats, type_word, type_words, types
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document
    from org.policy.lint.meaning import Arn

RULE = Rule(
    "ORG233",
    "an ARN of a type that its service does not have",
    "Types stand in ARNs in lower case, `user/jdoe` and not `User/jdoe`, and are set off by the sign that the "
    "service uses: a function is `function:name`, a role is `role/name`. What differs matches nothing. A warning "
    "where no type is near, because the list is dated. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "iam:DeleteUser", "Resource": "arn:aws:iam::111122223333:User/jdoe"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "iam:DeleteUser", "Resource": "arn:aws:iam::111122223333:user/jdoe"}]}""",
)
NOT_RESOURCES = frozenset(
    {("iam", "root"), ("sts", "assumed-role"), ("sts", "federated-user"), ("iam", "saml-provider")}
)
"""Principals that no action acts on, and that are in ARNs all the same."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each ARN whose last part looks like no resource of its service."""
    for word, arn in arns(document):
        home = service(arn.service)
        kind = type_word(arn.resource)
        if (
            home is None
            or not home.resources
            or types(arn)
            or arn.account == "aws"
            or (arn.service, kind or arn.resource) in NOT_RESOURCES
        ):
            continue
        known = type_words(arn.service)
        near = next((name for name in sorted(known) if name == kind.lower()), "")
        if near and kind != near:
            message = f"type `{kind}` in {shown(word.text)}"
            yield RULE.finding(message, word.span, f"write it in lower case: `{near}`")
        elif near:
            message = f"{shown(word.text)} is not how a `{near}` is written"
            yield RULE.finding(message, word.span, f"write `{_rewritten(arn, near)}`")
        elif not {"*", "?", "$"} & set(kind or arn.resource):
            close = document.suggester.near(kind, known, 0.6)
            help_ = f"did you mean `{close}`?" if close else f"no such type is known as of {as_of()}"
            message = f"`{arn.service}` has no resources like {shown(word.text)}"
            yield RULE.finding(message, word.span, help_, severity=Severity.WARNING)


def _rewritten(arn: Arn, kind: str) -> str:
    """The ARN with the sign behind its type that the service uses, as in `function:name`."""
    documented = (found.resource for found in formats(arn.service).values() if found)
    sign = next(resource[len(kind)] for resource in sorted(documented) if type_word(resource) == kind)
    rest = arn.resource[len(kind) + 1 :]
    return f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{kind}{sign}{rest}"
