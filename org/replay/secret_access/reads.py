"""The reads of secrets in one event of CloudTrail.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html and
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html say what is logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError

from org.replay.event import PARAMETERS, Identity
from org.replay.secret_access.named import Secret, refused, secret
from org.replay.signature import behind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.replay.event import Event


class Way(StrEnum):
    """How a secret was come by."""

    READ = "read"
    BATCH = "batch"
    DECRYPT = "decrypt"
    ROTATE = "rotate"


OF_SECRETS = "secretsmanager.amazonaws.com"
OF_KEYS = "kms.amazonaws.com"
WAYS = {
    (OF_SECRETS, "GetSecretValue"): Way.READ,
    (OF_SECRETS, "BatchGetSecretValue"): Way.BATCH,
    (OF_SECRETS, "UpdateSecretVersionStage"): Way.ROTATE,
    (OF_KEYS, "Decrypt"): Way.DECRYPT,
}
TRY_OUT = "RequestToValidateKeyAccess"
"""Secrets Manager tries a key out with this in the place of a version; no secret is read."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DENIED = re.compile(r"(Client\.)?(AccessDenied|UnauthorizedOperation|Unauthorized)")
PEOPLE = "AWSReservedSSO_"
"""How the roles of IAM Identity Center begin; their sessions are named for persons."""


class Unreadable(ValueError):
    """The event is about a secret and makes no sense; the text says why."""


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """Who read: a user, a role, a service, or an id of IAM where the log says no more.

    `person` is who was behind a session, where the log says so: the user of Identity Center, or the source identity.
    """

    principal: str
    account: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a read came from: an address, and the VPC endpoint it came through with the account of that."""

    address: str
    endpoint: str = ""
    endpoint_account: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A secret was read, or somebody tried to: `error` is AWS's code then.

    `unique` is the id of the user or the role in IAM, which stands for it in another account's log. `service` read on
    its behalf. `ours` is false in the copy of the event that the caller's account gets of a read in another account.
    With `around` a key was used for the secret without Secrets Manager.
    """

    way: Way
    secret: Secret
    arn: str
    reader: Reader
    unique: str
    source: Source
    service: str
    error: str
    ours: bool
    around: bool
    event: str
    first: str
    last: str
    count: int

    @property
    def denied(self) -> bool:
        """True where AWS refused it for want of a permission."""
        return DENIED.match(self.error) is not None


def reads(event: Event) -> Iterator[Read]:
    """Every read in the event, one for each secret that it names; raises `Unreadable`."""
    way = WAYS.get((event.event_source, event.event_name))
    if way is None or event.event_type == "AwsServiceEvent":
        return
    parameters = _parameters(event)
    who = event.user_identity or Identity()
    reader = reader_of(who)
    region = event.aws_region or ""
    home = event.recipient_account_id or who.account_id or ""
    for text in _named(way, parameters, event):
        found, arn = secret(text, home, region)
        yield _read(event, way, found, arn, reader)
    if way is Way.BATCH and parameters.get("filters"):
        yield _read(event, way, Secret(home, region, "", _filters(parameters["filters"])), "", reader)


def _read(event: Event, way: Way, found: Secret, arn: str, reader: Reader) -> Read:
    who = event.user_identity or Identity()
    service = who.invoked_by or ""
    through = way is Way.DECRYPT and service == OF_SECRETS
    last = event.last_time or event.event_time
    if not (MOMENT.fullmatch(event.event_time) and MOMENT.fullmatch(last)):
        raise Unreadable("has no time")
    if event.condensed < 1:
        raise Unreadable("stands for no event")
    return Read(
        way=way,
        secret=found,
        arn=arn,
        reader=reader,
        unique=(who.principal_id or "").partition(":")[0],
        source=Source(event.source_ip or "", event.vpc_endpoint_id or "", event.vpc_endpoint_account_id or ""),
        service="" if through or who.type == "AWSService" else service,
        error=event.error_code or "",
        ours=event.recipient_account_id in {None, found.account},
        around=way is Way.DECRYPT and not service,
        event=event.event_id,
        first=event.event_time,
        last=last,
        count=event.condensed,
    )


def _parameters(event: Event) -> dict[str, Any]:
    try:
        found = PARAMETERS.decode(event.request_parameters)
    except (DecodeError, RecursionError, UnicodeDecodeError):
        raise Unreadable("has parameters that are no JSON") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable("has parameters that are no mapping")
    return found


def _named(way: Way, parameters: dict[str, Any], event: Event) -> list[str]:
    """The secrets that the event names."""
    if way is Way.ROTATE:
        return [_text(parameters, "secretId")] if parameters.get("versionStage") == "AWSCURRENT" else []
    if way is Way.DECRYPT:
        context = parameters.get("encryptionContext")
        if not isinstance(context, dict) or "SecretARN" not in context or context.get("SecretVersionId") == TRY_OUT:
            return []
        return [_text(context, "SecretARN")]
    if way is Way.BATCH:
        listed = parameters.get("secretIdList") or []
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise Unreadable("has a `secretIdList` that is no list of texts")
        return listed if listed or parameters.get("filters") else [_of_refusal(event)]
    return [_text(parameters, "secretId") if "secretId" in parameters else _of_refusal(event)]


def _text(mapping: dict[str, Any], key: str) -> str:
    value = mapping.get(key)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"has a `{key}` that is no text")
    return value


def _of_refusal(event: Event) -> str:
    """The secret that AWS names in a refusal, "?" where nothing does: somebody tried, and that is to be told."""
    if not event.error_code:
        raise Unreadable("names no secret")
    return refused(event.error_message or "") or "?"


def _filters(filters: Any) -> str:
    """The filters of a batch in words."""
    if not isinstance(filters, list) or not all(isinstance(one, dict) for one in filters):
        raise Unreadable("has `filters` that are no list of mappings")
    return " and ".join(f"{one.get('key')} {', '.join(map(str, _listed(one.get('values'))))}" for one in filters)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def reader_of(who: Identity) -> Reader:
    """Who is behind an identity of CloudTrail.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    account = who.account_id or ""
    if who.type == "AWSService" or not (who.arn or who.principal_id):
        return Reader(who.invoked_by or account or "nobody", "" if who.invoked_by else account)
    if who.type != "AssumedRole":
        return Reader(who.arn or (who.principal_id or "").partition(":")[0], account)
    role = behind(who) or (who.principal_id or "").partition(":")[0]
    session = (who.arn or who.principal_id or "").rpartition("/" if who.arn else ":")[2]
    given = who.session_context.source_identity if who.session_context else None
    return Reader(role, account, session if PEOPLE in role else given or "")
