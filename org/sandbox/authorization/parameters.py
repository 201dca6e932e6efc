"""The parameters of any call, as boto3 takes them, read from the wire by botocore's model."""

from __future__ import annotations

import functools
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

from org.sandbox.importing import moto_is_there

if TYPE_CHECKING:
    from org.sandbox.routing import Aim

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, LookupError)
"""What moto's parsers raise on a body that is not of the model; its RequestParserError is none of them."""
PARSED_AS = {"s3": "rest-xml"}
"""The protocol by botocore's name, where `org.sandbox.wire` tells it apart."""


def parameters(aim: Aim, environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The parameters of a call; empty where the operation is not in the model or the body cannot be read."""
    moto_is_there()
    from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
    from werkzeug.datastructures import EnvironHeaders, MultiDict

    operation = operation_model(aim.service, aim.operation)
    protocol = PARSED_AS.get(aim.protocol, aim.protocol)
    if operation is None or protocol not in PROTOCOL_PARSERS:
        return {}
    query = environ.get("QUERY_STRING", "")
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    if protocol in {"query", "ec2"}:
        pairs += urllib.parse.parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    request = {
        "body": body,
        "headers": EnvironHeaders(environ),
        "method": environ["REQUEST_METHOD"],
        "url_params": path_parameters(operation, environ.get("PATH_INFO", "")),
        "url_path": environ.get("PATH_INFO", ""),
        "values": MultiDict(pairs),
    }
    try:
        parsed = PROTOCOL_PARSERS[protocol](operation).parse(request)
    except (RequestParserError, *UNREADABLE):
        return {}
    return {name: value for name, value in parsed.items() if value is not None}


@functools.cache
def operation_model(service: str, operation: str) -> Any:
    """moto's model of an operation, which is botocore's; None where there is none. One model serves a whole service."""
    moto_is_there()
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError
    from moto.core.utils import get_service_model

    try:
        return get_service_model(service).operation_model(operation)
    except (UnknownServiceError, OperationNotFoundError, ValueError):
        return None


def path_parameters(operation: Any, path: str) -> dict[str, str]:
    """The parameters that stand in the path of a REST call."""
    found = path_pattern(operation.http["requestUri"].partition("?")[0]).fullmatch(path)
    if not found:
        return {}
    return {name.replace("__", "-"): urllib.parse.unquote(value) for name, value in found.groupdict().items()}


@functools.cache
def path_pattern(uri: str) -> re.Pattern[str]:
    """The path of an operation, with a group for each parameter in it."""
    parts = re.split(r"\{([\w-]+\+?)\}", uri.rstrip("/"))
    pieces = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pieces.append(re.escape(part))
        else:
            name = part.rstrip("+").replace("-", "__")
            pieces.append(f"(?P<{name}>{'.+' if part.endswith('+') else '[^/]+'})")
    return re.compile("".join(pieces) + "/?")
