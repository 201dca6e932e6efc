"""Snapshots and images that are public already, which blocking new ones does not change: reported.

https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

ADVICE = "take `all` from those who may use it, and see who copied it"
CHECKS = Checks(
    "resource",
    {
        "snapshots": Check("DR-04", "is a public snapshot of a volume", ADVICE),
        "images": Check("DR-04", "is a public image", ADVICE),
        "databases": Check("DR-04", "is a public snapshot of a database", ADVICE),
    },
)
OWN, ALL, MANUAL = "self", "all", "manual"
KINDS = (
    ("DBSnapshot", "describe_db_snapshots", "describe_db_snapshot_attributes"),
    ("DBClusterSnapshot", "describe_db_cluster_snapshots", "describe_db_cluster_snapshot_attributes"),
)


def read(cloud: Cloud, scope: Scope) -> Things:
    """What everybody may use. EC2 is asked for just that; RDS tells it of each snapshot that somebody made."""
    found: dict[str, Any] = {}
    for one in cloud.pages("ec2", "describe_snapshots", "Snapshots", OwnerIds=[OWN], RestorableByUserIds=[ALL]):
        found[one["SnapshotId"]] = {"snapshots": False}
    public = [{"Name": "is-public", "Values": ["true"]}]
    for one in cloud.pages("ec2", "describe_images", "Images", Owners=[OWN], Filters=public):
        found[one["ImageId"]] = {"images": False}
    if scope.settings["databases"]:
        found |= {name: {"databases": False} for name in _public(cloud)}
    return found


def _public(cloud: Cloud) -> Iterator[str]:
    """The snapshots of databases and clusters that everybody may restore."""
    for kind, listing, asking in KINDS:
        for one in cloud.pages("rds", listing, f"{kind}s", token="Marker", SnapshotType=MANUAL):
            name = one[f"{kind}Identifier"]
            try:
                answer = cloud.call("rds", asking, **{f"{kind}Identifier": name})
            except Missing:
                continue
            attributes = answer[f"{kind}AttributesResult"].get(f"{kind}Attributes", ())
            if any(ALL in attribute.get("AttributeValues", ()) for attribute in attributes):
                yield name


component = Component(
    name="snapshot-sharing",
    title="Public snapshots and images",
    description="Snapshots of volumes and databases and images that everybody may use are reported. Nothing is "
    "changed. Without `databases` RDS is not asked, which is a call for each snapshot.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=(
        "ec2:DescribeSnapshots",
        "ec2:DescribeImages",
        "rds:DescribeDBSnapshots",
        "rds:DescribeDBSnapshotAttributes",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusterSnapshotAttributes",
    ),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
