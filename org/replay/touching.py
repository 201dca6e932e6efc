"""What a call is about: each action it needs, with the resources of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from org.access.requests import account_of_resource
from org.replay.arns import Found, Home, Shape, at_home, shapes
from org.replay.line import Resource, Texts
from org.replay.parameters import HIDDEN, IDS, OMITTED, TAGS, plain
from org.replay.passing import passed
from org.replay.peculiar import ALIAS, seen
from org.replay.plans import ALSO, COPY_SOURCE, DONE, INSTEAD, PATH, STATEMENTS, TAG_SPECIFICATIONS, takes_tags

if TYPE_CHECKING:
    from org.replay.signature import Around

EC2_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "acl": "network-acl",
        "ami": "image",
        "cgw": "customer-gateway",
        "cr": "capacity-reservation",
        "dopt": "dhcp-options",
        "eigw": "egress-only-internet-gateway",
        "eipalloc": "elastic-ip",
        "eni": "network-interface",
        "fl": "vpc-flow-log",
        "h": "dedicated-host",
        "i": "instance",
        "igw": "internet-gateway",
        "key": "key-pair",
        "lgw": "local-gateway",
        "lt": "launch-template",
        "nat": "natgateway",
        "pcx": "vpc-peering-connection",
        "pg": "placement-group",
        "pl": "prefix-list",
        "rtb": "route-table",
        "sg": "security-group",
        "sgr": "security-group-rule",
        "snap": "snapshot",
        "subnet": "subnet",
        "tgw": "transit-gateway",
        "tgw-attach": "transit-gateway-attachment",
        "tgw-rtb": "transit-gateway-route-table",
        "vgw": "vpn-gateway",
        "vol": "volume",
        "vpc": "vpc",
        "vpce": "vpc-endpoint",
        "vpce-svc": "vpc-endpoint-service",
        "vpn": "vpn-connection",
    }
)
"""The types of EC2's resources by how their ids begin.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
"""
LAUNCHED = ("instance", "volume", "network-interface")
LAUNCHED_WITH = ("image", "security-group", "subnet")
"""What RunInstances is decided about, named in the event or not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (rule 55)
"""
MAKES = re.compile(r"(?:Create|Allocate|Copy|Register|Import|Request)([A-Z]\w*)")
MADE_AS: Mapping[str, str] = MappingProxyType(
    {
        "address": "elastic-ip",
        "capacityreservationbysplitting": "capacity-reservation",
        "flowlogs": "vpc-flow-log",
        "hosts": "dedicated-host",
        "instanceexporttask": "export-instance-task",
        "managedprefixlist": "prefix-list",
        "publicipv4pool": "ipv4pool-ec2",
        "snapshots": "snapshot",
        "spotfleet": "spot-fleet-request",
        "spotinstances": "spot-instances-request",
        "transitgatewayconnect": "transit-gateway-attachment",
        "transitgatewaypeeringattachment": "transit-gateway-attachment",
        "transitgatewayvpcattachment": "transit-gateway-attachment",
        "volumes": "volume",
        "vpcendpointserviceconfiguration": "vpc-endpoint-service",
    }
)
FROM_ELSEWHERE = ("image", "snapshot", "bucket", "object")
"""Types whose ARN has no account in it although the resource may be somebody else's."""
NESTED = frozenset(("glue",))
"""Services that decide about everything above a resource too, and about all below where none is named."""
UNTOLD = frozenset(("apigateway",))
"""Services whose actions are so wide that parameters do not tell which of a hundred types they are about."""
MOST_RESOURCES = 1000


@dataclass(frozen=True, slots=True)
class Happened:
    """An event's name and service, its parameters, the resources it names with their owners, where it was, by whom."""

    name: str
    service: str
    values: Mapping[str, tuple[str, ...]]
    named: tuple[tuple[str | None, str | None], ...]
    home: Home
    caller: str
    around: Around


