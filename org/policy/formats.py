"""The formats that a text parameter may have, each with its pattern, so that every reader of JSON Schema checks them.

A format keeps wildcards and policy variables out of values. What AWS lets nobody but itself create may be named with a
wildcard: the roles of IAM Identity Center, whose names end in a random part.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS: Mapping[str, str] = {
    "account-id": "^[0-9]{12}$",
    "action": "^[a-z0-9-]+:[A-Za-z0-9]+$",
    "arn": "^arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:[A-Za-z0-9_+=,.@:/-]+$",
    "bucket-prefix": "^[a-z0-9][a-z0-9.-]{0,62}$",
    "cidr": "^([0-9]{1,3}[.]){3}[0-9]{1,3}/[0-9]{1,2}$|^[0-9a-f:]*:[0-9a-f:]*/[0-9]{1,3}$",
    "instance-type": "^[a-z0-9-]+[.]([a-z0-9-]+|[*])$",
    "organization-id": "^o-[a-z0-9]{10,32}$",
    "ou-path": "^(/|[^/*?${}]+(/[^/*?${}]+){0,4})$",
    "prefix": "^[A-Za-z0-9_+=,.@/-]{1,100}$",
    "region": "^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$",
    "role-pattern": (
        "^(([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}"
        "|aws-reserved/sso[.]amazonaws[.]com/([*]|[a-z0-9-]+/)?AWSReservedSSO_[A-Za-z0-9_+=,.@-]+_[*])$"
    ),
    "service": "^[a-z0-9-]+$",
    "tag-key": "^[A-Za-z0-9_+=,.@:/ -]{1,128}$",
}
"""The pattern of each format; one that begins the value and ends it."""


def with_pattern(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with patterns in place of formats, for readers that know JSON Schema and not our formats."""
    filled = dict(schema)
    if "items" in filled:
        filled["items"] = with_pattern(filled["items"])
    if "format" in filled:
        filled["pattern"] = FORMATS[filled.pop("format")]
    return filled
