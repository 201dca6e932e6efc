"""Settings that an account has and keeps: a service of them is declared in a few lines, in a module of its own.

    Stored(
        service="ec2",
        get="GetSnapshotBlockPublicAccessState",
        default={"State": "unblocked"},
        puts=("EnableSnapshotBlockPublicAccess",),
        sets={"DisableSnapshotBlockPublicAccess": {"State": "unblocked"}},
    )

Parameters are checked against botocore's model before anything here sees them. What a call gives is kept for its
account and Region. AWS's further rules are functions that raise `Refusal`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.sandbox.models import model
from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import REGISTERED, Audience, Operation, Request

if TYPE_CHECKING:
    from org.sandbox.strict.registry import Answer

Values = dict[str, Any]
Rule = Callable[[Request, Values], None]
Born = Callable[[Request], Values]
MISSING = ("ResourceNotFoundException", "The resource was not found.")


DECLARED: list[Stored | Collection] = []
"""Everything that is kept in this way."""


def anything_goes(_request: Request, _values: Values) -> None:
    """The rule that refuses nothing."""


def nothing_more(_request: Request) -> Values:
    """What a thing is born with that has only what it was given."""
    return {}


def answer(service: str, operation: str, function: Answer) -> None:
    """The function answers that operation, to anybody."""
    REGISTERED[service, operation] = Operation(function, Audience.ANYBODY)


def shelf(request: Request, name: str, *, regional: bool = True) -> Values:
    """What the caller's account keeps under a name, in the Region of the call or in all together; empty at first."""
    key = (request.service, name, request.caller.account, request.region if regional else "")
    kept: Values = request.world.stored.setdefault(key, {})
    return kept


def known(service: str, operation: str, values: Mapping[str, Any]) -> Values:
    """Those of the values that the operation's answer has a member for."""
    shape = model(service).operation_model(operation).output_shape
    return {name: copy.deepcopy(value) for name, value in values.items() if shape and name in shape.members}


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A setting; by being made, its operations are answered.

    `get` answers with what was kept last, at first with the default; without one, with the error `missing`. An
    operation of `puts` keeps its own parameters, as far as the answer of `get` has members of their names. One of
    `sets` keeps what is written here. One of `deletes` makes it as it was at first. `rule` may refuse what is to be
    kept.
    """

    service: str
    get: str
    default: Values | None = None
    puts: tuple[str, ...] = ()
    sets: Mapping[str, Values] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    missing: tuple[str, str] = MISSING
    regional: bool = True
    rule: Rule = anything_goes

    def __post_init__(self) -> None:
        DECLARED.append(self)
        answer(self.service, self.get, lambda request: known(self.service, self.get, self.kept(request)))
        for operation in self.puts:
            answer(self.service, operation, lambda request: self.keep(request, request.parameters))
        for operation in self.sets:
            answer(self.service, operation, lambda request: self.keep(request, self.sets[request.operation]))
        for operation in self.deletes:
            answer(self.service, operation, self.forget)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that are answered."""
        return (self.get, *self.puts, *self.sets, *self.deletes)

    def kept(self, request: Request) -> Values:
        """What is kept for the account of the call."""
        found = shelf(request, self.get, regional=self.regional)
        if not found and self.default is None:
            raise Refusal(*self.missing, status=404)
        return {**(self.default or {}), **found}

    def keep(self, request: Request, given: Values) -> Values:
        """The values are kept; what the answer of the operation shows of them comes back."""
        new = known(self.service, self.get, given)
        self.rule(request, new)
        shelf(request, self.get, regional=self.regional).update(new)
        return known(self.service, request.operation, self.kept(request))

    def forget(self, request: Request) -> Values:
        """It is as it was at first."""
        self.kept(request)
        shelf(request, self.get, regional=self.regional).clear()
        return known(self.service, request.operation, self.default or {})


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Things with a name, which the parameter `key` gives; by being made, its operations are answered.

    `create` makes a thing of its parameters and of what `born` adds: an ARN, a state. `get` is an operation and the
    member of its answer that holds the thing, empty where the answer itself is the thing; `listing` likewise, with the
    member that holds all. `update` changes what its parameters name. `rule` may refuse what is to be kept.
    """

    service: str
    key: str
    create: str
    born: Born = nothing_more
    get: tuple[str, str] | None = None
    listing: tuple[str, str] | None = None
    update: str = ""
    delete: str = ""
    exists: tuple[str, str] = ("ConflictException", "It exists already.")
    missing: tuple[str, str] = MISSING
    regional: bool = True
    rule: Rule = anything_goes

    def __post_init__(self) -> None:
        DECLARED.append(self)
        answer(self.service, self.create, self.make)
        if self.get:
            answer(self.service, self.get[0], self.show)
        if self.listing:
            answer(self.service, self.listing[0], self.show_all)
        if self.update:
            answer(self.service, self.update, self.change)
        if self.delete:
            answer(self.service, self.delete, self.remove)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that are answered."""
        reads = (one[0] for one in (self.get, self.listing) if one)
        return tuple(filter(None, (self.create, *reads, self.update, self.delete)))

    def all_of(self, request: Request) -> Values:
        """The things of the account of the call, by name."""
        return shelf(request, self.create, regional=self.regional)

    def the(self, request: Request) -> Values:
        """The thing that the call names; refused where it does not exist."""
        found: Values | None = self.all_of(request).get(request.parameters[self.key])
        if found is None:
            raise Refusal(*self.missing, status=404)
        return found

    def make(self, request: Request) -> Values:
        """A new thing is there."""
        name = request.parameters[self.key]
        if name in self.all_of(request):
            raise Refusal(*self.exists, status=409)
        self.rule(request, request.parameters)
        self.all_of(request)[name] = {**copy.deepcopy(request.parameters), **self.born(request)}
        return known(self.service, self.create, self.the(request))

    def show(self, request: Request) -> Values:
        """The thing."""
        assert self.get
        return {self.get[1]: self.the(request)} if self.get[1] else known(self.service, self.get[0], self.the(request))

    def show_all(self, request: Request) -> Values:
        """All things, on one page."""
        assert self.listing
        return {self.listing[1]: list(self.all_of(request).values())}

    def change(self, request: Request) -> Values:
        """The thing has what the call gives, and keeps the rest."""
        thing = {**self.the(request), **copy.deepcopy(request.parameters)}
        self.rule(request, thing)
        self.all_of(request)[request.parameters[self.key]] = thing
        return known(self.service, self.update, thing)

    def remove(self, request: Request) -> Values:
        """The thing is gone."""
        self.the(request)
        del self.all_of(request)[request.parameters[self.key]]
        return {}
