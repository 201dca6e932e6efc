"""Macie looks for personal data in S3, in every governed Region.

https://docs.aws.amazon.com/macie/latest/user/getting-started.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, Where, one
from org.errors import Denied

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change, State

NOT_ON = "Macie is not enabled"


def read(cloud: Cloud) -> State | None:
    """Status and frequency, or None: Macie says of an account where it is off that access is denied."""
    try:
        found = cloud.call("macie2", "get_macie_session")
    except Denied as error:
        if NOT_ON not in error.message:
            raise
        return None
    return {name: found[name] for name in ("status", "findingPublishingFrequency")}


def wanted(scope: Scope, _: Things) -> Things:
    """It is on."""
    frequency = scope.settings["findingPublishingFrequency"]
    return {HERE: {"status": "ENABLED", "findingPublishingFrequency": frequency}}


def write(cloud: Cloud, change: Change) -> None:
    """It is on, and publishes as often as declared."""
    operation = "update_macie_session" if change.before else "enable_macie"
    cloud.call("macie2", operation, **(change.after or {}))


component = Component(
    name="macie",
    title="Macie",
    description="Macie is on. What it samples in buckets is charged for.",
    where=Where.REGION,
    settings={
        "findingPublishingFrequency": {
            "type": "string",
            "enum": ["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"],
            "default": "FIFTEEN_MINUTES",
            "description": "How often findings that come again are published.",
        },
    },
    reads=("macie2:GetMacieSession",),
    read=one(read),
    wanted=wanted,
    writes=("macie2:EnableMacie", "macie2:UpdateMacieSession"),
    write=write,
    controls=("ORG-12",),
    linked_services=("macie.amazonaws.com",),
)
