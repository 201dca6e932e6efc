"""Condition keys are those that AWS documents."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from org.access.actions import as_of, global_keys, service, services
from org.model.finding import Severity
from org.policy.lint.keys import KEY, known_key
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG221",
    "a condition key that AWS does not document",
    "A key that is never in a request makes a condition that is never met, or with a negated operator always. Keys of "
    "`aws:` are those of every service, others belong to the service they begin with. A warning, because data lags. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:PrincipalOrgId2": "o-exampleorgid"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}]}""",
    severity=Severity.WARNING,
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each key that is none, by its form or by the lists."""
    for statement in document.statements:
        for condition in statement.conditions:
            text = condition.key.text
            if condition.key.unfinished or known_key(text):
                continue
            prefix = text.partition(":")[0]
            if not KEY.fullmatch(text):
                help_ = "a key is a prefix, a colon and a name, such as `aws:PrincipalArn`"
                message = f"{shown(text)} is not a condition key"
                yield RULE.finding(message, condition.key.span, help_, severity=Severity.ERROR)
            elif prefix.lower() == "aws" or service(prefix):
                yield RULE.finding(
                    f"unknown condition key {shown(text)}", condition.key.span, _near(document, text, prefix)
                )
            elif "." not in prefix and "/" not in prefix:
                message = f"unknown prefix `{prefix}` of the condition key {shown(text)}"
                close = document.suggester.near(prefix, services(), 0.6)
                help_ = f"did you mean `{close}:{text.partition(':')[2]}`?" if close else f"as of {as_of()}"
                yield RULE.finding(message, condition.key.span, help_)


def _near(document: Document, text: str, prefix: str) -> str:
    known = _shown(prefix.lower())
    tagged = text.lower() + "/"
    if tagged in known:
        return f"it takes the key of a tag: `{text}/tag-key`"
    close = document.suggester.near(text, known)
    return f"did you mean `{known[close]}`?" if close else f"`{prefix}` has no key like it, as of {as_of()}"


@cache
def _shown(prefix: str) -> Mapping[str, str]:
    """The keys with that prefix as people write them, by their form in lower case."""
    found = service(prefix)
    named = (found.keys if found else global_keys()).types
    return {key.replace("${}", "").lower(): key.replace("${}", "tag-key") for key in named}