@dataclass(frozen=True, slots=True)
class Need:
    """One action that the call needs, on which resources, with the keys that only this use of it has."""

    action: str
    resources: tuple[Resource, ...]
    context: Mapping[str, Texts] = field(default_factory=dict)


def needs(actions: tuple[str, ...], event: Happened) -> Iterator[Need]:
    """Every action that the call needs: those of its name, and those that its parameters ask for."""
    for action in _done(actions, event):
        parameter, other = INSTEAD.get(action, ("", action))
        yield Need(other if parameter in event.values else action, touched(action, event))
        for parameter, also in ALSO.get(action, ()):
            if parameter in event.values:
                yield Need(also, touched(action, event))
        for parameter, receiver in passed(action):
            if parameter in event.values:
                yield Need("iam:PassRole", _roles(parameter, event), {"iam:passedtoservice": receiver})
        if action == "s3:PutObject" and COPY_SOURCE in event.values:
            yield _copied(event.values[COPY_SOURCE][0], event)
        if action.startswith("ec2:") and event.values.get(TAG_SPECIFICATIONS) and action != "ec2:CreateTags":
            made = tuple(one for one in touched(action, event) if (one.arn or "").endswith("/*"))
            if made:
                yield Need("ec2:CreateTags", made, {"ec2:createaction": event.name})


def _done(actions: tuple[str, ...], event: Happened) -> tuple[str, ...]:
    """The actions that the event did need, of those that its name may; all of them where it does not say."""
    done = {action for parameter, action in DONE.items() if parameter in event.values}
    for text in (text for name in STATEMENTS for text in event.values.get(name, ())):
        done.add(f"dynamodb:PartiQL{text.split(maxsplit=1)[0].title()}" if text.strip() else "")
    return tuple(action for action in actions if action in done) or actions


def touched(action: str, event: Happened) -> tuple[Resource, ...]:
    """The resources of an action: `*` where it has none, one of which nothing is known where the event does not say."""
    known = shapes(action)
    if not known:
        return (Resource("*", account=event.home.account or None),) if _is_known(action) else (Resource(None),)
    found = list(_named(known, event))
    if event.service == "ec2":
        found += _of_ec2(action, known, event)
    elif not found and event.service not in UNTOLD:
        filled = list(_filled(known, event))
        whole = [one for one in filled if one.after is None]
        found += filled if event.service in NESTED else whole or filled
    if not found and event.service == "iam" and ":user/" in event.caller and event.caller.startswith("arn:"):
        # Without a name, IAM's operations on a user are about the caller's own.
        found = [Found(event.caller, "user") for shape in known if shape.type == "user"]
    found = seen(action, found, event)
    owners = {arn: owner for arn, owner in event.named if arn and owner}
    unique = tuple(dict.fromkeys(found))[:MOST_RESOURCES]
    return tuple(_resource(action, one, owners, event) for one in unique) or (Resource(None),)


def _is_known(action: str) -> bool:
    from org.access import actions

    prefix, _, name = action.partition(":")
    service = actions.service(prefix)
    return service is not None and name.lower() in service.actions


def _named(known: tuple[Shape, ...], event: Happened) -> Iterator[Found]:
    """The resources that the event lists, as far as the action is about their type."""
    for arn, _ in event.named:
        shape = next((one for one in known if arn and len(arn) <= 2048 and one.fits(arn)), None)
        if arn and shape:
            yield Found(arn, shape.type)


def _filled(known: tuple[Shape, ...], event: Happened) -> Iterator[Found]:
    values = {name: texts for name, texts in event.values.items() if name != COPY_SOURCE}
    for shape in known:
        if event.service in NESTED and not shape.names:
            yield Found(at_home(shape.text, event.home), shape.type)
        for found in shape.filled(values, event.home):
            path = event.values.get(PATH, ()) if event.name.startswith("Create") and event.service == "iam" else ()
            if path and found.after:
                yield Found(f"{found.arn}{path[0].lstrip('/')}{found.after}", found.type)
            else:
                yield found


