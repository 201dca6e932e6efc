"""GuardDuty watches every governed Region, with the protections that are declared.

Where a delegated administrator or a GuardDuty policy of the organization decides, the member's own call is refused:
such a setting is managed above.
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_accounts.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import HERE, Component, Where

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

FEATURES = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
)
ON, OFF = "ENABLED", "DISABLED"


def read(cloud: Cloud, _: Scope) -> Things:
    """The detector of the Region with its features, or nothing: there is one at most."""
    detector = next(iter(cloud.pages("guardduty", "list_detectors", "DetectorIds")), None)
    if detector is None:
        return {}
    found = cloud.call("guardduty", "get_detector", DetectorId=detector)
    features = {one["Name"]: one["Status"] == ON for one in found.get("Features", ())}
    return {
        HERE: {
            "enabled": found["Status"] == ON,
            "FindingPublishingFrequency": found.get("FindingPublishingFrequency"),
            "features": {name: features.get(name, False) for name in FEATURES},
            "detector": detector,
        }
    }


def wanted(scope: Scope, found: Things) -> Things:
    """It is on, publishes as often as declared, and has at least the declared features: more of them are left on."""
    there = found.get(HERE) or {}
    on: dict[str, bool] = {name: name in scope.settings["features"] for name in FEATURES}
    features = {name: wished or there.get("features", {}).get(name, False) for name, wished in on.items()}
    state: dict[str, Any] = {"enabled": True, "features": features}
    state["FindingPublishingFrequency"] = scope.settings["FindingPublishingFrequency"]
    return {HERE: state | ({"detector": there["detector"]} if there else {})}


def write(cloud: Cloud, change: Change) -> None:
    """The detector is there, on, and as declared."""
    after = change.after or {}
    features = [{"Name": name, "Status": ON if on else OFF} for name, on in after["features"].items()]
    settings = {"Enable": True, "FindingPublishingFrequency": after["FindingPublishingFrequency"], "Features": features}
    if "detector" in after:
        cloud.call("guardduty", "update_detector", DetectorId=after["detector"], **settings)
    else:
        cloud.call("guardduty", "create_detector", **settings)


component = Component(
    name="guardduty",
    title="GuardDuty",
    description="GuardDuty is on with the declared protections; protections that somebody "
    "switched on beside them stay on.",
    where=Where.REGION,
    settings={
        "FindingPublishingFrequency": {
            "type": "string",
            "enum": ["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"],
            "default": "FIFTEEN_MINUTES",
            "description": "How often findings that come again are published.",
        },
        "features": {
            "type": "array",
            "uniqueItems": True,
            "items": {"enum": [*FEATURES]},
            "default": ["S3_DATA_EVENTS"],
            "description": "Protections beside the foundation of CloudTrail, flow logs and DNS; each is charged for.",
        },
    },
    reads=("guardduty:ListDetectors", "guardduty:GetDetector"),
    read=read,
    wanted=wanted,
    writes=("guardduty:CreateDetector", "guardduty:UpdateDetector"),
    write=write,
    controls=("ORG-12",),
    linked_services=("guardduty.amazonaws.com",),
)
