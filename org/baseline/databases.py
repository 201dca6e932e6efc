"""Databases of RDS and Aurora survive a zone and a mistake, are encrypted and are not public: reported.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_BestPractices.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

CHECKS = Checks(
    "database",
    {
        "zones": Check("HA-03", "is in one zone", "make it Multi-AZ"),
        "backups": Check("HA-03", "keeps automatic backups for less than `backup_days`"),
        "protected": Check("HA-03", "can be deleted by accident", "switch deletion protection on"),
        "private": Check("HA-03", "is publicly accessible", "switch public accessibility off"),
        "updates": Check("HA-03", "takes no minor versions by itself"),
        "encrypted": Check("ENC-02", "is not encrypted", "restore it from an encrypted copy of a snapshot"),
        "logs": Check("OBS-03", "hands no logs to CloudWatch Logs"),
        "monitored": Check("OBS-03", "has no enhanced monitoring"),
        "grows": Check("PERF-01", "has storage that does not grow by itself", "set a maximum of its storage"),
    },
)
DAYS = 7


def read(cloud: Cloud, scope: Scope) -> Things:
    """Clusters as `cluster:NAME` and instances as `db:NAME`, as in their ARNs; what a cluster decides is its own."""
    days = scope.settings["backup_days"]
    clusters = cloud.pages("rds", "describe_db_clusters", "DBClusters", token="Marker")
    instances = cloud.pages("rds", "describe_db_instances", "DBInstances", token="Marker")
    found = {f"cluster:{one['DBClusterIdentifier']}": _cluster(one, days) for one in clusters}
    return found | {f"db:{one['DBInstanceIdentifier']}": _instance(one, days) for one in instances}


def _both(one: dict[str, Any], days: int) -> dict[str, Any]:
    return {
        "backups": one.get("BackupRetentionPeriod", 0) >= days,
        "protected": bool(one.get("DeletionProtection")),
        "encrypted": bool(one.get("StorageEncrypted")),
        "logs": bool(one.get("EnabledCloudwatchLogsExports")),
    }


def _cluster(one: dict[str, Any], days: int) -> dict[str, Any]:
    return {**_both(one, days), "zones": bool(one.get("MultiAZ"))}


def _instance(one: dict[str, Any], days: int) -> dict[str, Any]:
    """What holds for every instance, and what holds for one that no cluster decides for."""
    every = {
        "private": not one.get("PubliclyAccessible"),
        "updates": bool(one.get("AutoMinorVersionUpgrade")),
        "monitored": bool(one.get("MonitoringInterval")),
    }
    if one.get("DBClusterIdentifier"):
        return every
    replica = bool(one.get("ReadReplicaSourceDBInstanceIdentifier"))
    grows = one.get("MaxAllocatedStorage", 0) > one.get("AllocatedStorage", 0)
    alone = {**_both(one, days), "zones": None if replica else bool(one.get("MultiAZ")), "grows": grows}
    return {**every, **alone, "backups": None if replica else alone["backups"]}


component = Component(
    name="databases",
    title="RDS and Aurora databases",
    description="Databases in one zone, without backups or deletion protection, in the open, without encryption, logs "
    "or monitoring, and with storage that does not grow are reported. Nothing is changed.",
    where=Where.REGION,
    settings={
        **CHECKS.settings,
        "backup_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 35,
            "default": DAYS,
            "description": "Days for which automatic backups have to be kept.",
        },
    },
    reads=("rds:DescribeDBClusters", "rds:DescribeDBInstances"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
