"""The requests that a call amounts to, one for each action and resource, as org.replay reads them from an event.

The sandbox knows more than a log: paths of roles, owners of buckets, tags of sessions. It fills in what is left open.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.access.requests import account_of_resource, request
from org.replay.arns import Home
from org.replay.keys import Keys
from org.replay.parameters import gather
from org.replay.passing import passed
from org.replay.plans import ALSO, INSTEAD, plan
from org.replay.service_keys import all_keys
from org.replay.signature import Around
from org.replay.touching import Happened, Need, needs
from org.sandbox.authorization import context, events, owned
from org.sandbox.authorization.regions import region_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.request import Principal, Request
    from org.replay.line import Resource
    from org.sandbox.callers import Caller
    from org.sandbox.routing import Aim
    from org.sandbox.strict.state import World

KEYS = Keys(frozenset({"aws:requesttag/*", "aws:tagkeys", *all_keys()}))
"""Every key that the parameters of a call can tell."""
UNTOLD = Around._make([None] * len(Around._fields))
"""What the log would tell of caller and connection, which `context.of_caller` knows better."""
BUCKET = "arn:aws:s3:::"
ELSEWHERE = "default"
"""The id of what nobody named and AWS would choose, such as the subnet of an instance."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that somebody tries: `parameters` gives its parameters when they are asked for."""

    aim: Aim
    caller: Caller
    parameters: Callable[[], dict[str, Any]]
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes the requests of one caller; `management` is the id of the management account."""

    principal: Principal
    management: str
    world: World

    def requests(self, attempt: Attempt) -> Iterator[Request]:
        """Everything that the call asks for: all of it must be allowed."""
        aim, caller, parameters = attempt.aim, attempt.caller, attempt.parameters()
        region = region_of(aim.service, aim.region)
        event = self.event(attempt, region, parameters)
        keys = context.of_caller(caller, self.world.now(), region, attempt.agent)
        for need in needs(plan(events.source(aim.service), event.name, KEYS).actions, event):
            own = self.own_keys(need, event, parameters)
            for resource in need.resources:
                arn = self.untold(event, parameters) if resource.arn is None else named(resource, event.home)
                yield self.request(need, resource, arn, event, keys | own)

    def event(self, attempt: Attempt, region: str, parameters: Mapping[str, Any]) -> Happened:
        """The call as the event that CloudTrail would record."""
        aim = attempt.aim
        name = events.name(aim.service, aim.operation)
        found = plan(events.source(aim.service), name, KEYS)
        values: dict[str, tuple[str, ...]] = {}
        if bool(found.wanted):
            written = events.parameters(aim.service, aim.operation, parameters)
            values = dict(gather(found.wanted, json.dumps(written, default=str).encode()))
        if aim.operation == "DeleteObjects":
            values["key"] = tuple(one["Key"] for one in parameters.get("Delete", {}).get("Objects", ()))
        account = self.management if aim.service == "organizations" else attempt.caller.account
        who = attempt.caller.issuer or attempt.caller.arn
        return Happened(found.event, found.service, values, (), Home("aws", region, account), who, UNTOLD)

    def own_keys(self, need: Need, event: Happened, parameters: Mapping[str, Any]) -> context.Keys:
        """The keys that this use of the action has: what its parameters tell."""
        if need.context:
            return {key: tuple(value) if isinstance(value, list) else value for key, value in need.context.items()}
        keys = context.of_parameters(need.action, parameters)
        if event.service == "kms":
            keys |= {"kms:calleraccount": event.home.account, "kms:viaservice": None}
        if event.service == "ec2" and event.name != "CreateTags":
            keys = {key: value for key, value in keys.items() if not context.is_requested_tag(key)}
        if event.service == "ec2":
            keys["ec2:region"] = event.home.region
        return context.corrected(need.action, keys, event.values)

    def key(self, event: Happened) -> str | None:
        """The ARN of the KMS key behind the alias that a call names; None where it names none that exists."""
        home = event.home
        aliases = self.world.stored.get(("kms", "aliases", home.account, home.region), {})
        identity = next((aliases[one] for one in event.values.get("keyid", ()) if one in aliases), None)
        return f"arn:aws:kms:{home.region}:{home.account}:key/{identity}" if identity else None

    def whose(self, account: str) -> context.Keys:
        """The keys that say in which organization the resource's account is, and where in it."""
        realm = self.world.realm
        member = realm.accounts.get(account) if realm else None
        if realm is None or member is None:
            return {}
        return {"aws:resourceorgid": realm.id, "aws:resourceorgpaths": (realm.path(member.parent),)}

    def untold(self, event: Happened, parameters: Mapping[str, Any]) -> str | None:
        """The ARN of a resource of which an event tells nothing, as far as the parameters do."""
        if event.name == "AssumeRoot":
            target = parameters.get("TargetPrincipal", "")
            return target if target.startswith("arn:") else f"arn:aws:iam::{target}:root"
        if event.name == "CreateServiceLinkedRole":
            path = f"role/aws-service-role/{parameters.get('AWSServiceName')}/AWSServiceRoleFor"
            return f"arn:aws:iam::{event.home.account}:{path}{parameters.get('CustomSuffix', '')}"
        return self.key(event)

    def request(self, need: Need, resource: Resource, arn: str | None, event: Happened, keys: context.Keys) -> Request:
        """The request about one resource, the one with that ARN."""
        account = account_of_resource(arn) or bucket_owner(arn) or resource.account or event.home.account
        more: context.Keys = {
            key: tuple(value) if isinstance(value, list) else value for key, value in resource.context.items()
        }
        known = self.whose(account) | keys | more
        return request(
            self.principal,
            need.action,
            arn,
            resource_account=account,
            context=known,
            unknown=[key for key in context.not_known(need.action) if key not in known],
            resource_management=account == self.management,
        )


@functools.cache
def possible_actions(service: str, operation: str) -> tuple[str, ...]:
    """Every action that a call of the operation might need, whatever its parameters."""
    found = plan(events.source(service), events.name(service, operation), KEYS).actions
    more = [also for action in found for _, also in ALSO.get(action, ())]
    more += [INSTEAD[action][1] for action in found if action in INSTEAD]
    more += ["iam:PassRole" for action in found if passed(action)]
    more += ["s3:GetObject"] if "s3:PutObject" in found else []
    more += ["ec2:CreateTags"] if service == "ec2" else []
    return tuple(dict.fromkeys((*found, *more)))


def named(resource: Resource, home: Home) -> str | None:
    """The whole ARN of a resource of which the call tells only beginning and end; None where nobody can tell it."""
    if resource.arn is None or resource.after is None:
        return resource.arn
    *_, tail = resource.arn.split(":", 5)
    if ":secretsmanager:" in resource.arn:
        return owned.secret_arn(home.account, home.region, tail.removeprefix("secret:").removesuffix("-"))
    kind = tail.partition("/")[0]
    known = owned.iam_arn(home.account, kind, resource.after) if ":iam:" in resource.arn else None
    return known or resource.arn + (resource.after or ELSEWHERE)


def bucket_of(arn: str | None) -> str | None:
    """The name of the bucket that an ARN of S3 is about; None for any other."""
    return arn.removeprefix(BUCKET).partition("/")[0] if arn is not None and arn.startswith(BUCKET) else None


def bucket_owner(arn: str | None) -> str | None:
    """The account of a bucket or an object, whose ARN does not say it; None for anything else."""
    bucket = bucket_of(arn)
    return owned.bucket_owner(bucket) if bucket else None