def _of_ec2(action: str, known: tuple[Shape, ...], event: Happened) -> list[Found]:
    """EC2's resources by their ids, and those that the call makes, which have none yet."""
    types = {shape.type: shape for shape in known}
    found = []
    for one in event.values.get(IDS, ()):
        kind = EC2_TYPES.get(one.rpartition("-")[0], "")
        if kind in types:
            found.append(Found(_arn(types[kind], event.home) + one, kind))
    there = {one.type for one in found}
    makes = MAKES.fullmatch(event.name)
    name = plain(makes[1]) if makes else ""
    made = [kind for kind in types if plain(kind) == name or kind == MADE_AS.get(name)]
    if action == "ec2:RunInstances":
        made = [kind for kind in LAUNCHED if kind not in there]
        found += [Found(_arn(types[kind], event.home), kind, "") for kind in LAUNCHED_WITH if kind not in there]
    return [*found, *(Found(f"{_arn(types[kind], event.home)}*", kind) for kind in made)]


def _arn(shape: Shape, home: Home) -> str:
    """What the ARNs of a type begin with."""
    return at_home(shape.text.partition("/")[0] + "/", home)


def _resource(action: str, found: Found, owners: Mapping[str, str], event: Happened) -> Resource:
    account = owners.get(found.arn) or account_of_resource(f"{found.arn}{found.after or ''}")
    if account is None and (found.type not in FROM_ELSEWHERE or action == "s3:CreateBucket"):
        of_aws = ":iam::aws:" in found.arn or (event.service == "ssm" and "::" in found.arn)
        account = None if of_aws else event.home.account or None
    tagged = takes_tags(action) and event.service == "ec2" and event.name != "CreateTags"
    known, absent = _tags(found, event) if tagged else ({}, [])
    return Resource(found.arn, found.after, found.type, account, known, absent)


def _tags(found: Found, event: Happened) -> tuple[dict[str, Texts], list[str]]:
    """The tags that a new resource of EC2 gets; what is there already gets none."""
    given = [text.split("\n") for text in event.values.get(TAGS, ())]
    mine = tuple((key, value) for kind, key, value in given if kind == found.type and found.arn.endswith("/*"))
    return requested(mine) if OMITTED not in event.values else ({}, [])


def requested(tags: tuple[tuple[str, str], ...]) -> tuple[dict[str, Texts], list[str]]:
    """The keys of requested tags, and which of these keys are absent: both, where no tag is requested."""
    if not tags:
        return {}, ["aws:requesttag/*", "aws:tagkeys"]
    known: dict[str, Texts] = {f"aws:requesttag/{key.lower()}": value for key, value in tags if value}
    return known | {"aws:tagkeys": sorted({key for key, _ in tags})}, []


def _roles(parameter: str, event: Happened) -> tuple[Resource, ...]:
    """The roles that a parameter hands over; of one in an instance profile nothing is known but where it is."""
    home = event.home
    start = f"arn:{home.partition}:iam::{home.account}:role/"
    found = []
    for text in dict.fromkeys(event.values[parameter]):
        if ":role/" in text:
            found.append(Resource(text, None, "role", account_of_resource(text)))
        elif text and text != HIDDEN and ":instance-profile/" not in text:
            found.append(Resource(start, text, "role", home.account))
    return tuple(found) or (Resource(start, "", "role", home.account),)


def _copied(source: str, event: Happened) -> Need:
    """Reading the object that is copied, of which only the name is known, not the owner."""
    from urllib.parse import unquote

    name, _, version = source.partition("?versionId=")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    name = unquote(name).lstrip("/")
    if name.startswith("arn:") or "/" not in name or ALIAS in name.partition("/")[0]:
        return Need(action, (Resource(None),))
    return Need(action, (Resource(f"arn:{event.home.partition}:s3:::{name}", None, "object"),))
