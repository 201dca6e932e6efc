"""What a run will do, and what became of it: changes, plans and outcomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Finding, Span
    from org.model.place import Place

State = Mapping[str, Any]
"""Plain JSON data of one thing, as wanted or as found."""


class Action(StrEnum):
    """What is done to a thing.

    | action | before | after |
    | --- | --- | --- |
    | create, enable, attach, register | None (attach: the target) | what will be there |
    | update, rename, move | what is there | what will be there |
    | detach, delete | what is there | None |
    """

    CREATE = "create"
    ENABLE = "enable"
    REGISTER = "register"
    UPDATE = "update"
    RENAME = "rename"
    ATTACH = "attach"
    MOVE = "move"
    DETACH = "detach"
    DELETE = "delete"


class Risk(StrEnum):
    """How much a change can hurt: LOW adds, MEDIUM changes, HIGH takes a protection or a thing away."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a run will do.

    `kind` is what is changed: organization, policy-type, policy, attachment, organizational-unit, account, or the name
    of a baseline component. `name` is the thing in the words of accounts.yaml. `before` is a precondition: apply checks
    it again and refuses the plan where it no longer holds.
    """

    action: Action
    kind: str
    name: str
    place: Place
    before: State | None = None
    after: State | None = None
    risk: Risk = Risk.LOW
    source: Span | None = None

    @property
    def identity(self) -> dict[str, Any]:
        """The part that counts for a plan's digest: everything but the position in the file."""
        return {
            "action": self.action.value,
            "kind": self.kind,
            "name": self.name,
            "account": self.place.account,
            "region": self.place.region,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered changes and what was noticed on the way: immutable, printable, storable.

    `findings` are about the live organization (an account nobody declared, a slot that is missing). `guards` are pairs
    of a guard's name and what tripped it.
    """

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    guards: tuple[tuple[str, str], ...] = ()
    organization_id: str | None = None
    commit: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan_id(self) -> str:
        """The sha256 of the canonical actions: the same changes always have the same id."""
        text = json.dumps([change.identity for change in self.changes], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def __bool__(self) -> bool:
        """True where there is something to do."""
        return bool(self.changes)


class Result(StrEnum):
    """What became of a change."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change; `reason` says why it failed or was skipped.

    `authorization_id` is AWS's own id of a denied request.
    """

    change: Change
    result: Result
    reason: str = ""
    authorization_id: str = ""

    @property
    def failed(self) -> bool:
        """True where the change should have been made and was not."""
        return self.result is Result.FAILED
