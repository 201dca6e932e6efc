"""The decision about a call before anybody answers it: SCPs and RCPs, and IAM's policies where they are enforced."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.model.request import Answer, Principal, Request
from org.sandbox.authorization import guardrails, owned
from org.sandbox.authorization.asked import Asker, bucket_of, possible_actions
from org.sandbox.authorization.denial import refusal
from org.sandbox.authorization.engines import Written, engine
from org.sandbox.authorization.identity import EVERYTHING, trust_policy
from org.sandbox.strict.kms_policy import has_closed_keys, key_policy
from org.sandbox.strict.refusal import NotCovered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.request import Decision
    from org.sandbox.authorization.asked import Attempt
    from org.sandbox.authorization.engines import Texts
    from org.sandbox.authorization.identity import Permissions
    from org.sandbox.callers import Caller
    from org.sandbox.roles import Roles
    from org.sandbox.strict.state import World

ANYBODY = Principal("arn:aws:sts::000000000000:assumed-role/any/any")
ASSUMING = frozenset(("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"))
FREE = frozenset(("sts:GetCallerIdentity",))
"""Actions that need no permission (STS API page GetCallerIdentity)."""


@dataclass(slots=True)
class Enforcer:
    """Lets calls pass or refuses them; `identity` is true where the policies that IAM holds for roles count too."""

    world: World
    roles: Roles
    identity: bool = False

    def check(self, attempt: Attempt) -> None:
        """The call may be made; raises `Refusal` with the service's own error, `NotCovered` where nobody can tell."""
        caller = attempt.caller
        with self.world.lock:
            rcps = guardrails.has_rcps(self.world)
            scps = guardrails.scps(self.world, caller.account) if self.restricts(caller) else None
        own = self.own(caller)
        if not rcps and not guarded_bucket(attempt) and self.passes(attempt, scps, own):
            return
        for asked in self.asked(attempt):
            for written in self.written(caller, asked, scps, own):
                decision = engine(written).decide(asked)
                if not agreed(decision, asked):
                    aim = attempt.aim
                    raise refusal(aim.service, aim.protocol, caller.arn, asked.action, asked.resource, decision)

    def passes(self, attempt: Attempt, scps: tuple[Texts, ...] | None, own: Permissions | None) -> bool:
        """True where no policy could deny the call whatever it is about: most calls need no closer look."""
        aim, caller = attempt.aim, attempt.caller
        if aim.service == "kms" and has_closed_keys(self.world, caller.account):
            return False
        might = possible_actions(aim.service, aim.operation)
        if scps is not None and not all(always_allowed(Written(scps=scps, guardrails_only=True), one) for one in might):
            return False
        if own is None:
            return True
        written = Written(own.identity, own.boundary, caller.session_policies)
        return all(always_allowed(written, action) for action in might)

    def restricts(self, caller: Caller) -> bool:
        """True where some SCP might deny what the caller does."""
        if self.world.realm is None or caller.account == self.world.realm.management:
            return False
        return guardrails.restricts(self.world, caller.account)

    def own(self, caller: Caller) -> Permissions | None:
        """What IAM and the session say about the caller, as far as it counts; None where everything is allowed."""
        found = self.roles.permissions(caller) if self.identity else EVERYTHING
        return None if found.unlimited and not caller.session_policies else found

    def trusts(self, attempt: Attempt, account: str, name: str) -> bool:
        """True where the caller's own policies and the role's trust policy both let the caller assume it.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
        """
        caller, text = attempt.caller, self.roles.trust(account, name)
        own = self.own(caller)
        if text is None and own is None:
            return caller.account == self.management
        trust = text or json.dumps(trust_policy(self.management))
        found = own or EVERYTHING
        written = Written(found.identity, found.boundary, caller.session_policies, (("trust policy", trust),))
        return all(agreed(engine(written).decide(asked), asked) for asked in self.asked(attempt))

    def written(
        self, caller: Caller, asked: Request, scps: tuple[Texts, ...] | None, own: Permissions | None
    ) -> Iterator[Written]:
        """The policies that each must allow the request: the organization's, then the principal's and the resource's.

        Where nothing is known of a resource's own policy, it leaves everything to the caller's account. Whether a role
        may be assumed is for `trusts` to say, with its trust policy.
        """
        with self.world.lock:
            rcps = guardrails.rcps(self.world, asked.resource_account or caller.account)
        yield Written(scps=scps, rcps=rcps, guardrails_only=True)
        bucket, key = bucket_of(asked.resource), key_policy(self.world, asked.resource)
        if (own is None and bucket is None and not key) or asked.action in ASSUMING:
            return
        known = bucket_text(bucket) if bucket else key or delegation(caller.account)
        found = own or EVERYTHING
        yield Written(found.identity, found.boundary, caller.session_policies, known)

    def asked(self, attempt: Attempt) -> Iterator[Request]:
        """The requests that the call amounts to, but for actions that need no permission."""
        asker = Asker(self.principal(attempt.caller), self.management, self.world)
        return (asked for asked in asker.requests(attempt) if asked.action not in FREE)

    @property
    def management(self) -> str:
        """The id of the management account; of the only account where there is no organization."""
        return self.world.realm.management if self.world.realm else self.world.home

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


def agreed(decision: Decision, asked: Request) -> bool:
    """True for a yes and False for a no; raises `NotCovered` where nobody can tell."""
    if decision.answer is Answer.UNKNOWN:
        hinges = ", ".join((*decision.depends_on, *decision.because))
        raise NotCovered(f"a policy decides about {asked.action} by what the sandbox does not know: {hinges}")
    return decision.answer is Answer.ALLOWED


@functools.lru_cache(maxsize=16_384)
def always_allowed(written: Written, action: str) -> bool:
    """True where the policies allow the action to any role, on anything, in any context: decided with all unknown."""
    asked = Request(ANYBODY, action, None, None, {}, frozenset("*"))
    return engine(written).decide(asked).answer is Answer.ALLOWED


@functools.cache
def delegation(account: str) -> Texts:
    """A resource policy that leaves everything to an account."""
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}
    return (("resource policy", json.dumps({"Version": "2012-10-17", "Statement": [statement]})),)


def guarded_bucket(attempt: Attempt) -> bool:
    """True where the call is about a bucket with a policy, or one of another account, whose policy has to allow it."""
    if attempt.aim.service != "s3":
        return False
    bucket = attempt.parameters().get("Bucket")
    owner = owned.bucket_owner(bucket) if isinstance(bucket, str) else None
    return owner is not None and (owner != attempt.caller.account or owned.bucket_policy(str(bucket)) is not None)


def bucket_text(bucket: str) -> Texts:
    """The bucket's policy; nothing where it has none, or is not there yet."""
    text = owned.bucket_policy(bucket)
    return (("bucket policy", text),) if text else ()
