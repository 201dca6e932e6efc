"""Which IAM actions an operation needs."""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING

from org.access.actions import service, services
from org.sandbox.models import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIXES: Mapping[str, str] = MappingProxyType({"resourcegroupstaggingapi": "tag", "s3control": "s3"})
"""The prefix of a service's actions, where nothing in botocore's model of the service says it."""
S3_CONTROL = "PublicAccessBlock"


@functools.cache
def actions(service_name: str, operation: str) -> tuple[str, ...]:
    """The actions that a call needs, all of them; an action that is too new to be known is named like its operation."""
    if service_name == "s3control" and operation.endswith(S3_CONTROL):
        return (f"s3:{operation.replace(S3_CONTROL, 'AccountPublicAccessBlock')}".replace("Delete", "Put"),)
    known = [prefix for prefix in prefixes(service_name) if prefix in services()]
    named = [prefix for prefix in known if operation.lower() in _names(prefix)]
    return (f"{(named or known or prefixes(service_name))[0]}:{operation}",)


def prefixes(service_name: str) -> tuple[str, ...]:
    """What the prefix of a service's actions may be, the likeliest first."""
    if service_name in PREFIXES:
        return (PREFIXES[service_name],)
    model = metadata(service_name)
    found = (model.get("signingName"), model.get("endpointPrefix"), service_name)
    return tuple(dict.fromkeys(prefix for prefix in found if prefix))


def _names(prefix: str) -> Mapping[str, object]:
    found = service(prefix)
    return found.actions if found else {}
