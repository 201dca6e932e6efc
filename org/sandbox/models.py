"""botocore's models of the services, each loaded when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any


@functools.cache
def model(service: str) -> Any:
    """botocore's model of a service."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service, "service-2"))


@functools.cache
def metadata(service: str) -> Mapping[str, Any]:
    """What the model of a service says about the service itself; nothing for one that has no model."""
    from botocore.exceptions import UnknownServiceError

    try:
        return model(service).metadata  # type: ignore[no-any-return]
    except (UnknownServiceError, ValueError):
        return {}


@functools.cache
def input_shape(service: str, operation: str) -> Any:
    """The shape of the parameters in botocore's model; None where the operation takes none."""
    return model(service).operation_model(operation).input_shape


@functools.cache
def operation_of(service: str, operation: str) -> Any:
    """The model of an operation; None for one that is in no model."""
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError

    try:
        return model(service).operation_model(operation)
    except (UnknownServiceError, OperationNotFoundError, ValueError):
        return None


def input_shape_of(service: str, operation: str) -> Any:
    """The shape of the parameters; None where there are none, or where the operation is in no model."""
    found = operation_of(service, operation)
    return found.input_shape if found else None


def operation_uri(service: str, operation: str) -> str:
    """The path of an operation in REST; empty where it has none."""
    found = operation_of(service, operation)
    return str(found.http.get("requestUri", "")) if found else ""
