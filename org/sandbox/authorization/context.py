"""The condition keys of a call: what the sandbox knows of caller, call and parameters, and what nobody knows.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from org.access.actions import service
from org.replay.parameters import HIDDEN, plain
from org.replay.service_keys import told

if TYPE_CHECKING:
    from org.model.request import Value
    from org.sandbox.callers import Caller

Keys = dict[str, "Value | None"]
TAGS = ("Tags", "TagSet", "TagList", "tags")
"""What a parameter with tags is called; EC2 has them in TagSpecifications."""
NEVER = (
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
)
"""Keys of calls through a VPC endpoint or by a service, which do not come here."""


def of_caller(caller: Caller, now: float, region: str, agent: str) -> Keys:
    """The keys that say who calls, when, from where and to which Region.

    The connection counts as encrypted: a client that talks to AWS would have used TLS.
    """
    keys: Keys = {
        "aws:requestedregion": region,
        "aws:sourceip": "127.0.0.1",
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "aws:currenttime": moment(now),
        "aws:epochtime": str(int(now)),
        "aws:userid": caller.user_id,
        **dict.fromkeys(NEVER),
    }
    if agent:
        keys["aws:useragent"] = agent
    if caller.expires is not None:
        keys |= {"aws:multifactorauthpresent": "false", "aws:tokenissuetime": moment(caller.issued)}
    if caller.root and caller.expires is not None:
        keys["aws:assumedroot"] = "true"
    if caller.source_identity:
        keys["aws:sourceidentity"] = caller.source_identity
    return keys


def moment(seconds: float) -> str:
    """The time as a policy writes it."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_parameters(action: str, parameters: Mapping[str, Any]) -> Keys:
    """The keys that hold what a parameter says: tags, and a key of the service that is named like a parameter.

    Of a parameter that is not given nobody knows which default the service takes.
    """
    keys = of_tags(parameters)
    given = {plain(name): value for name, value in parameters.items()}
    return keys | {key: scalar(given[name]) for key, name in own_keys(action) if name in given}


def corrected(action: str, keys: Keys, values: Mapping[str, tuple[str, ...]]) -> Keys:
    """The keys with those that an operation's parameters tell in a way of their own, as org.replay reads them.

    Where a default or a template decides about what is not given, nobody knows the key.
    """
    keys = dict(keys)
    for one in told(action):
        texts = values.get(one.parameter, ())
        keys.pop(one.key, None)
        if texts and texts[0] != HIDDEN and (one.missing != "true" or texts[0] == "true"):
            keys[one.key] = texts[0]
        elif not texts and one.missing == "-":
            keys[one.key] = None
    return keys


def is_requested_tag(key: str) -> bool:
    """True for the keys of tags that a call wants to set."""
    return key == "aws:tagkeys" or key.startswith("aws:requesttag/")


def of_tags(parameters: Mapping[str, Any]) -> Keys:
    """The tags that the call gives, each by its key, and their keys together."""
    found: dict[str, str] = {}
    for name in TAGS:
        found |= pairs(parameters.get(name))
    for specification in parameters.get("TagSpecifications", ()):
        if isinstance(specification, dict):
            found |= pairs(specification.get("Tags"))
    names = [*found, *(one for one in parameters.get("TagKeys", ()) if isinstance(one, str))]
    keys: Keys = {f"aws:requesttag/{name.lower()}": value for name, value in found.items()}
    return keys | ({"aws:tagkeys": tuple(names)} if names else {})


def pairs(tags: Any) -> dict[str, str]:
    """Tags as a dictionary, from a dictionary or from AWS's lists of Key and Value."""
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    if not isinstance(tags, list):
        return {}
    named = [{plain(key): value for key, value in tag.items()} for tag in tags if isinstance(tag, dict)]
    return {
        str(tag.get("key", tag.get("tagkey"))): str(tag.get("value", tag.get("tagvalue", "")))
        for tag in named
        if "key" in tag or "tagkey" in tag
    }


def scalar(value: Any) -> Value | None:
    """The value of a key from that of a parameter; None where it has none. A policy is named by its ARN."""
    if isinstance(value, dict) and set(value) == {"arn"}:
        value = value["arn"]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return None


@functools.cache
def own_keys(action: str) -> tuple[tuple[str, str], ...]:
    """The keys with the prefix of the action's service, in lower case, and the plain name of each after its colon."""
    prefix, _, name = action.partition(":")
    found = service(prefix)
    known = found.actions.get(name.lower()) if found else None
    keys = known.keys if known else found.keys.types if found else ()
    own = sorted(key.lower() for key in keys if "${}" not in key and not key.startswith("aws:"))
    return tuple((key, plain(key.partition(":")[2])) for key in own)


@functools.cache
def not_known(action: str) -> tuple[str, ...]:
    """The keys that an action may have and that only the service itself could tell: its own, and tags of resources.

    An action that is not known may have any key of its service.
    """
    prefix, _, name = action.partition(":")
    found = service(prefix)
    known = found.actions.get(name.lower()) if found else None
    if known is None:
        return (f"{prefix}:*", "aws:resourcetag/*")
    return tuple(sorted({key.lower().replace("${}", "*") for key in known.keys if not given_by_us(key.lower())}))


def given_by_us(key: str) -> bool:
    """True for the keys whose presence the sandbox knows for every call."""
    return key.startswith("aws:") and not key.startswith("aws:resourcetag/")
