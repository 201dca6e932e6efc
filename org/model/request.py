"""Requests and decisions: who does what on what in which context, and what the policies say to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | tuple[str, ...]
"""The value of a context key: text, or a tuple for a key with several values, however many there are."""


class Answer(StrEnum):
    """What the policies say to a request. `UNKNOWN` where it depends on what nobody knows; it is never `ALLOWED`."""

    ALLOWED = "allowed"
    EXPLICITLY_DENIED = "explicitly_denied"
    IMPLICITLY_DENIED = "implicitly_denied"
    UNKNOWN = "unknown"


class Layer(StrEnum):
    """The kinds of policies that take part in a decision."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    RESOURCE = "resource"
    SCP = "scp"
    RCP = "rcp"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    `arn` is an IAM user, a role, a role session, a federated user, the root user (`arn:aws:iam::ID:root` or the id), a
    service such as `ec2.amazonaws.com`, or `*` for an anonymous caller. `issuer` is the role or user behind a session,
    with its path, where the session's own ARN does not say it. `management` is true in the management account.
    """

    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)
    org_id: str | None = None
    org_paths: tuple[str, ...] = ()
    management: bool = False
    service_linked: bool = False
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Who does what on what in which context.

    `resource` is one ARN, `*` for an action without resource types, or None where it is not known. `context` has every
    key that the request carries, those that follow from the principal and the resource's account too; a key that is
    not there is absent. `unknown` are the keys of which nobody knows whether they are there, and with what value: exact
    or with a `*` at the end. Make one with `org.access.requests.request`.

    INVARIANT: keys are lower-case in `context` and in `unknown`.
    """

    principal: Principal
    action: str
    resource: str | None = "*"
    resource_account: str | None = None
    context: Mapping[str, Value] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    resource_management: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement that decided, or one layer that had none.

    `level` counts the levels of SCPs and RCPs from the root, 0. `statement` counts the statements of the policy from 0;
    it and `policy` are None where a whole layer or level lacks an Allow. `sid` is empty where the statement has none.
    """

    layer: Layer
    policy: str | None = None
    statement: int | None = None
    sid: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policies say, and why.

    `decided_by` are the denying statements, the allowing ones (one a level at least), or the layers without an Allow.
    `depends_on` are the keys that an unknown answer hangs on (`resource` for a resource that is not known), `because`
    the reasons why a statement's meaning is not known.
    """

    answer: Answer
    decided_by: tuple[Reason, ...] = ()
    depends_on: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
