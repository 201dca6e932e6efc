"""The wire formats: requests as parameters, and answers and errors as the bytes that botocore expects."""

from __future__ import annotations

import json
import urllib.parse
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from org.sandbox.authorization.parameters import parameters as modelled
from org.sandbox.formats import body_of
from org.sandbox.routing import aim

PROTOCOLS = {
    "organizations": "json",
    "resourcegroupstaggingapi": "json",
    "account": "rest-json",
    "accessanalyzer": "rest-json",
    "sts": "query",
    "s3control": "rest-xml",
    "kms": "json",
}
"""The services that are answered here alone, with their protocols; moto is never asked about them."""
BY_HAND = frozenset({"organizations", "resourcegroupstaggingapi", "account", "sts", "s3control"})
"""Services whose requests and answers are read and written by this module; others by botocore's model."""
STS = "https://sts.amazonaws.com/doc/2011-06-15/"
S3_CONTROL = "http://awss3control.amazonaws.com/doc/2018-08-20/"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer on its way: `code` is the error code in it, empty for success."""

    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)
    code: str = ""


def parameters(service: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The parameters of a call to the strict layer, as boto3 takes them; a body that cannot be read is a ValueError."""
    if service == "sts":
        return from_form(body)
    if service == "s3control":
        return {"AccountId": headers.get("HTTP_X_AMZ_ACCOUNT_ID", "")} | from_xml(body)
    if service not in BY_HAND:
        return modelled(aim(headers, body), headers, body)
    parsed = json.loads(body or b"{}")
    if not isinstance(parsed, dict):
        raise TypeError("the body is not an object")
    return parsed


def from_form(body: bytes) -> dict[str, Any]:
    """The parameters of a query call, lists in `NAME.member.N` too; DurationSeconds is a number."""
    given: dict[str, Any] = {}
    for name, value in urllib.parse.parse_qsl(body.decode(), keep_blank_values=True):
        if name not in {"Action", "Version"}:
            put(given, name.split("."), value)
    if "DurationSeconds" in given:
        given["DurationSeconds"] = int(given["DurationSeconds"])
    return {name: listed(value) for name, value in given.items()}


def put(given: dict[str, Any], path: list[str], value: str) -> None:
    """The value stands at its path; a name that is both text and a structure is a ValueError."""
    *outer, last = path
    for name in outer:
        given = given.setdefault(name, {})
        if not isinstance(given, dict):
            raise ValueError(f"{'.'.join(path)} is given twice")
    given[last] = value


def listed(value: Any) -> Any:
    """A structure whose only member is `member` as the list that it stands for."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"member"} and isinstance(value["member"], dict):
        return [listed(one) for _, one in sorted(value["member"].items(), key=lambda item: int(item[0]))]
    return {name: listed(one) for name, one in value.items()}


def from_xml(body: bytes) -> dict[str, Any]:
    """The settings of a PublicAccessBlockConfiguration; an empty body gives nothing."""
    if not body:
        return {}
    if b"<!" in body:
        raise ValueError("a document type has no place in a request")
    root = ET.fromstring(body)  # noqa: S314 - no document type, so no entities
    settings = {child.tag.rpartition("}")[2]: child.text == "true" for child in root}
    return {root.tag.rpartition("}")[2]: settings}


def success(service: str, operation: str, answer: dict[str, Any]) -> Response:
    """The answer in the format of its service."""
    if service == "sts":
        return xml(200, query_document(operation, answer))
    if service == "s3control":
        return xml(200, settings_document(answer))
    if service not in BY_HAND:
        status, text, headers = body_of(service, operation, answer)
        return Response(status, text if isinstance(text, bytes) else text.encode(), [*headers.items()])
    media = "application/json" if PROTOCOLS[service] == "rest-json" else "application/x-amz-json-1.1"
    return Response(200, json.dumps(answer).encode(), [("Content-Type", media)])


def xml(status: int, text: str, code: str = "") -> Response:
    """An XML document as an answer."""
    return Response(status, text.encode(), [("Content-Type", "text/xml")], code)


def query_document(operation: str, answer: dict[str, Any]) -> str:
    """The answer of a query service."""
    result = f"<{operation}Result>{elements(answer)}</{operation}Result>"
    metadata = f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
    return f'<{operation}Response xmlns="{STS}">{result}{metadata}</{operation}Response>'


def settings_document(answer: dict[str, Any]) -> str:
    """The payload of S3 Control; empty for an empty answer."""
    return "".join(f'<{name} xmlns="{S3_CONTROL}">{elements(value)}</{name}>' for name, value in answer.items())


def elements(answer: dict[str, Any]) -> str:
    """The members of a structure as XML elements."""
    return "".join(f"<{name}>{element(value)}</{name}>" for name, value in answer.items())


def element(value: Any) -> str:
    """One value as XML text."""
    if isinstance(value, dict):
        return elements(value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def failure(protocol: str, status: int, code: str, message: str, reason: str = "") -> Response:
    """An error in the format of a protocol, which botocore shows with this code and message."""
    if protocol in ERRORS:
        request = str(uuid.uuid4())
        return xml(status, ERRORS[protocol].format(escape(code), escape(message), request), code)
    body = {"__type": code, "message": message, "Message": message} | ({"Reason": reason} if reason else {})
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
    return Response(status, json.dumps(body).encode(), headers, code)


FAULT = "<Code>{0}</Code><Message>{1}</Message>"
ENVELOPE = f"<ErrorResponse><Error><Type>Sender</Type>{FAULT}</Error><RequestId>{{2}}</RequestId></ErrorResponse>"
ERRORS = {
    "query": ENVELOPE,
    "ec2": f"<Response><Errors><Error>{FAULT}</Error></Errors><RequestID>{{2}}</RequestID></Response>",
    "rest-xml": ENVELOPE,
    "s3": f"<Error>{FAULT}<RequestId>{{2}}</RequestId></Error>",
}
"""Errors of the XML protocols; S3 itself leaves out the envelope."""
