"""The decision about a call before anybody answers it: SCPs and RCPs, and IAM's policies where they are enforced."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.access.requests import account_of_resource, request
from org.model.request import Answer, Principal
from org.sandbox.authorization import context, guardrails
from org.sandbox.authorization.denial import refusal
from org.sandbox.authorization.engines import Written, engine
from org.sandbox.authorization.identity import EVERYTHING, trust_policy
from org.sandbox.authorization.operations import actions
from org.sandbox.authorization.regions import region_of
from org.sandbox.authorization.resources import Surroundings, resources
from org.sandbox.models import members
from org.sandbox.strict.kms_policy import key_policy
from org.sandbox.strict.refusal import NotCovered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from org.model.request import Decision, Request
    from org.sandbox.callers import Caller
    from org.sandbox.roles import Roles
    from org.sandbox.routing import Aim
    from org.sandbox.strict.state import World

FREE = frozenset(("sts:GetCallerIdentity",))
"""Actions that need no permission (STS API page GetCallerIdentity)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that somebody tries: `parameters` gives its parameters when they are asked for."""

    aim: Aim
    caller: Caller
    parameters: Callable[[], Mapping[str, Any]]
    agent: str = ""


@dataclass(slots=True)
class Enforcer:
    """Lets calls pass or refuses them; `identity` is true where the policies that IAM holds for roles count too."""

    world: World
    roles: Roles
    identity: bool = False

    def check(self, attempt: Attempt) -> None:
        """The call may be made; raises `Refusal` with the service's own error, `NotCovered` where nobody can tell."""
        if not self.bound(attempt.caller):
            return
        for asked in self.asked(attempt):
            for written in self.written(attempt.caller, asked):
                decision = engine(written).decide(asked)
                if not self.agreed(decision, asked):
                    aim, who = attempt.aim, attempt.caller.arn
                    raise refusal(aim.service, aim.protocol, who, asked.action, asked.resource, decision)

    def trusts(self, attempt: Attempt, account: str, name: str) -> bool:
        """True where the caller's own policies and the role's trust policy both let the caller assume it.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
        """
        caller, text = attempt.caller, self.roles.trust(account, name)
        own = self.roles.permissions(caller) if self.identity else EVERYTHING
        if text is None and own is EVERYTHING and not caller.session_policies:
            return caller.account == self.management
        trust = text or json.dumps(trust_policy(self.management))
        written = Written(own.identity, own.boundary, caller.session_policies, (("trust policy", trust),))
        return all(self.agreed(engine(written).decide(asked), asked) for asked in self.asked(attempt))

    def agreed(self, decision: Decision, asked: Request) -> bool:
        """True for a yes and False for a no; raises `NotCovered` where nobody can tell."""
        if decision.answer is Answer.UNKNOWN:
            hinges = ", ".join((*decision.depends_on, *decision.because))
            raise NotCovered(f"a policy decides about {asked.action} by what the sandbox does not know: {hinges}")
        return decision.answer is Answer.ALLOWED

    def bound(self, caller: Caller) -> bool:
        """True where anything could deny a call: most calls of most tests cost one look at the attachments."""
        if caller.session_policies or (self.identity and caller.issuer):
            return True
        with self.world.lock:
            member = self.world.realm is not None and caller.account != self.world.realm.management
            return (member and guardrails.restricts(self.world, caller.account)) or guardrails.has_rcps(self.world)

    def written(self, caller: Caller, asked: Request) -> Iterator[Written]:
        """The policies that each must allow the request: the organization's, then the principal's own."""
        owner = asked.resource_account or caller.account
        with self.world.lock:
            yield Written(
                scps=guardrails.scps(self.world, caller.account),
                rcps=guardrails.rcps(self.world, owner),
                guardrails_only=True,
            )
        if caller.session_policies or self.identity:
            own = self.roles.permissions(caller) if self.identity else EVERYTHING
            yield Written(own.identity, own.boundary, caller.session_policies, key_policy(self.world, asked.resource))

    def asked(self, attempt: Attempt) -> Iterator[Request]:
        """The requests that the call amounts to: one for each action and resource."""
        aim, caller = attempt.aim, attempt.caller
        parameters = attempt.parameters()
        region = region_of(aim.service, aim.region)
        who = self.principal(caller)
        keys = context.of_caller(caller, self.world.now(), region, attempt.agent)
        for action in actions(aim.service, aim.operation):
            if action in FREE:
                continue
            own = context.of_parameters(action, parameters, members(aim.service, aim.operation))
            unknown = [key for key in context.not_known(action) if key not in own]
            for resource in resources(action, aim.operation, parameters, self.around(aim, caller, region)):
                owner = account_of_resource(resource) or self.owner(resource) or caller.account
                yield request(
                    who,
                    action,
                    resource,
                    resource_account=owner,
                    context=keys | own,
                    unknown=unknown,
                    resource_management=owner == self.management,
                )

    @property
    def management(self) -> str:
        """The id of the management account; of the only account where there is no organization."""
        return self.world.realm.management if self.world.realm else self.world.home

    def around(self, aim: Aim, caller: Caller, region: str) -> Surroundings:
        """What the ARNs of a call need beside its parameters; what Organizations holds is the management account's."""
        realm = self.world.realm
        known = (
            (("organizationid", realm.id.removeprefix("o-")), ("managementaccountid", realm.management))
            if realm
            else ()
        )
        account = self.management if aim.service == "organizations" else caller.account
        return Surroundings(region, account, known)

    def owner(self, resource: str | None) -> str | None:
        """The account of a bucket, whose ARN does not say it; None for anything else, and for buckets not made yet."""
        if resource is None or not resource.startswith("arn:aws:s3:::"):
            return None
        return bucket_owner(resource.removeprefix("arn:aws:s3:::").partition("/")[0])

    def principal(self, caller: Caller) -> Principal:
        """The caller as policies know it."""
        with self.world.lock:
            realm = self.world.realm
            member = realm.accounts.get(caller.account) if realm else None
            if realm is None or member is None:
                return Principal(caller.arn, self.tags(caller), issuer=caller.issuer)
            return Principal(
                caller.arn,
                self.tags(caller),
                realm.id,
                (realm.path(member.parent),),
                management=caller.account == realm.management,
                issuer=caller.issuer,
            )

    def tags(self, caller: Caller) -> Mapping[str, str]:
        """The tags of the role, and those of the session, which win."""
        return {**self.roles.permissions(caller).tags, **caller.tags}


def bucket_owner(bucket: str) -> str | None:
    """The account whose bucket it is, where moto has it."""
    from moto.s3.models import s3_backends

    found = s3_backends.bucket_accounts.get(bucket)
    return found[1] if found else None
