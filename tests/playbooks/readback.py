"""What AWS says of accounts that have their baseline; boto3 alone, so that no mistake of the product repeats here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.playbooks.slips import ALIAS, DOCUMENTS, FUNCTION

if TYPE_CHECKING:
    from tests.playbooks.console import Console

ALL_ON = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def account_wide(by: Console, account: str, _region: str) -> list[str]:
    """What is wrong in an account, whatever the Region."""
    block = by.client("s3control").get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
    iam = by.client("iam")
    passwords = iam.get_account_password_policy()["PasswordPolicy"]
    budget = by.client("budgets").describe_budget(AccountId=account, BudgetName="org-baseline")["Budget"]
    providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    right = {
        "every switch of Block Public Access is on": block == dict.fromkeys(ALL_ON, True),
        "passwords have 14 characters": passwords["MinimumPasswordLength"] == 14,
        "24 passwords are remembered": passwords["PasswordReusePrevention"] == 24,
        "there is an alias": [one.startswith("acme-") for one in iam.list_account_aliases()["AccountAliases"]]
        == [True],
        "there is a budget": float(budget["BudgetLimit"]["Amount"]) == 500,
        "there is a provider": [one["Arn"].rsplit("/", 1)[1] for one in providers]
        == ["token.actions.githubusercontent.com"],
    }
    return [what for what, holds in right.items() if not holds]


def of_a_region(by: Console, account: str, region: str) -> list[str]:
    """What is wrong in a Region of an account."""
    keys, arn = kms_keys(by, account, region)
    right = {**keys, **secrets(by, account, region, arn), **compute(by, region, arn), **watchers(by, region)}
    return [what for what, holds in right.items() if not holds]


def kms_keys(by: Console, account: str, region: str) -> tuple[dict[str, bool], str]:
    """What has to hold for the keys of a Region, and the ARN of the declared one."""
    kms = by.client("kms", region)
    declared = kms.describe_key(KeyId=ALIAS)["KeyMetadata"]
    rotation = kms.get_key_rotation_status(KeyId=declared["KeyId"])
    mine, turning = [], []
    for page in kms.get_paginator("list_keys").paginate():
        for one in page["Keys"]:
            about = kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"]
            if about["KeyManager"] == "CUSTOMER":
                turning.append(kms.get_key_rotation_status(KeyId=one["KeyId"])["KeyRotationEnabled"])
                tags = kms.list_resource_tags(KeyId=one["KeyId"])["Tags"]
                mine += [one["KeyId"]] * ({"TagKey": "org-baseline:alias", "TagValue": ALIAS} in tags)
    policy = json.loads(kms.get_key_policy(KeyId=declared["KeyId"], PolicyName="default")["Policy"])
    right = {
        "the alias stands for the one declared key": mine == [declared["KeyId"]],
        "the declared key is enabled": declared["KeyState"] == "Enabled",
        "the declared key rotates every year": rotation["KeyRotationEnabled"]
        and rotation["RotationPeriodInDays"] == 365,
        "every customer key rotates": all(turning),
        "the account can change the key policy": any(_administers(one, account) for one in policy["Statement"]),
        "nobody outside may use the key": not any(_open(one, account) for one in policy["Statement"]),
    }
    return right, declared["Arn"]


def _administers(statement: dict[str, Any], account: str) -> bool:
    root = statement.get("Principal") == {"AWS": f"arn:aws:iam::{account}:root"}
    return root and statement["Effect"] == "Allow" and "kms:PutKeyPolicy" in statement["Action"]


def _open(statement: dict[str, Any], account: str) -> bool:
    anybody = statement.get("Principal") in ("*", {"AWS": "*"})
    inside = statement.get("Condition", {}).get("StringEquals", {}).get("kms:CallerAccount")
    return anybody and inside not in (account, [account])


def secrets(by: Console, account: str, region: str, key: str) -> dict[str, bool]:
    """What has to hold for the secrets of a Region: they rotate, and none was rotated by the run."""
    manager, right = by.client("secretsmanager", region), {}
    for page in manager.get_paginator("list_secrets").paginate():
        for one in page["SecretList"]:
            name, about = one["Name"], manager.describe_secret(SecretId=one["ARN"])
            function = f"arn:aws:lambda:{region}:{account}:function:{FUNCTION}"
            versions = manager.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
            right |= {
                f"{name} rotates": about.get("RotationEnabled") is True,
                f"{name} is rotated by the declared function": about.get("RotationLambdaARN") == function,
                f"{name} rotates every 30 days": about.get("RotationRules", {}).get("AutomaticallyAfterDays") == 30,
                f"{name} has the declared key": about.get("KmsKeyId") in (ALIAS, key),
                f"{name} has the value that it had": manager.get_secret_value(SecretId=name)["SecretString"]
                == "canary",
                f"{name} was not rotated at once": [version["VersionStages"] for version in versions]
                == [["AWSCURRENT"]],
            }
    return right | {"there is a secret": bool(right)}


def compute(by: Console, region: str, key: str) -> dict[str, bool]:
    """What has to hold for volumes, snapshots, images, instances and networks."""
    ec2 = by.client("ec2", region)
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    metadata = ec2.get_instance_metadata_defaults()["AccountLevel"]
    networks = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    documents = by.client("ssm", region).get_service_setting(SettingId=DOCUMENTS)["ServiceSetting"]
    clusters = by.client("emr", region).get_block_public_access_configuration()["BlockPublicAccessConfiguration"]
    return {
        "volumes are encrypted": ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        "volumes have the declared key": ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == key,
        "snapshots are not shared": ec2.get_snapshot_block_public_access_state()["State"] == "block-all-sharing",
        "images are not shared": ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
        == "block-new-sharing",
        "metadata takes a token": metadata.get("HttpTokens") == "required",
        "the serial console is off": not ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"],
        "internet gateways are blocked": networks["InternetGatewayBlockMode"] == "block-bidirectional",
        "images of others are marked": ec2.get_allowed_images_settings()["State"] == "audit-mode",
        "the default groups are closed": not any(one["IpPermissions"] + one["IpPermissionsEgress"] for one in groups),
        "documents are not shared": documents["SettingValue"] == "Disable",
        "clusters are not open": clusters["BlockPublicSecurityGroupRules"],
    }


def watchers(by: Console, region: str) -> dict[str, bool]:
    """What has to hold for backups and for what watches."""
    guardduty, config = by.client("guardduty", region), by.client("config", region)
    detectors = [guardduty.get_detector(DetectorId=one)["Status"] for one in guardduty.list_detectors()["DetectorIds"]]
    vaults = by.client("backup", region).list_backup_vaults()["BackupVaultList"]
    recorders = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    scanned = by.client("inspector2", region).batch_get_account_status()["accounts"][0]["resourceState"]
    analyzers = by.client("accessanalyzer", region).list_analyzers()["analyzers"]
    return {
        "there is a vault": "org-baseline" in [one["BackupVaultName"] for one in vaults],
        "GuardDuty is on": detectors == ["ENABLED"],
        "AWS Config records": [one["recording"] for one in recorders] == [True],
        "Security Hub takes new controls": by.client("securityhub", region).describe_hub()["AutoEnableControls"],
        "Macie is on": by.client("macie2", region).get_macie_session()["status"] == "ENABLED",
        "functions are scanned": scanned["lambda"]["status"] == "ENABLED",
        "there is an analyzer": "org-baseline-external-access" in [one["name"] for one in analyzers],
    }


def trail(by: Console, _account: str, region: str) -> dict[str, Any]:
    """The one trail of the management account."""
    cloudtrail = by.client("cloudtrail", region)
    (found,) = cloudtrail.describe_trails()["trailList"]
    return {
        "bucket": found["S3BucketName"],
        "organization": found["IsOrganizationTrail"],
        "Regions": found["IsMultiRegionTrail"],
        "validated": found["LogFileValidationEnabled"],
        "logging": cloudtrail.get_trail_status(Name=found["Name"])["IsLogging"],
    }


def logs(by: Console, account: str, region: str) -> dict[str, Any]:
    """How the trail's bucket and key are guarded in the account that keeps the logs."""
    s3, kms, bucket = by.client("s3", region), by.client("kms", region), f"org-cloudtrail-{account}-{region}"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    key = kms.describe_key(KeyId="alias/org-cloudtrail")["KeyMetadata"]["KeyId"]
    statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    puts = [one for one in statements if one["Effect"] == "Allow" and "s3:PutObject" in one["Action"]]
    return {
        "versions": s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled",
        "blocked": block == dict.fromkeys(ALL_ON, True),
        "rotates": kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"],
        "writers": sorted({f"trail of {_source(one).split(':')[4]}" for one in puts}),
    }


def _source(statement: dict[str, Any]) -> str:
    """The trail that a statement of CloudTrail's is about; nobody else may write."""
    assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    source: str = statement["Condition"]["StringEquals"]["aws:SourceArn"]
    return source
