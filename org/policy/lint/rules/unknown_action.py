"""Actions are those that AWS documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.actions import as_of, service, services
from org.model.finding import Severity
from org.policy.lint.meaning import meant, well_formed
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Word

RULE = Rule(
    "ORG211",
    "an action that AWS does not document",
    "An action that does not exist allows and denies nothing, and AWS takes the policy all the same. The bundled list "
    "has a date, so an action of last month may be missing from it: that is why this is a warning. "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "cloudtrail:StopLoging", "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}]}""",
    severity=Severity.WARNING,
)
OPERATIONS = {
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:headbucket": "s3:ListBucket",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:copyobject": "s3:PutObject",
    "s3:uploadpart": "s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:putpublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:deletepublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:deletebucketencryption": "s3:PutEncryptionConfiguration",
    "s3:putbucketencryption": "s3:PutEncryptionConfiguration",
    "lambda:invoke": "lambda:InvokeFunction",
}
"""Operations of an API whose permission has another name: the names that people take from the SDK."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each action, or wildcard, that stands for nothing AWS documents.

    An unknown service under NotAction does no harm unless it is another one misspelt.
    """
    for statement in document.statements:
        for word in (*statement.actions, *statement.not_actions):
            if well_formed(word) and word.text != "*":
                yield from _unknown(document, word, exempted=word in statement.not_actions)


def _unknown(document: Document, word: Word, *, exempted: bool) -> Iterator[Finding]:
    prefix, _, name = word.text.partition(":")
    found = service(prefix)
    if found is None:
        if "*" not in prefix and "?" not in prefix:
            close = document.suggester.near(prefix, services())
            if exempted and not close:
                return
            help_ = f"did you mean `{close}`?" if close else f"no service of that name is known as of {as_of()}"
            yield RULE.finding(f"unknown service `{prefix}` in {shown(word.text)}", word.span, help_)
    elif not meant(word.text):
        other = OPERATIONS.get(word.text.lower())
        if other:
            help_ = f"the permission for that operation is `{other}`"
        elif "*" in name or "?" in name:
            help_ = f"no action of `{found.prefix}` matches it, as of {as_of()}"
        else:
            close = document.suggester.near(name, found.actions)
            otherwise = f"`{found.prefix}` has no action like it, as of {as_of()}"
            help_ = f"did you mean `{found.actions[close]}`?" if close else otherwise
        yield RULE.finding(f"unknown action {shown(word.text)}", word.span, help_)
