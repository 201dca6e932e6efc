"""Shared clients: one for each service and Region, signing every request with the credentials of its own caller.

A new Session for each account costs 100 ms and a client 24 ms; a shared client costs 0.7 ms a call.
"""

from __future__ import annotations

import contextvars
import datetime
import ipaddress
import re
import threading
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3.session
import botocore
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError
from botocore.utils import parse_timestamp

from org.aws.credentials import CredentialSource, explained
from org.errors import OrgError

_caller: contextvars.ContextVar[CredentialSource] = contextvars.ContextVar("caller")

_CONFIG = Config(
    # INVARIANT: one attempt. Which call may be sent again is decided in org.aws.retry, never by botocore.
    retries={"total_max_attempts": 1, "mode": "standard"},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=64,
    # A fixed text: botocore would put its own together again for every request, which is a tenth of a call's CPU.
    user_agent=f"aws-org-baseline botocore/{botocore.__version__}",
)


class signing_as:  # noqa: N801 - reads as a phrase where it is used: `with signing_as(credentials):`
    """Within this context, every request is signed with the credentials that `source` gives."""

    def __init__(self, source: CredentialSource) -> None:
        self._source = source

    def __enter__(self) -> None:
        self._token = _caller.set(self._source)

    def __exit__(self, *_: object) -> None:
        _caller.reset(self._token)


class _CallersCredentials(Credentials):  # type: ignore[misc]  # botocore has no types
    """Credentials that are looked up for each request.

    INVARIANT: a request is never signed with a neighbour's key: outside `signing_as` there are none at all.
    """

    def __init__(self) -> None:
        super().__init__("per-request", "per-request")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _caller.get()()


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
        core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        with explained():  # a profile or a configuration file that is not there is noticed here
            self._session = boto3.session.Session(botocore_session=core)
            self.default_region: str | None = core.get_config_variable("region")

    def client(self, service: str, region: str) -> Any:
        """The one client of this service in this Region."""
        found = self._clients.get((service, region))
        if found is not None:
            return found
        with self._lock:  # creating a client is not thread-safe
            if (service, region) not in self._clients:
                self._clients[service, region] = self._create(service, region)
            return self._clients[service, region]

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
