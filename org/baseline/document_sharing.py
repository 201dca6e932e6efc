"""Systems Manager documents are not shared with everybody, in every governed Region.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html#block-public-access
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where, one

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State

SETTING = "/ssm/documents/console/public-sharing-permission"


def read(cloud: Cloud) -> State:
    """Whether documents can be shared with everybody."""
    found = cloud.call("ssm", "get_service_setting", SettingId=SETTING)["ServiceSetting"]
    return {"PublicSharing": found["SettingValue"]}


def write(cloud: Cloud, change: Change) -> None:
    """It is as declared."""
    cloud.call("ssm", "update_service_setting", SettingId=SETTING, SettingValue=(change.after or {})["PublicSharing"])


component = Component(
    name="document-sharing",
    title="Systems Manager documents are not public",
    description="Documents of Systems Manager, which often hold commands and names of internal hosts, cannot be "
    "shared with everybody.",
    where=Where.REGION,
    settings={
        "PublicSharing": {
            "type": "string",
            "enum": ["Disable", "Enable"],
            "default": "Disable",
            "description": "Whether documents can be shared with everybody.",
        },
    },
    reads=("ssm:GetServiceSetting",),
    read=one(read),
    writes=("ssm:UpdateServiceSetting",),
    write=write,
    controls=("SEC-06",),
)
