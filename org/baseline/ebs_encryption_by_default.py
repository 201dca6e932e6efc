"""EBS encryption by default, in every governed Region.

https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline import HERE, Component, Where
from org.baseline._kms import ours
from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.change import Change

AWS_KEY = "alias/aws/ebs"


def read(cloud: Cloud, scope: Scope) -> Things:
    """Whether new volumes are encrypted and, where a key is declared, which one they get; `declared` is its ARN."""
    on = cloud.call("ec2", "get_ebs_encryption_by_default")["EbsEncryptionByDefault"]
    state = {"enabled": on}
    if scope.settings["key"]:
        state["key"] = _named(cloud.call("ec2", "get_ebs_default_kms_key_id")["KmsKeyId"])
        state["declared"] = _declared(cloud, scope, state["key"])
    return {HERE: state}


def _named(key: str) -> str:
    """The key as it is declared where it is AWS's own, which comes as an alias or as the alias's ARN."""
    return AWS_KEY if key.endswith(AWS_KEY) else key


def _declared(cloud: Cloud, scope: Scope, current: str) -> str:
    """The ARN of the declared key; the key as it is declared while it does not exist.

    A declared key that lost its alias is known by its tags: `kms-keys` gives the alias back, and check mode says so.
    """
    key: str = scope.settings["key"]
    if key == AWS_KEY:
        return key
    try:
        arn: str = cloud.call("kms", "describe_key", KeyId=key)["KeyMetadata"]["Arn"]
    except Missing:
        return current if _lost_alias(cloud, scope, current, key) else key
    return arn


def _lost_alias(cloud: Cloud, scope: Scope, current: str, alias: str) -> bool:
    """True where the key that volumes get now is the account's own, made for that alias."""
    if f":{scope.account}:key/" not in current:
        return False
    try:
        pages = cloud.pages("kms", "list_resource_tags", "Tags", token="NextMarker", ask="Marker", KeyId=current)
        tags = {tag["TagKey"]: tag["TagValue"] for tag in pages}
    except Missing:
        return False
    return ours(alias).items() <= tags.items()


def wanted(scope: Scope, found: Things) -> Things:
    """Encryption on and, where a key is declared, that key."""
    state = {"enabled": True}
    if scope.settings["key"]:
        state["key"] = (found.get(HERE) or {}).get("declared", scope.settings["key"])
    return {HERE: state}


def write(cloud: Cloud, change: Change) -> None:
    """The key comes first, so that no volume is made with another one in between."""
    after, before = change.after or {}, change.before or {}
    if after.get("key") == AWS_KEY != before.get("key"):
        cloud.call("ec2", "reset_ebs_default_kms_key_id")
    elif "key" in after and after["key"] != before.get("key"):
        cloud.call("ec2", "modify_ebs_default_kms_key_id", KmsKeyId=after["key"])
    if not before.get("enabled"):
        cloud.call("ec2", "enable_ebs_encryption_by_default")


component = Component(
    name="ebs-encryption-by-default",
    title="EBS encryption by default",
    description="New EBS volumes and copies of snapshots are encrypted, whether or not whoever makes them asks for it.",
    where=Where.REGION,
    settings={
        "key": {
            "type": ["string", "null"],
            "default": None,
            "minLength": 1,
            "maxLength": 2048,
            "description": "The KMS key of volumes whose maker names none, as an alias or an ARN; `alias/aws/ebs` is "
            "AWS's own. null leaves it as it is.",
            "examples": ["alias/baseline"],
        },
    },
    reads=(
        *("ec2:GetEbsEncryptionByDefault", "ec2:GetEbsDefaultKmsKeyId", "kms:DescribeKey"),
        "kms:ListResourceTags",
    ),
    read=read,
    wanted=wanted,
    writes=("ec2:EnableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId", "ec2:ResetEbsDefaultKmsKeyId"),
    write=write,
    controls=("ENC-01",),
    after=("kms-keys",),
)
