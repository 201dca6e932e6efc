"""Shared clients: one for each service and Region, signing every request with the credentials of its own caller.

A new Session for each account costs 100 ms and a client 24 ms; a shared client costs 0.7 ms a call, and 0.2 ms where
the same was asked before in another account.
"""

from __future__ import annotations

import contextvars
import datetime
import ipaddress
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import boto3.session
import botocore
import botocore.session
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError
from botocore.httpsession import get_cert_path
from botocore.utils import parse_timestamp

from org.aws.asked_before import AskedBefore, matter
from org.aws.credentials import CredentialSource, explained
from org.aws.transport import CONNECT_SECONDS, READ_SECONDS, Transport
from org.errors import OrgError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from botocore.awsrequest import AWSPreparedRequest

    from org.aws.questions import Question

_caller: contextvars.ContextVar[signing_as] = contextvars.ContextVar("caller")

_CONFIG = Config(
    # INVARIANT: one attempt. Which call may be sent again is decided in org.aws.retry, never by botocore.
    retries={"total_max_attempts": 1, "mode": "standard"},
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    max_pool_connections=64,
    # A fixed text: botocore would put its own together again for every request, which is a tenth of a call's CPU.
    user_agent=f"aws-org-baseline botocore/{botocore.__version__}",
)
FAILED = 300
"""The HTTP status from which on botocore takes an answer for an error."""


class signing_as:  # noqa: N801 - reads as a phrase where it is used: `with signing_as(credentials):`
    """Within this context, every request is signed with the credentials that `source` gives.

    `sent` is the last request that was sent in it, and `credentials` are what it was signed with.
    """

    def __init__(self, source: CredentialSource) -> None:
        self._source = source
        self.credentials: ReadOnlyCredentials | None = None
        self.sent: AWSPreparedRequest | None = None

    def give(self) -> ReadOnlyCredentials:
        """The credentials to sign with now."""
        self.credentials = self._source()
        return self.credentials

    def __enter__(self) -> Self:
        self._token = _caller.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _caller.reset(self._token)


class _CallersCredentials(Credentials):  # type: ignore[misc]  # botocore has no types
    """Credentials that are looked up for each request.

    INVARIANT: a request is never signed with a neighbour's key: outside `signing_as` there are none at all.
    """

    def __init__(self) -> None:
        super().__init__("per-request", "per-request")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _caller.get().give()


class _CallersProvider:
    """What botocore asks for the credentials of a new client."""

    def load_credentials(self) -> Credentials:
        return _CallersCredentials()


def _strip_account(request: Any, **_: Any) -> None:
    """S3 Control puts the account id before the host, which no loopback address can carry: take it out."""
    parts = urlsplit(request.url)
    match = re.fullmatch(r"[0-9]{12}\.(.+)", parts.netloc)
    if match:
        request.url = urlunsplit(parts._replace(netloc=match[1]))


def _timestamp(value: Any) -> datetime.datetime:
    """A moment from AWS's answer; ISO 8601 goes past botocore's general parser, which costs more than signing."""
    if isinstance(value, str):
        try:
            moment = datetime.datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        except ValueError:
            pass
    parsed: datetime.datetime = parse_timestamp(value)
    return parsed


def _transport(bundle: str | None) -> Transport:
    """A transport that trusts the certificates of this file, or those that any AWS tool trusts."""
    try:
        return Transport(bundle or get_cert_path(True))
    except OSError as error:
        raise OrgError(f"AWS_CA_BUNDLE or ca_bundle: {bundle}: {error.strerror or error}") from error


