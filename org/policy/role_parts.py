"""A role's permissions as managed policies: as many as IAM needs them to be, with exactly the meaning of one.

What the policies of a role allow adds up, and a Deny counts in whichever of them it stands. So an Allow with a long
list of actions may be cut anywhere between two of them. All Deny statements stay together in the first policy, and what
keeps roles comes right after them: a role that changes its own policies one by one can always change the next.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.model.policy import minified
from org.policy.quota import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from org.model.policy import Document

CHARACTERS, POLICIES = 6_144, 10
"""The characters of a managed policy, white space apart, and how many of them a role has. AWS gives a role more by now,
which are left to those who attach some of their own.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
KEEPING = frozenset(
    f"iam:{name}"
    for name in (
        *("AttachRolePolicy", "CreatePolicy", "CreatePolicyVersion", "CreateRole", "DeletePolicyVersion"),
        *("DeleteRolePolicy", "DetachRolePolicy", "GetPolicy", "GetPolicyVersion", "GetRole", "GetRolePolicy"),
        *("ListAttachedRolePolicies", "ListOpenIDConnectProviders", "ListPolicyVersions", "ListRolePolicies"),
        *("PutRolePermissionsBoundary", "TagPolicy", "TagRole", "UpdateAssumeRolePolicy", "UpdateRole"),
    )
)
"""The actions with which roles and their policies are read and changed."""
PERMISSIONS = "permissions"
Statement = dict[str, Any]


@dataclass(slots=True)
class Part:
    """One of the policies. `origins` has the number, in the whole document, of each of its statements."""

    statements: list[Statement] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)

    @property
    def document(self) -> Document:
        """The policy itself."""
        return {"Version": "2012-10-17", "Statement": self.statements}

    def takes(self, statement: Statement) -> bool:
        """True where the policy is not too long with this statement."""
        return size(minified({"Version": "2012-10-17", "Statement": [*self.statements, statement]})) <= CHARACTERS

    def add(self, statement: Statement, origin: int) -> None:
        """The statement is in it."""
        self.statements.append(statement)
        self.origins.append(origin)


def parts(permissions: Document) -> tuple[Part, ...]:
    """The policies in their order: the Denies, what keeps roles, then every Allow where there is room.

    A statement that is too long and cannot be cut stands alone in a policy that is too long.
    """
    statements = list(permissions["Statement"])
    whole = Part(statements, list(range(len(statements))))
    if size(minified(whole.document)) <= CHARACTERS:
        return (whole,)
    made = [Part()]
    for _, origin, statement in sorted(_pieces(statements), key=lambda piece: piece[:2]):
        rest: Statement | None = statement
        while rest is not None:
            fits, rest = _cut(made[-1], rest)
            if fits is not None:
                made[-1].add(fits, origin)
            if rest is not None:
                made.append(Part())
    return tuple(made)


def _pieces(statements: Sequence[Statement]) -> Iterator[tuple[int, int, Statement]]:
    """The statements with their rank and their number; what keeps roles is apart from the rest of its statement."""
    for number, statement in enumerate(statements):
        actions = statement.get("Action")
        named = actions if isinstance(actions, list) else [actions]
        if statement.get("Effect") == "Deny":
            yield 0, number, statement
            continue
        keeping = [action for action in named if action in KEEPING]
        others = [action for action in named if action not in KEEPING]
        if not keeping or not others:
            yield 1 if keeping else 2, number, statement
        else:
            sid = {"Sid": f"{statement['Sid']}Roles"} if "Sid" in statement else {}
            yield 1, number, {**statement, **sid, "Action": keeping}
            yield 2, number, {**statement, "Action": others}


def _cut(part: Part, statement: Statement) -> tuple[Statement | None, Statement | None]:
    """What of the statement goes into this policy, and what is left for the next; None for nothing."""
    if part.takes(statement):
        return statement, None
    actions = statement.get("Action")
    if statement.get("Effect") != "Allow" or not isinstance(actions, list):
        return (None, statement) if part.statements else (statement, None)
    count = _most(part, statement, actions)
    if count:
        return {**statement, "Action": actions[:count]}, {**statement, "Action": actions[count:]}
    return (None, statement) if part.statements else (statement, None)


def _most(part: Part, statement: Statement, actions: list[str]) -> int:
    """How many of the actions fit; a search by halves, since the policy only grows with each."""
    low, high = 0, len(actions) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if part.takes({**statement, "Action": actions[:middle]}) else (low, middle - 1)
    return low


def named(documents: Mapping[str, Document]) -> Iterable[tuple[str, Document]]:
    """Every document that IAM gets, under the name of its section.

    Permissions that take more policies than one are `permissions-1`, `permissions-2` and so on.
    """
    for section, whole in documents.items():
        pieces = parts(whole) if section == PERMISSIONS else ()
        if len(pieces) > 1:
            yield from ((f"{section}-{number}", piece.document) for number, piece in enumerate(pieces, start=1))
        else:
            yield section, whole


def excess(permissions: Document) -> str:
    """Why IAM would not take the permissions, in words; empty where it would."""
    pieces = parts(permissions)
    longest = max(size(minified(piece.document)) for piece in pieces)
    if longest > CHARACTERS:
        return f"a statement takes {longest:,} characters, and AWS takes {CHARACTERS:,} in a managed policy"
    if len(pieces) > POLICIES:
        return f"they take {len(pieces)} managed policies, and a role may have {POLICIES}"
    return ""
