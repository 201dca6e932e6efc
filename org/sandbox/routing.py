"""Which operation of which service a request means."""

from __future__ import annotations

import functools
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
SIGNED_AS = {
    "tagging": "resourcegroupstaggingapi",
    "email": "ses",
    "monitoring": "cloudwatch",
    "elasticmapreduce": "emr",
    "sso": "sso-admin",
    "access-analyzer": "accessanalyzer",
    "cost-optimization-hub": "cost-optimization-hub",
    "elasticloadbalancing": "elbv2",
    "elasticfilesystem": "efs",
    "states": "stepfunctions",
    "aws-marketplace": "marketplace-catalog",
}
"""The service by the name that its requests are signed with, where the two differ."""
BY_PATH = {("s3", "/v20180820/"): "s3control", ("apigateway", "/v2/"): "apigatewayv2"}
"""The service by how its paths begin, where two sign with the same name."""
PLACEHOLDER = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Aim:
    """What a request is aimed at: service and operation as botocore names them, the key that signed it, the Region."""

    service: str
    operation: str
    key: str
    region: str
    protocol: str


def aim(environ: dict[str, Any], body: bytes) -> Aim:
    """What the request is aimed at; an unsigned request has an empty key."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    signature = environ.get("HTTP_AUTHORIZATION") or urllib.parse.unquote(
        query.replace("X-Amz-Credential=", "Credential=")
    )
    match = CREDENTIAL.search(signature)
    key, region, signed = match.groups() if match else ("", "", "")
    service = SIGNED_AS.get(signed, signed)
    service = next(
        (other for (one, start), other in BY_PATH.items() if one == service and path.startswith(start)), service
    )
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Aim(service, target.rpartition(".")[2], key, region, "json")
    if action := ACTION.search(body) or ACTION.search(query.encode()):
        return Aim(service, action[1].decode(), key, region, "ec2" if service == "ec2" else "query")
    protocol, operation = rest(service, environ, path, query)
    return Aim(service, operation, key, region, protocol)


def rest(service: str, environ: dict[str, Any], path: str, query: str) -> tuple[str, str]:
    """Protocol and operation of a REST call; an operation that the model does not know is its method and path."""
    protocol, routes = table(service)
    keys = urllib.parse.parse_qs(query, keep_blank_values=True).keys()
    method = environ["REQUEST_METHOD"]
    for route in routes:
        fits = route.method == method and route.keys <= keys and route.headers <= environ.keys()
        if fits and route.path.fullmatch(path):
            return protocol, route.operation
    return protocol, f"{method} {path}"


@dataclass(frozen=True, slots=True)
class Route:
    """How one REST operation is recognised."""

    method: str
    path: re.Pattern[str]
    keys: frozenset[str]
    headers: frozenset[str]
    operation: str

    @property
    def rank(self) -> tuple[int, int]:
        """The order of trying: the more keys and headers and the fewer wildcards, the earlier."""
        return (
            -len(self.keys) - len(self.headers),
            self.path.pattern.count("[^/]") + 2 * self.path.pattern.count(".+"),
        )


@functools.cache
def table(service: str) -> tuple[str, list[Route]]:
    """The protocol of the service and its REST routes, the most specific first; nothing for an unknown service."""
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        model = Loader().load_service_model(service, "service-2")
    except (UnknownServiceError, ValueError):
        return "rest-json", []
    protocol = model["metadata"]["protocol"]
    routes = [route(model, {**operation, "name": name}) for name, operation in model["operations"].items()]
    return "s3" if service == "s3" else protocol, sorted(routes, key=lambda found: found.rank)


def route(model: dict[str, Any], operation: dict[str, Any]) -> Route:
    """The route of one operation: its path, and the query keys and headers that it always has."""
    path, _, query = operation["http"]["requestUri"].partition("?")
    parts = [
        ".+" if match and match[2] else "[^/]+" if match else re.escape(part)
        for part in re.split(r"(\{\w+\+?\})", path)
        for match in [PLACEHOLDER.fullmatch(part)]
    ]
    pattern = re.compile("".join(parts).rstrip("/") + "/?")
    shape = model["shapes"][operation["input"]["shape"]] if "input" in operation else {}
    members = [shape["members"][name] for name in shape.get("required", ())]
    keys = {member["locationName"] for member in members if member.get("location") == "querystring"}
    headers = {
        "HTTP_" + member["locationName"].upper().replace("-", "_")
        for member in members
        if member.get("location") == "header"
    }
    fixed = urllib.parse.parse_qs(query, keep_blank_values=True)
    return Route(
        operation["http"]["method"], pattern, frozenset({*keys, *fixed}), frozenset(headers), operation["name"]
    )
