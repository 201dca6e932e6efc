"""One distinct call of a corpus: who did what on which resources, in which context, how often and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.model.request import Value


@dataclass(frozen=True, slots=True)
class Touched:
    """One resource of a call.

    `arn` is `*` for an action without resource types and None where the log does not say it. With `any_path` only the
    name at the end is known, because the log leaves the path of IAM's users and roles out. `account` is the owner's.
    `context` and `absent` are the keys of this resource alone; with an empty `type` its kind is not known.
    """

    arn: str | None
    type: str = ""
    account: str | None = None
    any_path: bool = False
    context: Mapping[str, Value] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """Calls that no policy can tell apart.

    `principal` is a role, a user, a root user, a federated user, or `*` for a caller without an identity in AWS;
    `kind` is CloudTrail's word for it, `account` its account. `context` are the keys the log says, `unknown` the global
    keys of which it says nothing (a `*` at the end stands for any), and every other global key is absent. `first` and
    `last` are moments in ISO 8601, `event` the id of one event.
    """

    principal: str
    kind: str
    account: str | None
    action: str
    resources: tuple[Touched, ...]
    context: Mapping[str, Value] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    count: int = 1
    first: str = ""
    last: str = ""
    event: str = ""
