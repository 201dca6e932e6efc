"""One account in one Region, reachable."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.exceptions import (
    ConnectionError as ConnectionFailed,
)
from botocore.parsers import ResponseParserError

from org.aws.clients import Clients
from org.aws.credentials import CredentialSource, environment_credentials
from org.aws.retry import NOT_REPEATABLE, Pace, Trouble, again, trouble
from org.errors import Ambiguous, CloudError, Conflict, Denied, Missing, OrgError, Throttled, Unreachable
from org.model.place import Place, partition

Neighbours = Callable[[str], "Cloud"]
"""The account of a key in accounts.yaml."""
SESSION_SECONDS = 3600
"""How long an assumed role lasts; role chaining allows no more than an hour."""
ROOT_SECONDS = 900
"""How long a session of a member's root user lasts at most."""
RENEW_BEFORE = 300
"""Seconds before its end at which a session is renewed."""

_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "OptInRequired",
        "403",
    }
)


class Cloud:
    """One account in one Region, reachable: `call` and `pages` are the only ways to AWS.

    Every call is paced at 80 % of AWS's published rate (not on a loopback endpoint), tried again by the table of
    `org.aws.retry`, and fails with an error of `org.errors` that carries this place.
    """

    def __init__(
        self, place: Place | None, region: str, clients: Clients, credentials: CredentialSource, pace: Pace | None
    ) -> None:
        self._place = place
        self._identifying = threading.RLock()
        self.region = region
        self._clients = clients
        self._credentials = credentials
        self._pace = pace
        self._neighbours: Neighbours | None = None

    @property
    def place(self) -> Place:
        """Where this is; the account behind the environment's credentials is asked for once, when it is needed."""
        with self._identifying:
            if self._place is None:
                self._place = Place("")  # what an error of the question itself says
                try:
                    self._place = Place(self.call("sts", "get_caller_identity")["Account"])
                except CloudError:
                    self._place = None
                    raise
            return self._place

    @property
    def is_sandbox(self) -> bool:
        """True where the calls go to this machine instead of AWS."""
        return self._clients.is_sandbox(self.region)

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """AWS's answer to one operation (snake case, as boto3 spells it), without its ResponseMetadata.

        Raises the subclasses of `CloudError`. `Ambiguous` is raised only for operations that must not be sent twice.
        """
        client = self._clients.client(service, self.region)
        name = client.meta.method_to_api_mapping[operation]
        attempt = 0
        while True:
            attempt += 1
            if self._pace is not None:
                self._pace.take(name)
            try:
                answer = self._clients.answer(service, self.region, operation, parameters, self._credentials)
            except (ClientError, BotoCoreError) as error:
                kind = _kind(error)
                wait = again(name, kind, attempt)
                if wait is None:
                    raise _translated(error, kind, self._known_place(kind), name) from error
                time.sleep(wait / 20 if self.is_sandbox else wait)
            else:
                answer.pop("ResponseMetadata", None)
                return answer

    def _known_place(self, kind: Trouble = Trouble.FINAL) -> Place:
        """The place for an error; nobody is asked who we are while AWS does not answer at all."""
        if kind is Trouble.LOST:
            return self._place or Place("")
        try:
            return self.place
        except CloudError:
            return Place("")

    def pages(
        self, service: str, operation: str, key: str, /, *, token: str = "NextToken", ask: str = "", **parameters: Any
    ) -> Iterator[Any]:
        """Every item of a list operation. A page may be empty and still not be the last.

        `token` is what the answer calls the next page, `ask` what the request calls it where that is another name.
        """
        next_token = ""
        while True:
            more = {ask or token: next_token} if next_token else {}
            answer = self.call(service, operation, **parameters, **more)
            yield from answer.get(key, ())
            if not answer.get(token):
                return
            if answer[token] == next_token:
                raise CloudError(self._known_place(), operation, "RepeatedToken", "AWS gave the same page token twice")
            next_token = answer[token]

    def member(self, place: Place, role: str, policy: str | None = None) -> Cloud:
        """The same Region in another account, through a role there; the role is assumed at the first call.

        `policy` is a session policy: the session may do no more than it and the role both allow.
        """
        assumed = _AssumedRole(self, place, role, policy)
        return Cloud(place, self.region, self._clients, assumed.credentials, None)

    def root(self, place: Place, task: str) -> Cloud:
        """The same Region in a member account, as its root user, for one of AWS's tasks: `IAMAuditRootUserCredentials`.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
        """
        assumed = _AssumedRoot(self, place, task)
        return Cloud(place, self.region, self._clients, assumed.credentials, None)

    def named(self, name: str) -> Cloud:
        """The same account and Region, with the account's key in its errors."""
        named = Place(self.place.account, self.place.region, name)
        return Cloud(named, self.region, self._clients, self._credentials, self._pace)

    def with_neighbours(self, neighbours: Neighbours) -> Cloud:
        """The same account and Region, from which `reach` leads to others."""
        reaching = Cloud(self._place, self.region, self._clients, self._credentials, self._pace)
        reaching._neighbours = neighbours
        return reaching

    def reach(self, key: str) -> Cloud:
        """Another account of accounts.yaml, by its key, in this Region; raises `OrgError` where it does not exist."""
        if self._neighbours is None:
            raise OrgError(f"{self.place}: no other account can be reached from here")
        other = self._neighbours(key)
        return other if other.region == self.region else other.in_region(self.region)

    def assume(self) -> None:
        """Get this place's credentials now; raises `Denied` where its role cannot be assumed."""
        self._credentials()

    def in_region(self, region: str) -> Cloud:
        """The same account in another Region."""
        place = None if self._place is None else Place(self._place.account, region, self._place.name)
        elsewhere = Cloud(place, region, self._clients, self._credentials, self._pace)
        elsewhere._neighbours = self._neighbours
        return elsewhere


