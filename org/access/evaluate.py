"""The fast engine: policies compiled once, then decisions by the ten thousand a second, equal to those of `spec`.

A statement is one bit of a number. What an action, the value of a condition key or a resource leaves of the statements
is worked out once and kept, so that most decisions are a few lookups and bitwise ands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from org.access.actions import rcp_services
from org.access.compile_statements import KeyTable, bits, program
from org.access.exemptions import BEYOND_RCPS, BEYOND_SCPS, BEYOND_SCPS_FOR_ROOT, is_iam_principal, rcps_apply
from org.access.match import RESOURCE
from org.access.memo import Memo, is_short
from org.access.principals import Directness, directness
from org.access.requests import account_of, is_service_linked, kind_of
from org.access.spec import NEEDS_NO_PERMISSION, ROLE_TRUST, applies, decides_by_itself
from org.access.tally import Grant, Tally
from org.access.truth import Unknown
from org.model.request import Answer, Decision, Layer

if TYPE_CHECKING:
    from org.access.policies import Policies
    from org.model.request import Request

ACTIONS, CALLERS, RESOURCES, DECISIONS, UNKNOWN = 32_768, 4_096, 8_192, 16_384, 256
"""So many of each are kept; AWS knows some 22,000 actions."""
LARGE = 2_048
"""Policies with more statements have larger numbers for sets of them, and fewer are kept."""
ALLOWED = Decision(Answer.ALLOWED)
LIMITS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same for every request for an action: the statements about it, and the tables of what they read.

    `free` actions need no permission. `binds` and `binds_root` say whether SCPs have a say in it, `covered` whether
    RCPs have.
    """

    candidates: int
    tables: tuple[tuple[str, KeyTable], ...]
    free: bool
    binds: bool
    binds_root: bool
    covered: bool
    kms: bool
    may_decide_by_itself: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """What is the same for every request of a principal.

    `linked` is a service-linked role. `bound` is true where SCPs have a say, `limited` where identity, boundary and
    session policies have. `spoken_to` are the statements that are about it at all, `direct` those that speak to its
    account at least, to its role at least, and to itself.
    """

    account: str | None
    iam: bool
    root: bool
    federated: bool
    linked: bool
    bound: bool
    limited: bool
    spoken_to: int
    direct: tuple[int, int, int]


@dataclass(slots=True)
class Left:
    """The statements that are left for a request, those of them that may or may not apply, and the unknown keys."""

    maybe: int
    unsure: int
    keys: tuple[str, ...] = ()


def compiled(policies: Policies) -> Engine:
    """The engine for some policies; many threads may use it at once."""
    return Engine(policies)


