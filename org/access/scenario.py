"""The public JSON format of scenarios and requests, as docs/decide.md describes it, read into policies and requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from org.access.document import Document, Malformed, document, text_of
from org.access.policies import Policies
from org.access.requests import request
from org.model.request import Layer, Principal, Request, Value

POLICIES = frozenset(
    ("identity_policies", "permissions_boundary", "session_policies", "resource_policy", "scps", "rcps")
)
WHO = frozenset(
    ("principal", "principal_tags", "principal_org", "is_management_account", "is_service_linked_role", "issuer")
)
WHAT = frozenset(("action", "resource", "resource_account", "resource_in_management_account", "context", "unknown"))
KEYS = POLICIES | WHO | WHAT
"""Every key of a scenario; those of a request are the same, and win."""


class Unfit(ValueError):
    """A value is not what the format asks for; `path` leads to it from the top of the JSON."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{'.'.join(map(str, path))}: {message}" if path else message)


@dataclass(frozen=True)
class Scenario:
    """The part of a question that many requests share: plain JSON, checked when it is made."""

    given: Mapping[str, Any]

    def __post_init__(self) -> None:
        _known(self.given)
        self.ask({"action": "sts:GetCallerIdentity", **({} if "principal" in self.given else {"principal": "*"})})

    @cached_property
    def policies(self) -> Policies:
        """The scenario's own policies."""
        return policies(self.given)

    def ask(self, asked: Any) -> tuple[Policies, tuple[Request, ...]]:
        """The policies and the requests of one line, one request for each resource (rule 55).

        The policies are `self.policies` itself unless the line brings some. Raises `Unfit`.
        """
        _known(asked)
        merged = {**self.given, **asked}
        contexts = [_context(_mapping(source, ("context",))) for source in (self.given, asked)]
        own = POLICIES.isdisjoint(asked)
        return (self.policies if own else policies(merged)), tuple(_requests(merged, {**contexts[0], **contexts[1]}))


def policies(given: Mapping[str, Any]) -> Policies:
    """The policies of a scenario; raises `Unfit` where a layer is no list, never for what is inside a document."""
    single = {key: given.get(key) for key in ("permissions_boundary", "resource_policy")}
    boundary, resource = single["permissions_boundary"], single["resource_policy"]
    return Policies(
        identity=_documents(Layer.IDENTITY, given.get("identity_policies"), ("identity_policies",)),
        boundary=None if boundary is None else _document(Layer.BOUNDARY, boundary, "permissions_boundary"),
        session=_documents(Layer.SESSION, given.get("session_policies"), ("session_policies",)),
        resource=None if resource is None else _document(Layer.RESOURCE, resource, "resource_policy"),
        scps=_levels(Layer.SCP, given.get("scps"), "scps"),
        rcps=_levels(Layer.RCP, given.get("rcps"), "rcps"),
    )


def _known(given: Any) -> None:
    if not isinstance(given, Mapping):
        raise Unfit((), "not an object")
    for key in given:
        if key not in KEYS:
            raise Unfit((key,), f"unknown key `{key}`")


def _levels(layer: Layer, given: Any, key: str) -> tuple[tuple[Document, ...], ...] | None:
    if given is None:
        return None
    if not isinstance(given, list):
        raise Unfit((key,), "neither null nor a list of levels, from the root to the account")
    return tuple(_documents(layer, level, (key, number)) for number, level in enumerate(given))


def _documents(layer: Layer, given: Any, path: tuple[str | int, ...]) -> tuple[Document, ...]:
    if given is None and len(path) == 1:
        return ()
    if not isinstance(given, list):
        raise Unfit(path, "not a list of policy documents")
    name = path[0] if len(path) == 1 else f"{path[0]}[{path[1]}]"
    return tuple(_document(layer, one, f"{name}[{number}]") for number, one in enumerate(given))


def _document(layer: Layer, given: Any, name: str) -> Document:
    """The document; `{"name": ..., "document": ...}` gives it a name of its own."""
    if isinstance(given, dict) and given.keys() == {"name", "document"} and isinstance(given["name"], str):
        return document(layer, given["name"], given["document"])
    return document(layer, name, given)


