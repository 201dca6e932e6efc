"""A policy holds no secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document

RULE = Rule(
    "ORG256",
    "a secret in a policy",
    "Whoever may read the policy, and everyone who can see the repository, has the key as well. Take it out, and "
    "make a new one: what was committed stays in the history. "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"StringEquals": {"aws:PrincipalTag/key": "AKIAIOSFODNN7EXAMPLE"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*",
   "Condition": {"StringEquals": {"aws:PrincipalTag/team": "payments"}}}]}""",
)
SECRETS = (
    ("an access key id", re.compile(r"(?<![A-Z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a token of GitHub", re.compile(r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}")),
    ("a token of GitLab", re.compile(r"glpat-[A-Za-z0-9_-]{20,}")),
    ("a token of Slack", re.compile(r"xox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a signed token", re.compile(r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}")),
    ("a Bedrock API key", re.compile(r"ABSK[A-Za-z0-9+/=]{100,}")),
)


def check(document: Document) -> Iterator[Finding]:
    """A finding for each text that looks like a secret; the text itself is not repeated."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), document.tree.value)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [((*path, number), item) for number, item in enumerate(value)]
        name = next((name for name, pattern in SECRETS if isinstance(value, str) and pattern.search(value)), "")
        if name:
            yield RULE.finding(f"{name} in a policy", document.tree.span(path), "remove it and make a new one")
