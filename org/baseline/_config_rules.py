"""Rules that AWS Config manages, by the recommendation of the catalogue that each is about.

The catalogue stands above the baseline, so this is a copy, which a test compares with it. A rule that is about several
recommendations is here with the first.
"""

from __future__ import annotations

_RULES = {
    "S3-01": ("s3-account-level-public-access-blocks-periodic",),
    "S3-02": ("s3-bucket-level-public-access-prohibited",),
    "S3-03": ("s3-bucket-acl-prohibited",),
    "S3-04": (
        "s3-bucket-public-read-prohibited",
        "s3-bucket-public-write-prohibited",
        "s3-bucket-policy-grantee-check",
    ),
    "S3-05": ("s3-bucket-ssl-requests-only",),
    "S3-07": (
        "s3-bucket-versioning-enabled",
        "s3-lifecycle-policy-check",
        "s3-bucket-replication-enabled",
    ),
    "S3-08": (
        "s3-default-encryption-kms",
        "s3-bucket-server-side-encryption-enabled",
    ),
    "S3-09": (
        "s3-bucket-logging-enabled",
        "cloudtrail-s3-dataevents-enabled",
    ),
    "ORG-01": ("account-part-of-organizations",),
    "ORG-06": (
        "multi-region-cloud-trail-enabled",
        "cloud-trail-encryption-enabled",
        "cloud-trail-log-file-validation-enabled",
        "cloudtrail-s3-bucket-public-access-prohibited",
        "cloud-trail-cloud-watch-logs-enabled",
    ),
    "ORG-08": (
        "access-keys-rotated",
        "iam-user-unused-credentials-check",
        "mfa-enabled-for-iam-console-access",
        "iam-user-no-policies-check",
    ),
    "ORG-09": (
        "iam-root-access-key-check",
        "root-account-mfa-enabled",
        "root-account-hardware-mfa-enabled",
    ),
    "ORG-10": ("desired-instance-type",),
    "ORG-12": (
        "guardduty-enabled-centralized",
        "securityhub-enabled",
        "iam-external-access-analyzer-enabled",
        "macie-status-check",
        "inspector-ec2-scan-enabled",
    ),
    "ORG-13": ("security-account-information-provided",),
    "ENC-01": (
        "ec2-ebs-encryption-by-default",
        "encrypted-volumes",
    ),
    "ENC-02": (
        "rds-storage-encrypted",
        "rds-cluster-encrypted-at-rest",
        "rds-snapshot-encrypted",
    ),
    "ENC-03": ("efs-encrypted-check",),
    "ENC-04": ("sns-encrypted-kms",),
    "ENC-05": ("elasticache-redis-cluster-automatic-backup-check",),
    "ENC-06": (
        "dax-encryption-enabled",
        "dax-tls-endpoint-encryption",
        "dynamodb-table-encrypted-kms",
        "redshift-cluster-kms-enabled",
        "opensearch-encrypted-at-rest",
        "kinesis-stream-encrypted",
        "msk-in-cluster-node-require-tls",
    ),
    "SEC-01": (
        "secretsmanager-rotation-enabled-check",
        "secretsmanager-scheduled-rotation-success-check",
        "secretsmanager-secret-periodic-rotation",
        "secretsmanager-secret-unused",
    ),
    "SEC-02": ("secretsmanager-using-cmk",),
    "SEC-06": ("ssm-document-not-public",),
    "SEC-07": (
        "ec2-imdsv2-check",
        "ec2-token-hop-limit-check",
        "ec2-launch-template-imdsv2-check",
        "ec2-instance-profile-attached",
    ),
    "SEC-08": (
        "eks-secrets-encrypted",
        "eks-endpoint-no-public-access",
    ),
    "SEC-09": (
        "ecs-no-environment-secrets",
        "lambda-function-public-access-prohibited",
        "codebuild-project-envvar-awscred-check",
    ),
    "SEC-10": ("cmk-backing-key-rotation-enabled",),
    "SEC-11": ("kms-cmk-not-scheduled-for-deletion",),
    "SEC-12": (
        "cognito-user-pool-mfa-enabled",
        "cognito-user-pool-password-policy-check",
        "cognito-userpool-cust-auth-threat-full-check",
        "cognito-user-pool-deletion-protection-enabled",
        "cognito-identity-pool-unauth-access-check",
    ),
    "SEC-13": (
        "iam-policy-no-statements-with-admin-access",
        "iam-policy-no-statements-with-full-access",
        "iam-no-inline-policy-check",
    ),
    "SEC-14": ("cloudtrail-security-trail-enabled",),
    "SEC-15": ("iam-password-policy",),
    "NET-01": (
        "subnet-auto-assign-public-ip-disabled",
        "ec2-instance-no-public-ip",
        "no-unrestricted-route-to-igw",
    ),
    "NET-02": (
        "vpc-default-security-group-closed",
        "vpc-sg-open-only-to-authorized-ports",
        "incoming-ssh-disabled",
        "nacl-no-unrestricted-ssh-rdp",
        "restricted-incoming-traffic",
    ),
    "NET-03": (
        "vpc-flow-logs-enabled",
        "cw-loggroup-retention-period-check",
    ),
    "HA-01": (
        "elbv2-multiple-az",
        "alb-http-to-https-redirection-check",
        "elb-logging-enabled",
        "alb-waf-enabled",
        "elb-deletion-protection-enabled",
    ),
    "HA-02": (
        "autoscaling-multiple-az",
        "autoscaling-group-elb-healthcheck-required",
        "autoscaling-launch-template",
        "autoscaling-launchconfig-requires-imdsv2",
    ),
    "HA-03": (
        "rds-multi-az-support",
        "rds-cluster-multi-az-enabled",
        "db-instance-backup-enabled",
        "rds-instance-deletion-protection-enabled",
        "rds-cluster-deletion-protection-enabled",
        "rds-instance-public-access-check",
        "rds-snapshots-public-prohibited",
        "rds-automatic-minor-version-upgrade-enabled",
    ),
    "HA-04": (
        "dynamodb-pitr-enabled",
        "dynamodb-table-deletion-protection-enabled",
        "dynamodb-resources-protected-by-backup-plan",
    ),
    "HA-05": (
        "cloudfront-viewer-policy-https",
        "cloudfront-s3-origin-access-control-enabled",
        "cloudfront-associated-with-waf",
        "cloudfront-accesslogs-enabled",
        "cloudfront-security-policy-check",
        "cloudfront-origin-failover-enabled",
    ),
    "HA-06": (
        "wafv2-logging-enabled",
        "wafv2-webacl-not-empty",
    ),
    "OBS-01": ("cloudwatch-alarm-action-check",),
    "OBS-02": (
        "api-gw-xray-enabled",
        "api-gw-execution-logging-enabled",
        "api-gwv2-access-logs-enabled",
        "step-functions-state-machine-logging-enabled",
    ),
    "OBS-03": (
        "rds-enhanced-monitoring-enabled",
        "rds-logging-enabled",
    ),
    "DR-01": (
        "rds-resources-protected-by-backup-plan",
        "ebs-resources-protected-by-backup-plan",
        "efs-resources-protected-by-backup-plan",
        "s3-resources-protected-by-backup-plan",
        "backup-plan-min-frequency-and-min-retention-check",
    ),
    "DR-02": (
        "backup-recovery-point-manual-deletion-disabled",
        "backup-recovery-point-encrypted",
        "backup-recovery-point-minimum-retention-check",
        "s3-resources-in-logically-air-gapped-vault",
    ),
    "DR-03": (
        "s3-bucket-cross-region-replication-enabled",
        "rds-last-backup-recovery-point-created",
        "ebs-last-backup-recovery-point-created",
    ),
    "DR-04": ("ebs-snapshot-public-restorable-check",),
    "COST-02": ("required-tags",),
    "COST-03": (
        "ec2-volume-inuse-check",
        "eip-attached",
        "ec2-stopped-instance",
    ),
    "CI-02": (
        "codebuild-project-environment-privileged-check",
        "codebuild-project-logging-enabled",
        "codebuild-project-artifact-encryption",
        "codebuild-project-source-repo-url-check",
    ),
    "CI-03": (
        "codedeploy-auto-rollback-monitor-enabled",
        "codepipeline-deployment-count-check",
    ),
    "CI-04": (
        "ecr-private-image-scanning-enabled",
        "ecr-private-tag-immutability-enabled",
        "ecr-private-lifecycle-policy-configured",
    ),
    "CI-05": ("cloudformation-stack-notification-check",),
    "PERF-01": ("dynamodb-autoscaling-enabled",),
    "PERF-02": ("api-gw-cache-enabled-and-encrypted",),
}
CONTROL_OF = {rule: control for control, rules in _RULES.items() for rule in rules}
"""The recommendation of each rule."""
