"""Whether the serial console of EC2 instances can be used, in every governed Region.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where, one
from org.baseline._declarative import by_policy

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.model.change import Change, State


def read(cloud: Cloud) -> State:
    """Whether it can be used."""
    return {"Enabled": cloud.call("ec2", "get_serial_console_access_status")["SerialConsoleAccessEnabled"]}


def write(cloud: Cloud, change: Change) -> None:
    """It is as declared."""
    on = (change.after or {})["Enabled"]
    cloud.call("ec2", "enable_serial_console_access" if on else "disable_serial_console_access")


component = Component(
    name="serial-console-access",
    title="EC2 serial console",
    description="The serial console of instances, which passes by every network rule, is closed unless "
    "it is declared open.",
    where=Where.REGION,
    settings={"Enabled": {"type": "boolean", "default": False, "description": "Let the serial console be used."}},
    reads=("ec2:GetSerialConsoleAccessStatus",),
    read=one(read),
    writes=("ec2:EnableSerialConsoleAccess", "ec2:DisableSerialConsoleAccess"),
    write=write,
    managed_above=by_policy("get_serial_console_access_status"),
    controls=("NET-02",),
)
