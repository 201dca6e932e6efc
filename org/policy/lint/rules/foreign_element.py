"""A statement has no element that its kind of policy does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.policy.lint.document import CARRIES_PRINCIPAL, NAMES, Kind
from org.policy.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.finding import Finding
    from org.policy.lint.document import Document, Statement

RULE = Rule(
    "ORG206",
    "an element that this kind of policy does not have",
    "An identity policy and an SCP belong to whoever they bind, so they have no Principal. A resource policy, a trust "
    "policy and an RCP must have one; an RCP only denies, to `*`, and has no NotAction and no NotPrincipal. A trust "
    "policy has no Resource: it is the role. "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html "
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html",
    wrong="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}]}""",
    right="""{"Version": "2012-10-17",
 "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}""",
    kind=Kind.SCP,
)
FOREIGN = {
    Kind.SCP: {
        "Principal": "name principals with `aws:PrincipalArn` in a Condition",
        "NotPrincipal": "exempt principals with `ArnNotLike` on `aws:PrincipalArn`",
    },
    Kind.IDENTITY: {
        "Principal": "remove it: the policy binds whoever it is attached to",
        "NotPrincipal": "remove it: the policy binds whoever it is attached to",
    },
    Kind.RCP: {
        "NotPrincipal": "exempt principals with `ArnNotLike` on `aws:PrincipalArn`",
        "NotAction": "list the actions under `Action`, each with its service",
    },
    Kind.TRUST: {
        "Resource": "remove it: the resource of a trust policy is its role",
        "NotResource": "remove it: the resource of a trust policy is its role",
    },
    Kind.RESOURCE: {},
}


def check(document: Document) -> Iterator[Finding]:
    """A finding for each element that does not belong there, and for a missing or wrong Principal or Effect."""
    for statement in document.statements:
        for name, help_ in FOREIGN[document.kind].items():
            if name in statement.value:
                message = f"`{name}` in {NAMES[document.kind]}, which has no such element"
                yield RULE.finding(message, statement.at(name), help_)
        if document.kind in CARRIES_PRINCIPAL and not {"Principal", "NotPrincipal"} & set(statement.value):
            help_ = 'write `"Principal": "*"`' if document.kind is Kind.RCP else "say whom it is about"
            message = f"{statement.sid} has no `Principal`, and {NAMES[document.kind]} must have one"
            yield RULE.finding(message, statement.span, help_)
        if document.kind is Kind.RCP:
            yield from _of_rcp(statement)


def _of_rcp(statement: Statement) -> Iterator[Finding]:
    if statement.value.get("Principal", "*") != "*":
        help_ = 'write `"Principal": "*"` and name principals in a Condition'
        yield RULE.finding("a Principal other than `*` in an RCP", statement.at("Principal"), help_)
    if statement.allows:
        span = statement.tree.span((*statement.path, "Effect"))
        yield RULE.finding("`Allow` in an RCP, which only denies", span, "RCPFullAWSAccess allows everything already")