class Engine:
    """Compiled policies; `decide` gives what `org.access.spec.decide` gives.

    INVARIANT: nothing but its memos changes once it is made, and what they keep does not depend on who asked first.
    """

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._program = made = program(policies)
        scps, rcps = (reduce(or_, made.levels[layer], 0) for layer in (Layer.SCP, Layer.RCP))
        own = 0 if policies.guardrails_only else made.levels[Layer.RESOURCE][0]
        limits = 0 if policies.guardrails_only else reduce(or_, (made.levels[layer][0] for layer in LIMITS))
        self._speaking = [own | limited | s | r for limited in (0, limits) for s in (0, scps) for r in (0, rcps)]
        share = 1 + len(made.statements) // LARGE
        self._plans: Memo[str, Plan] = Memo(ACTIONS // share)
        self._callers: Memo[object, Caller] = Memo(CALLERS)
        self._fitting: Memo[str, tuple[int, int]] = Memo(RESOURCES)
        self._unknown: Memo[frozenset[str], frozenset[str]] = Memo(UNKNOWN)
        self._decisions: Memo[object, Decision] = Memo(DECISIONS // share)

    def decide(self, request: Request) -> Decision:
        """The decision about a request, with the statements that decided."""
        plan = self._plans.get(request.action) or self._planned(request.action)
        if plan.free:
            return ALLOWED
        caller = self._caller(request)
        scps = self._policies.scps is not None and caller.bound and (plan.binds_root if caller.root else plan.binds)
        rcps = plan.covered and self._bound_by_rcps(plan, caller, request)
        speaking = self._speaking[4 * caller.limited + 2 * scps + rcps]
        left = self._left(plan, request, plan.candidates & caller.spoken_to & speaking)
        unsure = left.unsure & left.maybe
        grant = self._grant(plan, caller, request)
        if unsure & self._program.is_late:
            return self._tally(request, caller, left).decision(grant, scps=scps)
        doubts = (left.keys, request.resource is None) if unsure else None
        key = (left.maybe, doubts, grant, scps, caller.direct, caller.federated)
        found = self._decisions.get(key)
        return found or self._decisions.keep(key, self._tally(request, caller, left).decision(grant, scps=scps))

    def _planned(self, name: str) -> Plan:
        made, action = self._program, name.lower()
        service = action.partition(":")[0]
        candidates = made.actions.about(action) & ~made.never
        plan = Plan(
            candidates=candidates,
            tables=tuple((key, table) for key, table in made.tables.items() if table.readers & candidates),
            free=action in NEEDS_NO_PERMISSION,
            binds=service not in BEYOND_SCPS,
            binds_root=service not in BEYOND_SCPS and action not in BEYOND_SCPS_FOR_ROOT,
            covered=self._policies.rcps is not None and service in rcp_services() and action not in BEYOND_RCPS,
            kms=service == "kms",
            may_decide_by_itself=service == "kms" or action in ROLE_TRUST,
        )
        return self._plans.keep(name, plan) if is_short(name) else plan

    def _caller(self, request: Request) -> Caller:
        """What follows from the principal; the context may know the path of its role."""
        principal, role = request.principal, request.context.get("aws:principalarn")
        key = (principal.arn, principal.issuer, principal.management, principal.service_linked, role)
        found = self._callers.get(key)
        if found is not None:
            return found
        iam, kind = is_iam_principal(principal), kind_of(principal.arn)[0]
        linked = is_service_linked(principal)
        levels = {one: directness(one, request) for one in self._program.named}
        named = reduce(or_, self._program.named.values(), 0)
        direct = [
            reduce(or_, (mask for one, mask in self._program.named.items() if levels[one] >= least), ~named)
            for least in (Directness.ACCOUNT, Directness.ROLE, Directness.ITSELF)
        ]
        caller = Caller(
            account=account_of(principal.arn),
            iam=iam,
            root=kind == "root",
            federated=kind == "federated-user",
            linked=linked,
            bound=iam and not principal.management and not linked,
            limited=iam and kind != "root",
            spoken_to=direct[0],
            direct=(direct[0], direct[1], direct[2]),
        )
        short = is_short(principal.arn) and is_short(principal.issuer) and is_short(role)
        return self._callers.keep(key, caller) if short else caller

    def _bound_by_rcps(self, plan: Plan, caller: Caller, request: Request) -> bool:
        """Whether the RCPs of the resource's account have a say in an action of a service that they cover (rule 9)."""
        if plan.kms:
            return rcps_apply(request)
        if caller.linked or request.resource_management:
            return False
        return not (request.principal.management and request.resource_account in (None, caller.account))

    def _grant(self, plan: Plan, caller: Caller, request: Request) -> Grant:
        """Who must grant the request (rules 11, 16, 17, 20)."""
        if self._policies.guardrails_only:
            return Grant.NOBODY
        if not caller.iam:
            return Grant.RESOURCE
        other = request.resource_account not in (None, caller.account)
        itself = plan.may_decide_by_itself and decides_by_itself(request)
        if caller.root:
            return Grant.ROOT_AND_RESOURCE if other or itself else Grant.ROOT
        if other:
            return Grant.BOTH
        return Grant.RESOURCE_DELEGATES if itself else Grant.EITHER

    def _left(self, plan: Plan, request: Request, maybe: int) -> Left:
        """What conditions and resource leave of the statements about an action and a principal."""
        made, context = self._program, request.context
        unsure, keys = made.broken, []
        unknown = self._not_known(request.unknown) if request.unknown else request.unknown
        for key, table in plan.tables:
            value = context.get(key)
            if value is None and key in unknown:
                unsure |= table.readers
                keys.append(key)
                continue
            left = table.left.get(value)
            maybe &= table.learn(value) if left is None else left
        if maybe & made.by_resource:
            if request.resource is None:
                unsure |= made.by_resource
            else:
                maybe &= self._fit(request.resource, maybe & made.by_resource & ~made.is_late)
        for number in bits(maybe & made.is_late):
            truth = made.late[number].truth(request)
            if truth is False:
                maybe &= ~(1 << number)
            elif truth is not True:
                unsure |= 1 << number
        return Left(maybe, unsure, tuple(keys))

    def _not_known(self, unknown: frozenset[str]) -> frozenset[str]:
        """The keys that the statements read, as far as they are unknown."""
        found = self._unknown.get(unknown)
        if found is not None:
            return found
        prefixes = tuple(one[:-1] for one in unknown if one.endswith("*"))
        read = frozenset(key for key in self._program.tables if key in unknown or key.startswith(prefixes))
        return self._unknown.keep(unknown, read) if len(unknown) <= UNKNOWN else read

    def _fit(self, resource: str, asked: int) -> int:
        """All bits but those of the asked statements that are not about the resource."""
        known, fitting = self._fitting.get(resource, (0, 0))
        missing = asked & ~known
        if not missing:
            return fitting | ~known
        while missing:
            group = self._program.resources[missing.bit_length() - 1]
            fitting |= group.statements if group.fit(resource) else 0
            known |= group.statements
            missing &= ~group.statements
        if is_short(resource):
            self._fitting.keep(resource, (known, fitting))
        return fitting | ~known

    def _tally(self, request: Request, caller: Caller, left: Left) -> Tally:
        made = self._program

        def doubts(number: int) -> Unknown:
            statement = made.statements[number]
            if made.is_late >> number & 1:
                truth = applies(statement, request)
                assert isinstance(truth, Unknown)
                return truth
            keys = {test.key for test in statement.tests if test.key in left.keys}
            if request.resource is None and made.by_resource >> number & 1:
                keys.add(RESOURCE)
            return Unknown(frozenset(keys), frozenset((statement.broken,) if statement.broken else ()))

        return Tally(made, left.maybe, left.unsure & left.maybe, caller.direct, doubts, caller.federated)