class _AssumedRole:
    """The credentials of a role in a member account, assumed once and renewed before they end."""

    def __init__(self, caller: Cloud, place: Place, role: str, policy: str | None) -> None:
        self._caller, self._place, self._role = caller, place, role
        self._policy = {"Policy": policy} if policy else {}
        self._lock = threading.Lock()
        self._current: ReadOnlyCredentials | None = None
        self._renew_at = 0.0

    def credentials(self) -> ReadOnlyCredentials:
        """Valid credentials; raises `Denied` with the member's place where the role cannot be assumed."""
        with self._lock:
            if self._current is None or time.time() >= self._renew_at:
                self._assume()
            assert self._current is not None
            return self._current

    def _assume(self) -> None:
        try:
            answer = self._ask()
        except CloudError as error:
            raise type(error)(self._place, self._about, error.code, error.message, error.authorization_id) from error
        given = answer["Credentials"]
        self._current = ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        self._renew_at = given["Expiration"].astimezone(datetime.UTC).timestamp() - self._before

    @property
    def _about(self) -> str:
        """What an error says was done."""
        return f"AssumeRole {self._role}"

    @property
    def _before(self) -> float:
        """Seconds before its end at which the session is renewed."""
        return RENEW_BEFORE

    def _ask(self) -> dict[str, Any]:
        return self._caller.call(
            "sts",
            "assume_role",
            RoleArn=f"arn:{partition(self._caller.region)}:iam::{self._place.account}:role/{self._role}",
            RoleSessionName="aws-org-baseline",
            DurationSeconds=SESSION_SECONDS,
            **self._policy,
        )


class _AssumedRoot(_AssumedRole):
    """The credentials of a member's root user for one task; `_role` is the name of AWS's policy for it."""

    def __init__(self, caller: Cloud, place: Place, task: str) -> None:
        super().__init__(caller, place, task, None)

    @property
    def _about(self) -> str:
        return f"AssumeRoot {self._role}"

    @property
    def _before(self) -> float:
        return ROOT_SECONDS / 5

    def _ask(self) -> dict[str, Any]:
        task = f"arn:{partition(self._caller.region)}:iam::aws:policy/root-task/{self._role}"
        return self._caller.call(
            "sts",
            "assume_root",
            TargetPrincipal=self._place.account,
            TaskPolicyArn={"arn": task},
            DurationSeconds=ROOT_SECONDS,
        )


def connect(home_region: str | None = None, clients: Clients | None = None) -> Cloud:
    """The account that the environment's credentials belong to, as for any AWS tool; `clients` may be shared.

    Raises `Unreachable` where there are no credentials, or none that can be used.
    """
    clients = clients or Clients()
    region = home_region or clients.default_region or "us-east-1"
    source = environment_credentials()
    if source is None:
        raise Unreachable(
            Place(""),
            "GetCredentials",
            "NoCredentials",
            "no AWS credentials found; set AWS_PROFILE or AWS_ACCESS_KEY_ID, or try it without AWS: org sandbox",
        )
    pace = None if clients.is_sandbox(region) else Pace()
    return Cloud(None, region, clients, source, pace)


def _kind(error: ClientError | BotoCoreError) -> Trouble:
    """What kind of failure this is."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return trouble(error.response.get("Error", {}).get("Code", ""), status)
    if isinstance(error, ResponseParserError):
        return Trouble.SERVER
    if isinstance(error, HTTPClientError | ConnectionFailed):
        return Trouble.LOST
    return Trouble.FINAL


def _translated(error: ClientError | BotoCoreError, kind: Trouble, place: Place, operation: str) -> CloudError:
    """The error of `org.errors` that says the same, with the place and the operation."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "Unknown")), str(details.get("Message", ""))
        unknown = kind is Trouble.SERVER and operation in NOT_REPEATABLE
        fail = partial(Ambiguous if unknown else _class_of(code, kind), place, operation, code, message)
        return fail(str(error.response.get("AuthorizationId", "") or details.get("AuthorizationId", "")))
    code = type(error).__name__
    never_sent = (EndpointConnectionError, ConnectTimeoutError, NoCredentialsError)
    if kind is Trouble.LOST and not isinstance(error, never_sent):
        return Ambiguous(place, operation, code, str(error))
    if isinstance(error, ParamValidationError):
        return CloudError(place, operation, code, str(error))
    return Unreachable(place, operation, code, str(error))


def _class_of(code: str, kind: Trouble) -> type[CloudError]:
    """The class for AWS's error code; `EffectivePolicyNotFoundException`, `NoSuchBucket` and the like are `Missing`."""
    if kind is Trouble.THROTTLED:
        return Throttled
    if kind in (Trouble.CONFLICT, Trouble.FINALIZING):
        return Conflict
    if code in _DENIED:
        return Denied
    if code.startswith("NoSuch") or code.endswith(("NotFoundException", "NotFound", "NotFoundError", "NotFoundFault")):
        return Missing
    return CloudError