def _requests(given: Mapping[str, Any], context: Mapping[str, Value | None]) -> list[Request]:
    listed = given.get("resource", "*")
    resources = listed if isinstance(listed, list) else [listed]
    if not resources:
        raise Unfit(("resource",), "an empty list; an action without a resource has `*`")
    return [_request(given, context, resource, number) for number, resource in enumerate(resources)]


def _request(given: Mapping[str, Any], context: Mapping[str, Value | None], resource: Any, number: int) -> Request:
    """One request; a resource may be an object with keys of its own, `{"resource": ARN, "context": {...}}`."""
    path: tuple[str | int, ...] = ("resource", number) if isinstance(given.get("resource"), list) else ("resource",)
    account = given.get("resource_account")
    if isinstance(resource, Mapping):
        for key in resource:
            if key not in ("resource", "context", "resource_account"):
                raise Unfit((*path, key), f"unknown key `{key}`")
        context = {**context, **_context(_mapping(resource, ("context",)))}
        account = resource.get("resource_account", account)
        resource = resource.get("resource", "*")
    if resource is not None and not isinstance(resource, str):
        raise Unfit(path, "neither an ARN nor `*` nor null")
    return request(
        _principal(given),
        _text(given, "action"),
        resource,
        resource_account=None if account is None else str(account),
        context=context,
        unknown=_texts(given, "unknown"),
        resource_management=_flag(given, "resource_in_management_account"),
    )


def _principal(given: Mapping[str, Any]) -> Principal:
    org = _mapping(given, ("principal_org",))
    for key in org:
        if key not in ("id", "paths"):
            raise Unfit(("principal_org", key), f"unknown key `{key}`")
    identity = org.get("id")
    if identity is not None and not isinstance(identity, str):
        raise Unfit(("principal_org", "id"), "not text")
    return Principal(
        arn=_text(given, "principal"),
        tags={
            name: _scalar(value, ("principal_tags", name))
            for name, value in _mapping(given, ("principal_tags",)).items()
        },
        org_id=identity,
        org_paths=_texts(org, "paths", "principal_org"),
        management=_flag(given, "is_management_account"),
        service_linked=_flag(given, "is_service_linked_role"),
        issuer=_text(given, "issuer") if given.get("issuer") is not None else None,
    )


def _context(given: Mapping[str, Any]) -> dict[str, Value | None]:
    """The keys in lower case; one that is written in two ways is a mistake, since neither could be meant alone."""
    context: dict[str, Value | None] = {}
    for key, value in given.items():
        if key.lower() in context and context[key.lower()] != _value(value, key):
            raise Unfit(("context", key), f"`{key}` is given twice with different values; case does not count in keys")
        context[key.lower()] = _value(value, key)
    return context


def _value(value: Any, key: str) -> Value | None:
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_scalar(one, ("context", key)) for one in value)
    return _scalar(value, ("context", key))


def _scalar(value: Any, path: tuple[str | int, ...]) -> str:
    try:
        return text_of(value, str(path[-1]))
    except Malformed:
        raise Unfit(path, "neither text nor a number nor true or false") from None


def _mapping(given: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    found = given.get(path[0])
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise Unfit(path, "not an object")
    return found


def _text(given: Mapping[str, Any], key: str) -> str:
    found = given.get(key)
    if not isinstance(found, str) or not found:
        raise Unfit((key,) if key in given else (), f"`{key}` is missing" if key not in given else "not text")
    return found


def _texts(given: Mapping[str, Any], key: str, *above: str) -> tuple[str, ...]:
    found = given.get(key)
    listed = [] if found is None else [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise Unfit((*above, key), "not a list of texts")
    return tuple(listed)


def _flag(given: Mapping[str, Any], key: str) -> bool:
    found = given.get(key, False)
    if found is not None and not isinstance(found, bool):
        raise Unfit((key,), "neither true nor false")
    return bool(found)
