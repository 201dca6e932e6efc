"""Which kind of policy a document is, from what it says and from where it stands."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from org.access.actions import rcp_services
from org.policy.lint.document import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.policy.lint.document import Statement

ASSUME = re.compile(r"sts:(?:assumerole\w*|tagsession|setsourceidentity|setcontext|\*)", re.IGNORECASE)
IN_A_NAME = (
    (Kind.SCP, re.compile(r"(?:^|[^a-z])(?:scps?|service[-_ ]?control)(?:[^a-z]|$)", re.IGNORECASE)),
    (Kind.RCP, re.compile(r"(?:^|[^a-z])(?:rcps?|resource[-_ ]?control)(?:[^a-z]|$)", re.IGNORECASE)),
    (Kind.TRUST, re.compile(r"(?:^|[^a-z])(?:trust|assume[-_ ]?role)", re.IGNORECASE)),
)


def kind_of(statements: Sequence[Statement], file: str) -> Kind:
    """The kind of a document with these statements in a file of this name.

    A principal means a resource policy, a trust policy where no resource stands beside its sts actions, or an RCP where
    everyone is denied actions that RCPs cover on every resource. Without a principal, a document that only denies is an
    SCP, since an identity policy that grants nothing is of no use alone; any other is an identity policy, unless a name
    says SCP.
    """
    named = _named(file)
    if any("Principal" in one.value or "NotPrincipal" in one.value for one in statements):
        actions = [word.text for one in statements for word in (*one.actions, *one.not_actions)]
        bare = not any("Resource" in one.value or "NotResource" in one.value for one in statements)
        if named is not Kind.RCP and bare and actions and all(ASSUME.fullmatch(action) for action in actions):
            return Kind.TRUST
        return Kind.RCP if named is Kind.RCP or all(map(_like_rcp, statements)) else Kind.RESOURCE
    if named in (Kind.SCP, Kind.RCP, Kind.TRUST):
        return named
    return Kind.SCP if statements and all(one.denies for one in statements) else Kind.IDENTITY


def _like_rcp(statement: Statement) -> bool:
    """True where a statement denies everyone actions that RCPs cover, on every resource."""
    return (
        statement.denies
        and [principal.word.text for principal in statement.principals] == ["*"]
        and [word.text for word in statement.resources] == ["*"]
        and all(word.text.partition(":")[0].lower() in rcp_services() for word in statement.actions)
    )


def _named(file: str) -> Kind | None:
    """The kind that the file's name or the folder it stands in names."""
    for part in reversed(PurePath(file).parts[-5:]):
        for kind, pattern in IN_A_NAME:
            if pattern.search(part):
                return kind
    return None
