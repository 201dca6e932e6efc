"""A vault for backups in every governed Region, made before the backup policies that name it take effect.

https://docs.aws.amazon.com/aws-backup/latest/devguide/vaults.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from org.baseline import Component, Where
from org.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change
    from org.model.finding import Finding


def read(cloud: Cloud, scope: Scope) -> Things:
    """The declared vault with its lock, or nothing. The list is asked first: AWS Backup denies what is not there.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeBackupVault.html
    """
    name = scope.settings["name"]
    listed = [vault["BackupVaultName"] for vault in cloud.pages("backup", "list_backup_vaults", "BackupVaultList")]
    if name not in listed:
        return {}
    try:
        vault = cloud.call("backup", "describe_backup_vault", BackupVaultName=name)
    except Missing:
        return {}
    return {name: {"locked": bool(vault.get("Locked")), "EncryptionKeyArn": vault.get("EncryptionKeyArn", "")}}


def wanted(scope: Scope, found: Things) -> Things:
    """The vault is there; its key was chosen when it was made and stays."""
    name = scope.settings["name"]
    state: dict[str, Any] = {} if found.get(name) is not None else {"key": scope.settings["key"]}
    return {name: state}


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """A vault whose backups can be deleted, where a lock is expected."""
    state = found.get(scope.settings["name"])
    if state is not None and scope.settings["expect_lock"] and not state["locked"]:
        message = f"backup vault `{scope.settings['name']}` is not locked"
        advice = "lock it by hand once its retention is settled: a lock in compliance mode is for ever"
        yield scope.finding("DR-02", message, advice=advice)


def write(cloud: Cloud, change: Change) -> None:
    """The vault is there. It is never locked by a run."""
    key = (change.after or {}).get("key")
    encryption = {} if key is None else {"EncryptionKeyArn": _arn(cloud, key)}
    cloud.call("backup", "create_backup_vault", BackupVaultName=change.name, **encryption)


def _arn(cloud: Cloud, key: str) -> str:
    """The ARN of a key that may be named by an alias: AWS Backup takes only ARNs."""
    arn: str = cloud.call("kms", "describe_key", KeyId=key)["KeyMetadata"]["Arn"]
    return arn


component = Component(
    name="backup-vault",
    title="Backup vault",
    description="The vault that backup policies name is there before they take effect. A vault without a lock is "
    "reported; no run ever locks one.",
    where=Where.REGION,
    settings={
        "name": {
            "type": "string",
            "pattern": "^[a-zA-Z0-9_-]{2,50}$",
            "default": "org-baseline",
            "description": "The name of the vault.",
        },
        "key": {
            "type": ["string", "null"],
            "default": None,
            "minLength": 1,
            "maxLength": 2048,
            "description": "The KMS key of a new vault, as an alias or an ARN; null takes AWS's own.",
            "examples": ["alias/baseline"],
        },
        "expect_lock": {
            "type": "boolean",
            "default": False,
            "description": "Report a vault that is not locked.",
        },
    },
    reads=("backup:ListBackupVaults", "backup:DescribeBackupVault"),
    read=read,
    wanted=wanted,
    findings=findings,
    writes=(
        "backup:CreateBackupVault",
        "backup-storage:MountCapsule",
        "kms:DescribeKey",
        "kms:CreateGrant",
        "kms:GenerateDataKey",
        "kms:Decrypt",
        "kms:RetireGrant",
    ),
    write=write,
    controls=("DR-01", "DR-02"),
    after=("kms-keys",),
)
