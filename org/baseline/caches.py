"""ElastiCache is encrypted, spans zones, fails over and is backed up: reported.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

CHECKS = Checks(
    "cache",
    {
        "at_rest": Check("ENC-05", "is not encrypted at rest", "restore a backup into one that is"),
        "in_transit": Check("ENC-05", "is not encrypted in transit"),
        "zones": Check("ENC-05", "does not span zones"),
        "fails_over": Check("ENC-05", "does not fail over by itself"),
        "backups": Check("ENC-05", "is not backed up"),
    },
)
ON = ("enabled", "enabling")


def read(cloud: Cloud, _: Scope) -> Things:
    """What each replication group is like."""
    listed = cloud.pages("elasticache", "describe_replication_groups", "ReplicationGroups", token="Marker")
    return {
        one["ReplicationGroupId"]: {
            "at_rest": bool(one.get("AtRestEncryptionEnabled")),
            "in_transit": bool(one.get("TransitEncryptionEnabled")),
            "zones": one.get("MultiAZ") in ON,
            "fails_over": one.get("AutomaticFailover") in ON,
            "backups": bool(one.get("SnapshotRetentionLimit")),
        }
        for one in listed
    }


component = Component(
    name="caches",
    title="ElastiCache replication groups",
    description="Caches of Valkey and Redis that are not encrypted at rest and in transit, do not span zones or fail "
    "over, or are not backed up are reported. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("elasticache:DescribeReplicationGroups",),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
