"""Which kind of policy a document is, from what it says and from where it stands."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

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

    A principal means a resource policy, a trust policy where only sts actions are named, or an RCP where everything is
    denied to everyone on every resource. Without a principal, a document that only denies is an SCP, since an identity
    policy that grants nothing is of no use alone; any other is an identity policy, unless a name says SCP.
    """
    named = _named(file)
    if any("Principal" in one.value or "NotPrincipal" in one.value for one in statements):
        actions = [word.text for one in statements for word in (*one.actions, *one.not_actions)]
        if actions and all(ASSUME.fullmatch(action) for action in actions) and named is not Kind.RCP:
            return (
                Kind.RESOURCE
                if any("Resource" in one.value for one in statements) and _denied(statements)
                else Kind.TRUST
            )
        if named is Kind.RCP or _denied(statements):
            return Kind.RCP
        return Kind.RESOURCE
    if named in (Kind.SCP, Kind.RCP, Kind.TRUST):
        return named
    return Kind.SCP if statements and all(one.denies for one in statements) else Kind.IDENTITY


def _denied(statements: Sequence[Statement]) -> bool:
    """True where every statement denies something to everyone, on every resource or for more than one service."""
    return all(
        one.denies
        and [principal.word.text for principal in one.principals] == ["*"]
        and [word.text for word in one.resources] in (["*"], [])
        for one in statements
    )


def _named(file: str) -> Kind | None:
    """The kind that the file's name or the folder it stands in names."""
    for part in reversed(PurePath(file).parts[-5:]):
        for kind, pattern in IN_A_NAME:
            if pattern.search(part):
                return kind
    return None
