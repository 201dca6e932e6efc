"""What is known about a condition key: whether it exists, the type of its values, and the actions that know it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from org.access.actions import global_keys, service
from org.policy.lint.patterns import VARIABLE

if TYPE_CHECKING:
    from org.access.actions import Action

KEY = re.compile(r"[A-Za-z0-9._/${}-]+:[^*?]+")
OF_PROVIDERS = re.compile(
    r"(?:saml|[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?:/[^:]*)?|identitycenter|catalog|cognito-identity[a-z.-]*|www\\.amazon\\.com):.+",
    re.IGNORECASE,
)
"""Keys of identity providers carry the provider's host name; which there are is up to the provider."""


@cache
def documented(key: str) -> str | None:
    """The documented form of a key, whatever its case and the tag it names; None where there is none."""
    text = VARIABLE.sub("x", key)
    everywhere = global_keys().find(text)
    if everywhere:
        return everywhere
    found = service(text.partition(":")[0])
    return found.keys.find(text) if found else None


def known_key(key: str) -> bool:
    """True for a key of every service, of one service, or of an identity provider."""
    return documented(key) is not None or OF_PROVIDERS.fullmatch(key) is not None


@cache
def type_of(key: str) -> str:
    """The type of a key's values, such as String, ARN, Bool or ArrayOfString; empty where it is not known."""
    name = documented(key)
    if name is None:
        return ""
    found = service(name.partition(":")[0])
    return global_keys().types.get(name) or (found.keys.types.get(name, "") if found else "")


def knows(action: Action, key: str) -> bool:
    """True where requests for that action can carry the key."""
    name = documented(key)
    return name is None or name in action.keys
