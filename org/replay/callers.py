"""Who made a call, or why it is nobody whom policies of an organization bind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from org.replay.context import ACCOUNT, VOUCHED

if TYPE_CHECKING:
    from org.replay.signature import Around, Signature

PRINCIPAL = re.compile(
    r"arn:(aws[a-z-]*):(?:iam|sts)::(\d{12}):(?:root|(?:user|role|assumed-role|federated-user)/[\x21-\x7e]{1,1500})"
)
ACCOUNT_ID = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,8}(-[a-z]{1,12}){1,3}-[0-9]{1,2}")
PARTITIONS = (
    ("cn-", "aws-cn"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
)
ANONYMOUS = "ANONYMOUS_PRINCIPAL"
ANYBODY = "*"

OF_A_SERVICE = "service"
SERVICE_LINKED = "service_linked_role"
NOBODY = "no_principal"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called: a principal, `*` without an identity in AWS, or only an account, in whose log the ARN stands.

    `home` is the account that names in the event are of.
    """

    principal: str
    account: str | None
    partition: str
    home: str


def caller(call: Signature, around: Around) -> Caller | str:
    """Who called; or why nobody did whom SCPs or RCPs bind (rules 5, 7, 9)."""
    if around.kind == "AWSService":
        return OF_A_SERVICE
    partition = _partition(around.region or "")
    owner = call.recipient if call.recipient and ACCOUNT_ID.fullmatch(call.recipient) else ""
    if around.kind in VOUCHED or (around.kind == ACCOUNT and call.account == ANONYMOUS):
        return Caller(ANYBODY, None, partition, owner)
    if around.kind == ACCOUNT:
        known = call.account and ACCOUNT_ID.fullmatch(call.account)
        return Caller(call.account or "", call.account, partition, owner) if known else NOBODY
    arn = PRINCIPAL.fullmatch(call.principal or "")
    if arn is None:
        return NOBODY
    if ":role/aws-service-role/" in arn[0]:
        return SERVICE_LINKED
    return Caller(arn[0], arn[2], arn[1], arn[2])


@lru_cache(maxsize=1024)
def _partition(region: str) -> str:
    return next((name for start, name in PARTITIONS if region.startswith(start)), "aws")


def region(around: Around) -> str | None:
    """The Region, where it is spelt like one."""
    return around.region if around.region and REGION.fullmatch(around.region) else None
