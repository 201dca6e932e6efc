"""The IAM actions behind a call that the sandbox recorded."""

from __future__ import annotations

from functools import cache

from org.replay.names import actions_of, service_of
from org.sandbox.models import model

ACCOUNT_LEVEL = "PublicAccessBlock"


@cache
def iam_actions(service: str, operation: str) -> tuple[str, ...]:
    """What the caller must be allowed; S3 Control's own operations have names that S3's have too."""
    if service == "s3control" and operation.endswith(ACCOUNT_LEVEL):
        operation = operation.replace(ACCOUNT_LEVEL, f"Account{ACCOUNT_LEVEL}")
    metadata = model(service).metadata
    source = metadata.get("signingName") or metadata.get("endpointPrefix") or service
    return actions_of(service_of(f"{source}.amazonaws.com"), operation)
