"""Which questions a run has asked before, so that only their signature, or only what they are about, is new."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.serialize import create_serializer

from org.aws.questions import question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.credentials import ReadOnlyCredentials

    from org.aws.questions import Question
    from org.aws.transport import Host

READS = ("assume_role", "batch_get_", "describe_", "get_", "list_", "lookup_", "search_")
"""How operations begin that change nothing. Writes are botocore's: some have a token of their own in each request."""
APART = frozenset({"s3", "s3control"})
"""Services whose answers botocore treats in ways of their own; S3 Control also has another host in each account."""
ALL_IN_THE_BODY = frozenset({"json", "query", "ec2"})
"""Protocols whose requests are alike but for their body."""
MOST = 20_000
"""Questions that are kept; a run asks a few dozen in each Region."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked of whom: `text` are the parameters as text, None where they have no such form."""

    service: str
    region: str
    operation: str
    text: str | None
    model: Any


def matter(service: str, region: str, operation: str, parameters: Mapping[str, Any], model: Any) -> Matter | None:
    """What a call is about; None where botocore is to do it, as with everything that writes."""
    if service in APART or not operation.startswith(READS):
        return None
    try:
        text: str | None = json.dumps(parameters, sort_keys=True)
    except TypeError:
        text = None
    return Matter(service, region, operation, text, model)


class AskedBefore:
    """Questions by what they are about, and one of each operation whose questions differ in nothing but the body."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, str, str, str], Question] = {}
        self._alike: dict[tuple[str, str, str], Question] = {}

    def find(self, about: Matter, parameters: Mapping[str, Any]) -> Question | None:
        """The question, if it or one like it was asked before. Raises as botocore does where parameters are wrong."""
        kind = (about.service, about.region, about.operation)
        found = self._same.get((*kind, about.text)) if about.text else None
        if found is None and (alike := self._alike.get(kind)):
            found = alike.about(body(about.model, parameters))
        return found

    def learn(
        self,
        about: Matter,
        parameters: Mapping[str, Any],
        sent: AWSPreparedRequest,
        host: Host,
        by: ReadOnlyCredentials,
    ) -> None:
        """A request that botocore has sent is known from now on."""
        made = question(sent, host, by)
        if made is None or len(self._same) >= MOST:
            return
        kind = (about.service, about.region, about.operation)
        if about.text:
            self._same[*kind, about.text] = made
        if differs_in_body_alone(about.model) and made.body == body(about.model, parameters):
            self._alike[kind] = made

    def clear(self) -> None:
        """Nothing was asked before."""
        self._same.clear()
        self._alike.clear()

    def __len__(self) -> int:
        return len(self._same)


def differs_in_body_alone(model: Any) -> bool:
    """Whether neither the host nor the address of the operation's requests depends on what is asked."""
    protocol = model.service_model.resolved_protocol
    return protocol in ALL_IN_THE_BODY and not model.context_parameters and model.endpoint is None


def body(model: Any, parameters: Mapping[str, Any]) -> bytes:
    """The body of the operation's request, as botocore writes it; raises as it does where parameters are wrong."""
    written = _serializer(model.service_model.resolved_protocol).serialize_to_request(dict(parameters), model)["body"]
    if isinstance(written, dict):
        written = urlencode([(_bytes(name), _bytes(value)) for name, value in written.items()], doseq=True)
    return _bytes(written) or b""


@cache
def _serializer(protocol: str) -> Any:
    return create_serializer(protocol)


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value
