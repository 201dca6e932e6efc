"""EFS file systems are encrypted: reported, because one that is not never will be.

https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

CHECKS = Checks(
    "file system",
    {"encrypted": Check("ENC-03", "is not encrypted", "copy it into a new one that is")},
)


def read(cloud: Cloud, _: Scope) -> Things:
    """Whether each file system is encrypted."""
    listed = cloud.pages("efs", "describe_file_systems", "FileSystems", token="NextMarker", ask="Marker")
    return {one["FileSystemId"]: {"encrypted": bool(one.get("Encrypted"))} for one in listed}


component = Component(
    name="file-systems",
    title="EFS file systems",
    description="File systems that are not encrypted are reported. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("elasticfilesystem:DescribeFileSystems",),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
