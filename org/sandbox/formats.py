"""Answers in the wire format of any service, written by botocore's model."""

from __future__ import annotations

from typing import Any

from org.sandbox.authorization.parameters import operation_model
from org.sandbox.importing import moto_is_there


def body_of(service: str, operation: str, answer: dict[str, Any]) -> tuple[int, str | bytes, dict[str, str]]:
    """Status, body and headers of a successful answer, which is as boto3 gives it."""
    moto_is_there()
    from moto.core.serialize import get_serializer_class

    model = operation_model(service, operation)
    protocol = model.service_model.protocol
    written = get_serializer_class(service, protocol)(model).serialize(answer)
    return written["status_code"], written["body"], dict(written["headers"])
