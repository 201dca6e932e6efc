"""Condition keys are known to the actions of their statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.actions import global_keys, service
from org.model.finding import Severity
from org.policy.lint.keys import documented, knows
from org.policy.lint.meaning import meant
from org.policy.lint.rule import Rule
from org.policy.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.actions import Action
    from org.model.finding import Finding
    from org.policy.lint.document import Condition, Document

RULE = Rule(
    "ORG222",
    "a condition key that none of the actions knows",
    "Requests carry the keys of their own action and of its resource types. A key that no action of the statement "
    "knows is never there: the condition is never met, or with a negated operator always. "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*",
   "Condition": {"StringLike": {"s3:prefix": "reports/*"}}}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-logs",
   "Condition": {"StringLike": {"s3:prefix": "reports/*"}}}]}""",
    severity=Severity.WARNING,
)
OF_A_REQUEST = ("aws:RequestTag/${}", "aws:TagKeys")
"""The global keys that only some actions know; of the others every request may carry any."""


def check(document: Document) -> Iterator[Finding]:
    """A finding for each key that no action of its statement knows."""
    for statement in document.statements:
        actions = [action for word in statement.actions for action in meant(word.text)]
        if not actions or any(not meant(word.text) for word in statement.actions):
            continue
        for condition in statement.conditions:
            name = documented(condition.key.text)
            checked = name and (name not in global_keys().types or name in OF_A_REQUEST)
            if checked and not any(knows(action, condition.key.text) for action in actions):
                yield from _finding(condition, actions, str(name))


def _finding(condition: Condition, actions: list[Action], name: str) -> Iterator[Finding]:
    """The finding, unless the data gives the key to no action at all: then it is the data that lacks something."""
    text = condition.key.text
    first = f"`{actions[0]}`" if len(actions) == 1 else f"`{actions[0]}` and the other actions of the statement"
    message = f"{shown(text)} is never in a request for {first}"
    home = service(name.partition(":")[0])
    users = [str(action) for action in home.actions.values() if name in action.keys] if home else []
    if users or not home:
        effect = "always" if condition.negated else "never"
        help_ = f"the condition is {effect} met" + (f"; `{users[0]}` is one that knows it" if users else "")
        yield RULE.finding(message, condition.key.span, help_)
