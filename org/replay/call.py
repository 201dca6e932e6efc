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

    `arn` is `*` for an action without resource types and None where the log says nothing. With `after`, the log leaves
    out what stands between `arn` and `after`, such as the path of a role. `account` is the owner's, `context` and
    `absent` are the keys of this resource alone, and with an empty `type` its kind is not known.
    """

    arn: str | None
    after: str | None = None
    type: str = ""
    account: str | None = None
    context: Mapping[str, Value] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """Calls that no policy can tell apart.

    `principal` is a role, a user, a root user, a federated user; the id of an account where only that is known; or `*`
    for a caller without an identity in AWS. `kind` is CloudTrail's word for it, `account` its account. `context` are
    the keys the log tells, `unknown` the global keys that it does not tell (a `*` at the end stands for any), and every
    other global key is absent. `absent` are keys of the service that the action knows and this call does not have.
    `first` and `last` are moments in ISO 8601, `event` is the id of the first event.
    """

    principal: str
    kind: str
    account: str | None
    action: str
    resources: tuple[Touched, ...]
    context: Mapping[str, Value] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    count: int = 1
    first: str = ""
    last: str = ""
    event: str = ""
