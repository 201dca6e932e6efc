"""The requests that a call may have been: one for each way in which what the log leaves open can come out.

A key that is unknown is unknown in the request. What cannot be said so is tried out: the gap of an ARN, and whether
an account outside is in an organization of its own or in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from org.access import actions
from org.access.global_keys import GLOBAL_KEYS
from org.access.match import action_matches
from org.access.requests import request
from org.model.request import Principal
from org.replay.context import ACCOUNT, ROLE, VOUCHED
from org.replay.gaps import fillings
from org.replay.keys import ALWAYS, is_foreign, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.access.document import Document
    from org.access.policies import Policies
    from org.model.request import Request, Value
    from org.replay.call import Call, Touched
    from org.replay.keys import Keys
    from org.replay.side import Side

OUTSIDE = "o-outside"
"""The organization of an account outside, if it is in one: any but ours."""
ORG_KEYS = ("orgid", "orgpaths")
OF_RESOURCE = frozenset(("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"))
GLOBAL = frozenset(key.lower().replace("${}", "*") for key in GLOBAL_KEYS)
OF_TAGS = ("aws:requesttag/*", "aws:tagkeys", "aws:resourcetag/*")


@dataclass(frozen=True, slots=True)
class Variant:
    """One request that the call may have been, and what it takes for known: `resource`, or a key."""

    request: Request
    supposed: tuple[str, ...] = ()


class Reader:
    """What some policies look at, beside what a corpus keeps: worked out once, asked for every call."""

    def __init__(self, policies: Policies, kept: Keys) -> None:
        self._policies = policies
        self._patterns: dict[str, tuple[str, ...]] = {}
        missing = {key for key in read_keys(policies) if key not in ALWAYS and key not in kept}
        self._global = frozenset(key for key in missing if key.startswith("aws:") or key in GLOBAL)
        self._foreign = frozenset(key for key in missing if is_foreign(key))

    def not_kept(self, kind: str) -> frozenset[str]:
        """Keys that the policies read and the corpus says nothing about, for a kind of caller.

        Keys of services belong to the actions that know them; those of providers of identities to federated sessions.
        """
        federated = kind in (ROLE, ACCOUNT) or kind in VOUCHED
        return self._global | self._foreign if federated else self._global

    def patterns(self, action: str) -> tuple[str, ...]:
        """The patterns of resources in statements that may be about the action."""
        found = self._patterns.get(action)
        if found is None:
            found = self._patterns[action] = tuple(dict.fromkeys(self._about(action)))
        return found

    def _about(self, action: str) -> Iterator[str]:
        for document in documents(self._policies):
            for statement in document.statements:
                about = any(action_matches(one, action) for one in statement.actions)
                if about is not statement.not_actions:
                    yield from statement.resources


def variants(call: Call, touched: Touched, side: Side, reader: Reader) -> Iterator[Variant]:
    """The requests that a call about one of its resources may have been, seen from one state of the organization."""
    context: dict[str, Value] = {**of_type(call.action, touched.type, call.context), **touched.context}
    unknown = set(call.unknown) | open_keys(call.action, touched.type) | reader.not_kept(call.kind)
    unknown -= {*call.absent, *touched.absent, *context}
    if touched.account is None:
        unknown |= OF_RESOURCE
    principal = Principal(call.principal, management=_is_management(call.account, side))
    known, open_orgs, outside = _organizations(call, touched, side, context)
    unknown |= open_orgs
    for supposed, orgs in _ways(outside):
        for resource, sure in _resources(call.action, touched, reader):
            made = request(
                principal,
                call.action,
                resource,
                resource_account=touched.account,
                context={**context, **known, **orgs},
                unknown=unknown,
                resource_management=_is_management(touched.account, side),
            )
            yield Variant(made, supposed + (() if sure else ("resource",)))


def _is_management(account: str | None, side: Side) -> bool:
    member = side.members.get(account or "")
    return member is not None and member.management


def _organizations(
    call: Call, touched: Touched, side: Side, context: Mapping[str, Value]
) -> tuple[dict[str, Value], set[str], tuple[str, ...]]:
    """The keys of organizations that are known, those that are not, and whose account is outside."""
    endpoint = context.get("aws:vpceaccount")
    accounts = {"principal": call.account, "resource": touched.account, "vpce": str(endpoint) if endpoint else None}
    known: dict[str, Value] = {}
    unknown: set[str] = set()
    outside = []
    for whose, account in accounts.items():
        if account is None:
            continue
        member = side.members.get(account)
        if member is None:
            outside.append(whose)
            continue
        for key, value in ((f"aws:{whose}orgid", side.org_id), (f"aws:{whose}orgpaths", (member.path,))):
            if value and value != ("",):
                known[key] = value
            else:
                unknown.add(key)
    return known, unknown, tuple(outside)


def _ways(outside: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Value]]]:
    """Accounts outside are in an organization that is not ours, or in none."""
    if not outside:
        yield (), {}
        return
    supposed = tuple(f"aws:{whose}orgid" for whose in outside)
    yield supposed, {}
    elsewhere: dict[str, Value] = {}
    for whose in outside:
        elsewhere |= {f"aws:{whose}orgid": OUTSIDE, f"aws:{whose}orgpaths": (f"{OUTSIDE}/r-outside/",)}
    yield supposed, elsewhere


def _resources(action: str, touched: Touched, reader: Reader) -> Iterator[tuple[str | None, bool]]:
    """The resource, or what it may be, and whether it is known."""
    if touched.arn is None or touched.after is None:
        yield touched.arn, True
        return
    found = fillings(touched.arn, touched.after, reader.patterns(action))
    if not found:
        yield None, True
    for arn in found:
        yield arn, len(found) == 1


def documents(policies: Policies) -> Iterator[Document]:
    """Every SCP and RCP."""
    for levels in (policies.scps, policies.rcps):
        yield from (document for level in levels or () for document in level)


def read_keys(policies: Policies) -> frozenset[str]:
    """Every key that SCPs and RCPs read."""
    return frozenset(key for document in documents(policies) for key in keys_of(document))


@lru_cache(maxsize=32_768)
def open_keys(action: str, kind: str) -> frozenset[str]:
    """The keys that an action on a resource of that type may have and that do not follow from who calls.

    An action that the bundled data does not have may have any key of its service.
    """
    prefix, _, name = action.partition(":")
    service = actions.service(prefix)
    known = service.actions.get(name.lower()) if service else None
    if service is None or known is None:
        return frozenset((f"{prefix}:*", *OF_TAGS))
    theirs = [service.resources[one].keys for one in known.resources if one in service.resources]
    of_others = frozenset(key for keys in theirs for key in keys)
    own = service.resources[kind].keys if kind in service.resources else of_others
    found = {key.lower().replace("${}", "*") for key in (known.keys - of_others) | (known.keys & own)}
    return frozenset(key for key in found if key in OF_TAGS or key not in GLOBAL)


def of_type(action: str, kind: str, context: Mapping[str, Value]) -> dict[str, Value]:
    """The context without keys that resources of this type do not have, where an action is about several types."""
    prefix = f"{action.partition(':')[0]}:"
    known = open_keys(action, kind)
    if f"{prefix}*" in known:
        return dict(context)
    return {key: value for key, value in context.items() if not key.startswith(prefix) or _among(key, known)}


def _among(key: str, known: frozenset[str]) -> bool:
    return key in known or any(one[-1] == "*" and key.startswith(one[:-1]) for one in known)
