"""An Allow grants what it says it grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.finding import Severity
from org.policy.lint.document import Kind
from org.policy.lint.meaning import everywhere, known_service, meant
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Word

RULE = Rule(
    "ORG215",
    "all actions of a service are allowed",
    "`s3:*` is not reading and writing: it also deletes buckets, replaces their policies and opens them to the public. "
    "Name the actions, or at least leave out those that manage permissions. SCPs are not looked at, because their "
    "Allow grants nothing.",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:*",
   "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"]}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
   "Resource": "arn:aws:s3:::acme-logs/*"}]}""",
    severity=Severity.WARNING,
)
READ_WRITE = {
    "s3": "for reading and writing objects: `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` on `bucket/*`, and "
    "`s3:ListBucket` on the bucket",
    "dynamodb": "for reading and writing items: `dynamodb:GetItem`, `dynamodb:Query`, `dynamodb:PutItem`, "
    "`dynamodb:UpdateItem`, `dynamodb:DeleteItem`",
    "sqs": "for sending and receiving: `sqs:SendMessage`, `sqs:ReceiveMessage`, `sqs:DeleteMessage`",
    "kms": "for using a key: `kms:Decrypt`, `kms:GenerateDataKey`",
    "secretsmanager": "for reading a secret: `secretsmanager:GetSecretValue`",
}
SHOWN_ACTIONS = 3


def check(document: Document) -> Iterator[Finding]:
    """A finding for each whole service, or everything, that an Allow grants.

    Everything on everything in a policy with principals is that of a VPC endpoint, which only says who may pass.
    """
    if document.kind is Kind.SCP:
        return
    for statement in document.statements:
        for word in statement.actions if statement.allows else ():
            if word.text in ("*", "*:*") and document.kind is Kind.RESOURCE and everywhere(statement):
                continue
            if word.text in ("*", "*:*"):
                help_ = "this is an administrator: name the services, and the actions of each"
                yield RULE.finding("every action of every service is allowed", word.span, help_)
            elif word.text.endswith(":*") and known_service(word.text) and not _own_key(document, word):
                yield _finding(word)


def _own_key(document: Document, word: Word) -> bool:
    """True for `kms:*` in a key policy, which AWS's own default grants to the account that holds the key."""
    return document.kind is Kind.RESOURCE and word.text.lower() == "kms:*"


def _finding(word: Word) -> Finding:
    prefix = word.text.partition(":")[0].lower()
    actions = meant(word.text)
    powerful = [str(action) for action in actions if action.level == "Permissions management"]
    also = ", ".join(f"`{name}`" for name in sorted(powerful, key=_loudest)[:SHOWN_ACTIONS])
    message = f"{shown(word.text)} allows all {len(actions)} actions" + (f", also {also}" if also else "")
    return RULE.finding(message, word.span, READ_WRITE.get(prefix, "name the actions that are needed"))


def _loudest(name: str) -> tuple[bool, str]:
    """The order in which to name actions: those that change a policy first."""
    return ("Policy" not in name or ":Put" not in name, name)
