"""A state of the search as a request that somebody can make: who asks, in which Region, for whose resource."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from org.access.prove import worlds
from org.access.prove.automata import GivenUp
from org.access.prove.encode import ACTION, RESOURCE
from org.access.prove.grounding import grounded, patterns_of, values_of
from org.access.prove.keys import value_of
from org.access.requests import account_of, request
from org.model.request import Principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.access.actions import Action
    from org.access.prove.difference import Setting
    from org.access.prove.grounding import Values
    from org.access.prove.keys import Range
    from org.access.prove.solve import Node, State
    from org.access.prove.worlds import World
    from org.model.request import Request, Value

ARN, REGION, ACCOUNT = "aws:principalarn", "aws:requestedregion", "aws:resourceaccount"
PRINCIPAL_ACCOUNT = "aws:principalaccount"
DERIVED = frozenset(
    f"aws:principal{name}" for name in ("arn", "account", "orgid", "orgpaths", "type", "isawsservice", "servicename")
) | {"aws:username", ACCOUNT, REGION, RESOURCE, ACTION}
"""Slots that a coherent request has from its principal, its resource and its Region."""
A_SERVICE = "events.amazonaws.com"


def coherent(state: State, setting: Setting, world: World, action: Action | None, name: str) -> Iterator[Request]:
    """Requests of a world that meet the literals of a state, the keys of each as they go together."""
    for values in grounded(state):
        placed = _placed(state, values, setting, world, action)
        for here in _with_account(state, values, world) if placed else ():
            principal = _principal(state, values, setting, here)
            if principal is not None and placed is not None:
                region, account, resource = placed
                context = {REGION: region, **_context(values)}
                named = _name(values, action, name)
                yield request(principal, named, resource, resource_account=account, context=context)


def _placed(
    state: State, values: Values, setting: Setting, world: World, action: Action | None
) -> tuple[str, str, str] | None:
    """A Region, an account and a resource there that go together; None where no such are found."""
    for region, account in product(_regions(state, values, setting), list(_accounts(state, values, setting, world))):
        allowed = worlds.resource_range(setting, world, action, region, account)
        resource = _again(state.nodes.get(RESOURCE), allowed, values)
        if resource is not None:
            return region, account, resource
    return None


def _with_account(state: State, values: Values, world: World) -> Iterator[World]:
    """The world with one account for the principal, where it may be any: one that the tests of the account allow."""
    if world.account != worlds.ANY_ACCOUNT:
        yield world
        return
    node, arn = state.nodes.get(PRINCIPAL_ACCOUNT), values.get(ARN)
    named = [values.get(PRINCIPAL_ACCOUNT), account_of(arn) if isinstance(arn, str) else None, worlds.OTHER_ACCOUNT]
    for account in dict.fromkeys(one for one in named if isinstance(one, str)):
        if node is None or _meets(node, account):
            yield replace(world, account=account)


def _again(node: Node | None, allowed: Range, values: Values) -> str | None:
    """A text of a narrower range that meets the literals of a slot; the one that is known where it has variables."""
    if node is not None and not (node.found and node.found.exact):
        known = values.get(node.slot)
        return known if isinstance(known, str) else None
    wanted = node.literals if node else frozenset()
    try:
        found = value_of(wanted, allowed)
    except GivenUp:
        return None
    return found.value if found and isinstance(found.value, str) else None


def _regions(state: State, values: Values, setting: Setting) -> Iterator[str]:
    """Regions that the tests of the Region allow: of the organization, of AWS, and those that resources name."""
    node, own = state.nodes.get(REGION), values.get(REGION)
    known = [own] if isinstance(own, str) else []
    for region in dict.fromkeys([*known, *setting.regions, *_named(state, 3), *worlds.REGIONS]):
        if node is None or _meets(node, region):
            yield region


def _named(state: State, part: int) -> list[str]:
    """What policies have in a part of the ARNs of resources."""
    node = state.nodes.get(RESOURCE)
    return values_of(patterns_of([atom for atom, _ in node.literals]), part) if node else []


def _meets(node: Node, value: str) -> bool:
    try:
        return value_of(node.literals, replace(node.allowed, fixed=(value,))) is not None
    except GivenUp:
        return False


def _accounts(state: State, values: Values, setting: Setting, world: World) -> Iterator[str]:
    """Accounts that the resource may be in."""
    if world.here:
        yield setting.account
        return
    node, own = state.nodes.get(ACCOUNT), values.get(ACCOUNT)
    known = [own] if isinstance(own, str) else []
    for account in dict.fromkeys([*known, *_named(state, 4), worlds.OTHER_ACCOUNT]):
        if account != setting.account and (node is None or _meets(node, account)):
            yield account


def _principal(state: State, values: Values, setting: Setting, world: World) -> Principal | None:
    """Who asks; None where the name and the ARN that the tests want do not go together."""
    tags = {slot.partition("/")[2]: value for slot, value in values.items() if slot.startswith("aws:principaltag/")}
    held = {name: value for name, value in tags.items() if isinstance(value, str)}
    org_id, paths = values.get("aws:principalorgid"), values.get("aws:principalorgpaths")
    arn = _principal_arn(state, values, setting, world)
    if arn is None:
        return None
    return Principal(
        arn,
        tags=held,
        org_id=setting.org_id if world.member else org_id if isinstance(org_id, str) else None,
        org_paths=paths if isinstance(paths, tuple) else (_path(setting),) if world.inside else (),
    )


def _path(setting: Setting) -> str:
    return setting.org_path.replace("*", "ab12")


def _principal_arn(state: State, values: Values, setting: Setting, world: World) -> str | None:
    if world.kind == worlds.ANONYMOUS:
        return "*"
    if world.kind == worlds.SERVICE:
        name = values.get("aws:principalservicename")
        return name if isinstance(name, str) else A_SERVICE
    allowed, username = worlds.principal_range(setting, world), values.get("aws:username")
    if world.kind == worlds.USER and isinstance(username, str):
        start = f"arn:{worlds.partition(setting)}:iam::{world.account}:user/"
        shapes = (f"{start}{username}", f"{start}*/{username}")
        allowed = replace(allowed, texts=replace(allowed.texts, shapes=shapes, hints=shapes[:1]))
    return _again(state.nodes.get(ARN), allowed, values)


def _context(values: Values) -> dict[str, Value]:
    """The keys that nothing else gives."""
    return {
        slot: value
        for slot, value in values.items()
        if value is not None and slot not in DERIVED and not slot.startswith(("aws:principaltag/", "principal "))
    }


def incoherent(state: State, setting: Setting, world: World, action: Action | None, name: str) -> Iterator[Request]:
    """Requests that meet the literals of a state, whatever goes together: their context overrides what would follow."""
    account = world.account or worlds.OTHER_ACCOUNT
    arn = f"arn:{worlds.partition(setting)}:iam::{account}:role/Example"
    member = (setting.org_id, (_path(setting),)) if world.member else (None, ())
    owner = setting.account if world.here else worlds.OTHER_ACCOUNT
    for values in grounded(state):
        resource = values.get(RESOURCE) or _again(None, worlds.resource_range(setting, world, action), values)
        context = {slot: value for slot, value in values.items() if slot not in (RESOURCE, ACTION)}
        context = {slot: value for slot, value in context.items() if not slot.startswith("principal ")}
        yield request(
            Principal(arn, {}, *member),
            _name(values, action, name),
            str(resource),
            resource_account=owner,
            context=context,
        )


def _name(values: Values, action: Action | None, name: str) -> str:
    return str(action) if action is not None else name or str(values[ACTION])


def accounts_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The account ids that stand in some texts."""
    return tuple(dict.fromkeys(one for text in texts for one in re.findall(r"(?<!\d)\d{12}(?!\d)", text)))
