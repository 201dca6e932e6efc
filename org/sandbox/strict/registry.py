"""The operations that the strict layer answers: functions that say so themselves, in any module of this package."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.sandbox.authorization.asked import Attempt
    from org.sandbox.authorization.enforce import Enforcer
    from org.sandbox.callers import Caller, Callers
    from org.sandbox.roles import Roles
    from org.sandbox.strict.state import Realm, World


class Audience(StrEnum):
    """Who may call an operation (the sentence `You can only call this operation from` of its API page)."""

    MANAGEMENT = "the management account"
    DELEGATES = "the management account or a delegated administrator"
    MEMBERS = "any account of the organization"
    ANYBODY = "any account"


@dataclass(frozen=True, slots=True)
class Request:
    """One call, ready to be answered: who calls, and with which parameters (as boto3 takes them)."""

    world: World
    callers: Callers
    roles: Roles
    enforcer: Enforcer
    caller: Caller
    service: str
    operation: str
    region: str
    parameters: dict[str, Any]
    attempt: Attempt

    @property
    def realm(self) -> Realm:
        """The organization; asked for only after the caller was found to be in one."""
        assert self.world.realm is not None
        return self.world.realm


Answer = Callable[[Request], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """How one operation is answered, and to whom; with `roots`, only where a root user calls."""

    answer: Answer
    audience: Audience
    roots: bool = False


REGISTERED: dict[tuple[str, str], Operation] = {}


def answers(service: str, audience: Audience | None = None, *, roots: bool = False) -> Callable[[Answer], Answer]:
    """A decorator: the function answers the operation whose name is its own in AWS's spelling.

    `create_organizational_unit` answers CreateOrganizationalUnit. Without an audience a read is for delegates too and a
    write for the management account, as AWS's pages say of nearly all operations.
    """

    def register(function: Answer) -> Answer:
        operation = spelled(function.__name__)
        reads = operation.startswith(("Describe", "List"))
        default = Audience.DELEGATES if reads else Audience.MANAGEMENT
        REGISTERED[service, operation] = Operation(function, audience or default, roots)
        return function

    return register


CAPITALS = frozenset(("aws", "id", "mfa"))


def spelled(name: str) -> str:
    """AWS's spelling of a function's name: `enable_aws_service_access` gives EnableAWSServiceAccess."""
    return "".join(word.upper() if word in CAPITALS else word.capitalize() for word in name.split("_"))


@functools.cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """All operations of the strict layer, by service and name."""
    package = importlib.import_module("org.sandbox.strict")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"org.sandbox.strict.{module.name}")
    return REGISTERED
