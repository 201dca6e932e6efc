"""A call in the words of CloudTrail: the source and name of its event, and its parameters as the log has them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import datetime
import functools
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from org.replay.parameters import HIDDEN
from org.sandbox.models import input_shape_of, metadata, operation_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("s3", "DeletePublicAccessBlock"): "DeleteBucketPublicAccessBlock",
        ("s3", "GetBucketLifecycleConfiguration"): "GetBucketLifecycle",
        ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
        ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
        ("s3", "ListObjectsV2"): "ListObjects",
        ("s3", "PutBucketLifecycleConfiguration"): "PutBucketLifecycle",
        ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
        ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
        ("s3control", "DeletePublicAccessBlock"): "DeleteAccountPublicAccessBlock",
        ("s3control", "GetPublicAccessBlock"): "GetAccountPublicAccessBlock",
        ("s3control", "PutPublicAccessBlock"): "PutAccountPublicAccessBlock",
    }
)
"""Operations whose event has another name (S3 User Guide, page cloudtrail-logging-s3-info)."""
SECOND = frozenset(
    ("AddPermission", "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode", "UpdateFunctionConfiguration")
)
"""Operations of Lambda whose events have a `v2` behind the date."""
PARAMETERS: Mapping[tuple[str, str], str] = MappingProxyType({("s3", "Bucket"): "bucketName", ("s3", "Key"): "key"})
DATE = re.compile(r"/(\d{4})-(\d\d)-(\d\d)/")
DATA = ("Invoke", "InvokeAsync", "InvokeWithResponseStream")
"""Operations of Lambda that are data events, whose names have no date."""


@functools.cache
def source(service: str) -> str:
    """The event source of a service, such as `monitoring.amazonaws.com`."""
    model = metadata(service)
    return f"{model.get('signingName') or model.get('endpointPrefix') or service}.amazonaws.com".lower()


@functools.cache
def name(service: str, operation: str) -> str:
    """The name of the event of an operation."""
    if service == "lambda" and operation not in DATA:
        dated = DATE.match(operation_uri(service, operation))
        return operation + ("".join(dated.groups()) + ("v2" if operation in SECOND else "") if dated else "")
    return NAMES.get((service, operation), operation)


def parameters(service: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as CloudTrail writes them: names begin small, secrets are hidden and data is left out."""
    shape = input_shape_of(service, operation)
    written = {}
    for member, value in given.items():
        inner = shape.members.get(member) if shape is not None else None
        shown_value = shown(inner, value)
        if shown_value is not None:
            in_set = service == "ec2" and isinstance(value, list)
            name = of_set(member) if in_set else spelled(service, member, inner)
            written[name] = {"items": wrapped(member, shown_value)} if in_set else shown_value
    return written


def spelled(service: str, member: str, shape: Any) -> str:
    """The name of a parameter; that of its header or query key in S3."""
    if (service, member) in PARAMETERS:
        return PARAMETERS[service, member]
    if service == "s3" and shape is not None and shape.serialization.get("location") in {"header", "querystring"}:
        return str(shape.serialization["name"])
    return small(member)


def shown(shape: Any, value: Any) -> Any:
    """A value as the log has it; None for data."""
    if shape is not None and shape.metadata.get("sensitive"):
        return HIDDEN
    if isinstance(value, bytes):
        return None
    if isinstance(value, datetime.datetime):
        return value.strftime("%b %-d, %Y, %-I:%M:%S %p")
    kind = shape.type_name if shape is not None else ""
    if isinstance(value, dict) and kind == "map":
        return {key: shown(shape.value, one) for key, one in value.items()}
    if isinstance(value, dict):
        members = shape.members if kind == "structure" else {}
        return {small(member): shown(members.get(member), one) for member, one in value.items()}
    if isinstance(value, list):
        return [shown(shape.member if kind == "list" else None, one) for one in value]
    return value


def small(member: str) -> str:
    """The name with a small letter at its beginning."""
    return member[:1].lower() + member[1:]


def of_set(member: str) -> str:
    """The name of a list in EC2: `instancesSet` for InstanceIds, `tagSpecificationSet` for TagSpecifications."""
    name = small(member)
    return f"{name.removesuffix('Ids')}sSet" if name.endswith("Ids") else f"{name.removesuffix('s')}Set"


def wrapped(member: str, items: list[Any]) -> list[Any]:
    """The items of a list in EC2; ids and names are structures of their own."""
    if not member.endswith("s") or any(isinstance(one, dict) for one in items):
        return items
    return [{small(member)[:-1]: one} for one in items]
