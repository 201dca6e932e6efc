"""Resources as policies see them where AWS's list of ARNs, or what an event says, is not all there is to know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from org.replay.arns import SECRET, Found

if TYPE_CHECKING:
    from org.replay.touching import Happened

QUEUE = re.compile(r"https?://(?:sqs\.([a-z0-9-]+)\.|([a-z0-9-]+)\.queue\.)?[^/]*/(\d{12})/([^/]+)")
OF_AWS = re.compile(
    r"arn:[^:]*:ssm:[^:]*:\d{12}:(?:document/(?:AWS|Amazon|amzn)|parameter/aws/).*", re.DOTALL | re.IGNORECASE
)
ALIAS = "-s3alias"
UNQUALIFIED = "arn:P:lambda:R:A:function:N".count(":")
TAGGING = ("logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource")


def seen(action: str, found: list[Found], event: Happened) -> list[Found]:
    """The resources of an action as policies see them."""
    change = PECULIAR.get(event.service)
    return [other for one in found for other in change(action, one, event)] if change else found


def _log_group(action: str, one: Found, _: Happened) -> Iterator[Found]:
    """A log group ends in `:*` for everything but tags.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    if one.type == "log-group" and one.after is None and action not in TAGGING:
        yield Found(f"{one.arn.removesuffix(':*')}:", one.type, "")
    else:
        yield one


def _secret(_: str, one: Found, __: Happened) -> Iterator[Found]:
    """A secret may be named by its ARN without the six characters at the end.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    yield one if one.after is not None or SECRET.fullmatch(one.arn) else Found(f"{one.arn}-", one.type, "")


def _of_ssm(_: str, one: Found, __: Happened) -> Iterator[Found]:
    """AWS's own documents and public parameters are in no account; a version or a label is no part of a name.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    *head, account, name = one.arn.split(":", 5)
    name = name.partition(":")[0] if one.type == "parameter" else name
    yield Found(":".join([*head, "" if OF_AWS.fullmatch(one.arn) else account, name]), one.type, one.after)


def _queue(_: str, one: Found, event: Happened) -> Iterator[Found]:
    """The URL of a queue says whose it is, and where."""
    url = QUEUE.fullmatch(next(iter(event.values.get("queueurl", ())), ""))
    if url is None or one.type != "queue":
        yield one
    else:
        region = url[1] or url[2] or event.home.region
        yield Found(f"arn:{event.home.partition}:sqs:{region}:{url[3]}:{url[4]}", one.type)


def _function(action: str, one: Found, event: Happened) -> Iterator[Found]:
    """A function that is invoked by a version or an alias is seen with it.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    name = next(iter(event.values.get("functionname", ())), "")
    name = name.rpartition("function:")[2] if "function:" in name else re.sub(r"^\d{12}:", "", name)
    which = next(iter(event.values.get("qualifier", ())), "") or name.partition(":")[2]
    if which and action == "lambda:InvokeFunction" and one.arn.count(":") == UNQUALIFIED:
        yield Found(f"{one.arn}:{which}", one.type)
    else:
        yield one


def _index(_: str, one: Found, event: Happened) -> Iterator[Found]:
    """What is read by an index is the index, and not the table.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html
    """
    index = next(iter(event.values.get("indexname", ())), "")
    if one.type == "table" and index:
        yield Found(f"{one.arn}/index/{index}", "index", one.after)
    else:
        yield one


def _of_s3(_: str, one: Found, event: Happened) -> Iterator[Found]:
    """Through an access point nobody knows here whether policies see it or the bucket."""
    bucket = next(iter(event.values.get("bucketname", ())), "")
    through = bucket.endswith(ALIAS) or any(":accesspoint/" in (arn or "") for arn in (bucket, *dict(event.named)))
    if not through or one.type not in ("accesspointobject", "bucket", "object"):
        yield one


def _load_balancer(_: str, one: Found, event: Happened) -> Iterator[Found]:
    """What has a `name` is no classic load balancer: the kind stands before its name, and an id behind it."""
    if one.type == "loadbalancer" and "name" in event.values and "loadbalancername" not in event.values:
        yield Found(one.arn.partition("loadbalancer/")[0] + "loadbalancer/", one.type, "")
    else:
        yield one


def _rule(_: str, one: Found, event: Happened) -> Iterator[Found]:
    """A rule is on one bus: the default one, or the one that is named."""
    bus = next(iter(event.values.get("eventbusname", ())), "default").rpartition("/")[2]
    wrong = "rule-on-custom-event-bus" if bus == "default" else "rule-on-default-event-bus"
    if one.type != wrong:
        yield one


PECULIAR: Mapping[str, Callable[[str, Found, Happened], Iterator[Found]]] = MappingProxyType(
    {
        "dynamodb": _index,
        "elasticloadbalancing": _load_balancer,
        "events": _rule,
        "lambda": _function,
        "logs": _log_group,
        "s3": _of_s3,
        "secretsmanager": _secret,
        "sqs": _queue,
        "ssm": _of_ssm,
    }
)