def is_loopback(url: str) -> bool:
    """True where the endpoint is on this machine, as a sandbox is."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(re.sub(r"^[0-9]{12}\.", "", host)).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Clients:
    """The clients of one run, made on first use. Safe to share between threads."""

    def __init__(self) -> None:
        core = botocore.session.Session()
        core.register_component("credential_provider", _CallersProvider())
        self._parsers = core.get_component("response_parser_factory")
        self._parsers.set_parser_defaults(timestamp_parser=_timestamp)
        self._made_parsers: dict[str, Any] = {}
        core.register("before-send", self._send)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._before = AskedBefore()
        with explained():  # a profile or a configuration file that is not there is noticed here
            self._session = boto3.session.Session(botocore_session=core)
            self.default_region: str | None = core.get_config_variable("region")
            bundle = core.get_config_variable("ca_bundle")
        self._transport = _transport(bundle)

    def client(self, service: str, region: str) -> Any:
        """The one client of this service in this Region."""
        found = self._clients.get((service, region))
        if found is not None:
            return found
        with self._lock:  # creating a client is not thread-safe
            if (service, region) not in self._clients:
                self._clients[service, region] = self._create(service, region)
            return self._clients[service, region]

    def answer(
        self, service: str, region: str, operation: str, parameters: Mapping[str, Any], source: CredentialSource
    ) -> dict[str, Any]:
        """AWS's answer to one operation, as the client's method of that name gives it; raises what that raises."""
        client = self.client(service, region)
        name = client.meta.method_to_api_mapping[operation]
        about = matter(service, region, operation, parameters, client.meta.service_model.operation_model(name))
        known = self._before.find(about, parameters) if about else None
        if known is not None:
            return self._answer_again(client, name, known, source())
        with signing_as(source) as call:
            try:
                answer: dict[str, Any] = getattr(client, operation)(**parameters)
            finally:  # a question is good whatever the answer: that a thing is not there is what most accounts say
                if about and call.sent and call.credentials and (host := self._transport.host_of(call.sent)):
                    self._before.learn(about, parameters, call.sent, host, call.credentials)
        return answer

    def _answer_again(
        self, client: Any, name: str, known: Question, credentials: ReadOnlyCredentials
    ) -> dict[str, Any]:
        """The answer to a question that was asked before, with other credentials."""
        request = known.asked_by(credentials, datetime.datetime.now(datetime.UTC))
        answer = self._transport.exchange(known.host, request, known.url)
        model = client.meta.service_model.operation_model(name)
        parser = self._parser(model.service_model.resolved_protocol)
        heard = {
            "headers": HeadersDict(answer.headers),
            "status_code": answer.status,
            "body": answer.body,
            "context": {"operation_name": name},
        }
        parsed: dict[str, Any] = parser.parse(heard, model.output_shape)
        code = parsed.get("Error", {}).get("Code") if answer.status >= FAILED else None
        if code and (shape := model.service_model.shape_for_error_code(code)) is not None:
            parsed.update(parser.parse(heard, shape))
        client.meta.events.emit(
            f"after-call.{model.service_model.service_id.hyphenize()}.{name}",
            http_response=AWSResponse(known.url, answer.status, answer.headers, answer),
            parsed=parsed,
            model=model,
            context={"client_region": client.meta.region_name, "client_config": client.meta.config},
        )
        if answer.status >= FAILED:
            raise client.exceptions.from_code(code)(parsed, name)
        return parsed

    def _parser(self, protocol: str) -> Any:
        """What reads the answers of a protocol; it keeps nothing of any of them, so all threads may use one."""
        if protocol not in self._made_parsers:
            self._made_parsers[protocol] = self._parsers.create_parser(protocol)
        return self._made_parsers[protocol]

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        """What botocore asks for the answer to a request, before it sends it itself."""
        _caller.get().sent = request
        return self._transport.send(request)

    def _create(self, service: str, region: str) -> Any:
        try:
            client = self._session.client(service, region_name=region, config=_CONFIG)
        except (ValueError, BotoCoreError) as error:
            raise OrgError(f"AWS_ENDPOINT_URL or the Region is not usable: {error}") from error
        if service == "s3control" and is_loopback(client.meta.endpoint_url):
            client.meta.events.register_first("request-created.s3-control", _strip_account)
        return client

    def is_sandbox(self, region: str) -> bool:
        """True where calls go to this machine instead of AWS, so that no published rate applies."""
        return is_loopback(self.client("organizations", region).meta.endpoint_url)
