"""An action is written service:Action."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from org.policy.lint.meaning import known_service, meant, well_formed
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG210",
    "an action that is not of the form service:Action",
    "An action is the prefix of a service, a colon, and the name of the action, with `*` and `?` as wildcards: "
    "`s3:ListBucket`, `s3:List*`, or `*` for everything. Case does not count. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3>ListBucket", "Resource": "arn:aws:s3:::acme-logs"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-logs"}]}""",
)
PARTS = re.compile(r"([A-Za-z0-9-]+)\W+([A-Za-z0-9*?]+)")


def check(document: Document) -> Iterator[Finding]:
    """A finding for each action of another form, with the action that it probably is."""
    for statement in document.statements:
        for word in (*statement.actions, *statement.not_actions):
            if word.text and not well_formed(word) and not word.unfinished:
                message = f"action {shown(word.text)} is not of the form service:Action"
                yield RULE.finding(message, word.span, meant_by(word.text))


def meant_by(text: str) -> str:
    """Advice about a text that is no action: what it probably is, or the form that actions have."""
    parts = PARTS.fullmatch(text.strip())
    if parts and known_service(parts[1]):
        action = next(iter(meant(f"{parts[1]}:{parts[2]}")), None)
        name = action.name if action and "*" not in parts[2] and "?" not in parts[2] else parts[2]
        return f"did you mean `{parts[1].lower()}:{name}`?"
    if known_service(text):
        return f"did you mean `{text.lower()}:*`?"
    return "write the service, a colon and the action, such as `s3:ListBucket`"
