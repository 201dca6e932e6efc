"""Condition keys of single services that an event's parameters tell.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from org.replay.parameters import path

KEYS = """
    ec2:AssociatePublicIpAddress  RunInstances networkInterfaceSet.items.associatePublicIpAddress ?
    ec2:EbsOptimized              RunInstances ebsOptimized ?
    ec2:Encrypted                 CreateVolume encrypted true
    ec2:InstanceType              RunInstances instanceType ?
    ec2:MetadataHttpEndpoint      RunInstances metadataOptions.httpEndpoint ?
    ec2:MetadataHttpTokens        RunInstances metadataOptions.httpTokens ?
    ec2:VolumeSize                CreateVolume size ?
    ec2:VolumeType                CreateVolume volumeType ?
    elasticfilesystem:Encrypted   CreateFileSystem encrypted true
    iam:AWSServiceName            CreateServiceLinkedRole aWSServiceName -
    iam:PermissionsBoundary       CreateRole permissionsBoundary -
    iam:PermissionsBoundary       CreateUser permissionsBoundary -
    iam:PermissionsBoundary       PutRolePermissionsBoundary permissionsBoundary -
    iam:PermissionsBoundary       PutUserPermissionsBoundary permissionsBoundary -
    iam:PolicyARN                 AttachGroupPolicy policyArn -
    iam:PolicyARN                 AttachRolePolicy policyArn -
    iam:PolicyARN                 AttachUserPolicy policyArn -
    iam:PolicyARN                 DetachGroupPolicy policyArn -
    iam:PolicyARN                 DetachRolePolicy policyArn -
    iam:PolicyARN                 DetachUserPolicy policyArn -
    kms:BypassPolicyLockoutSafetyCheck CreateKey bypassPolicyLockoutSafetyCheck true
    kms:BypassPolicyLockoutSafetyCheck PutKeyPolicy bypassPolicyLockoutSafetyCheck true
    kms:ScheduleKeyDeletionPendingWindowInDays ScheduleKeyDeletion pendingWindowInDays ?
    lambda:FunctionUrlAuthType    CreateFunctionUrlConfig authType -
    lambda:FunctionUrlAuthType    UpdateFunctionUrlConfig authType ?
    lambda:Principal              AddPermission principal -
    organizations:ServicePrincipal DisableAWSServiceAccess servicePrincipal -
    organizations:ServicePrincipal EnableAWSServiceAccess servicePrincipal -
    ram:RequestedAllowsExternalPrincipals CreateResourceShare allowExternalPrincipals ?
    ram:RequestedAllowsExternalPrincipals UpdateResourceShare allowExternalPrincipals ?
    rds:DatabaseClass             CreateDBInstance dBInstanceClass -
    rds:DatabaseEngine            CreateDBInstance engine -
    rds:StorageEncrypted          CreateDBInstance storageEncrypted true
    rds:StorageSize               CreateDBInstance allocatedStorage ?
    s3:VersionId                  DeleteObjectVersion versionId -
    s3:VersionId                  GetObjectVersion versionId -
    s3:delimiter                  ListBucket delimiter -
    s3:prefix                     ListBucket prefix -
    s3:x-amz-acl                  CreateBucket x-amz-acl -
    s3:x-amz-acl                  PutBucketAcl x-amz-acl -
    s3:x-amz-acl                  PutObject x-amz-acl -
    s3:x-amz-acl                  PutObjectAcl x-amz-acl -
    s3:x-amz-server-side-encryption PutObject x-amz-server-side-encryption -
    s3:x-amz-server-side-encryption-aws-kms-key-id PutObject x-amz-server-side-encryption-aws-kms-key-id -
    secretsmanager:BlockPublicPolicy PutResourcePolicy blockPublicPolicy ?
    secretsmanager:ForceDeleteWithoutRecovery DeleteSecret forceDeleteWithoutRecovery ?
    secretsmanager:RecoveryWindowInDays DeleteSecret recoveryWindowInDays ?
    sts:ExternalId                AssumeRole externalId -
    sts:RoleSessionName           AssumeRole roleSessionName -
"""
"""A key, the name of an action, the parameter that holds the key's value, and what it means that there is none.

`-`: then the key is absent. `?`: then nobody knows, because a default or a template decides. `true`: only a `true` is
what holds, because an account's default may turn anything else into it.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A key that a parameter tells. `key` is in small letters, `parameter` as `gather` spells it."""

    key: str
    parameter: str
    missing: str


@cache
def _table() -> dict[str, tuple[Told, ...]]:
    found: dict[str, list[Told]] = {}
    for line in KEYS.strip().split("\n"):
        key, name, parameter, missing = line.split()
        service = key.partition(":")[0]
        found.setdefault(f"{service}:{name}".lower(), []).append(Told(key.lower(), path(parameter), missing))
    return {action: tuple(told) for action, told in found.items()}


def told(action: str) -> tuple[Told, ...]:
    """The keys of an action that its parameters tell."""
    return _table().get(action.lower(), ())


def all_keys() -> frozenset[str]:
    """Every key of the table, in small letters."""
    return frozenset(one.key for listed in _table().values() for one in listed)
