"""Controls for backups and recovery."""

from __future__ import annotations

from org.controls.control import Control, Correction

controls = (
    Control(
        "DR-01",
        "Backup plans cover what is tagged for them, with a retention",
        preventable=("backup",),
        config_rules=(
            "rds-resources-protected-by-backup-plan",
            "ebs-resources-protected-by-backup-plan",
            "efs-resources-protected-by-backup-plan",
            "s3-resources-protected-by-backup-plan",
            "backup-plan-min-frequency-and-min-retention-check",
        ),
        reads=("organizations:DescribeEffectivePolicy", "organizations:ListEffectivePolicyValidationErrors"),
        correction=Correction.AUTOMATIC,
        writes=("backup:CreateBackupVault",),
        care="the vault and the role must be there before the policy: `org check` tells where they are not (`ORG115`)",
        fsbp=("EC2.28",),
    ),
    Control(
        "DR-02",
        "Backups cannot be deleted or shortened",
        preventable=("scp",),
        config_rules=(
            "backup-recovery-point-manual-deletion-disabled",
            "backup-recovery-point-encrypted",
            "backup-recovery-point-minimum-retention-check",
            "s3-resources-in-logically-air-gapped-vault",
        ),
        reads=("backup:DescribeBackupVault",),
        correction=Correction.BY_HAND,
        writes=("backup:PutBackupVaultLockConfiguration",),
        care="a locked vault cannot be unlocked: never by itself",
    ),
    Control(
        "DR-03",
        "Backups are copied to another Region and another account",
        preventable=("backup",),
        config_rules=(
            "s3-bucket-cross-region-replication-enabled",
            "rds-last-backup-recovery-point-created",
            "ebs-last-backup-recovery-point-created",
        ),
        correction=Correction.BY_HAND,
    ),
    Control(
        "DR-04",
        "Snapshots and images are never public",
        preventable=("ec2", "scp"),
        config_rules=("ebs-snapshot-public-restorable-check",),
        reads=("ec2:GetSnapshotBlockPublicAccessState", "ec2:GetImageBlockPublicAccessState"),
        correction=Correction.AUTOMATIC,
        writes=("ec2:EnableSnapshotBlockPublicAccess", "ec2:EnableImageBlockPublicAccess"),
        fsbp=("EC2.1",),
        nist=("AC-2", "AC-3", "AC-4", "AC-6", "AC-17"),
    ),
)
