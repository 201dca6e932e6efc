"""What people do to a baseline in the console, each with the component that puts it right; boto3 alone."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.playbooks.console import Console, Place

    Slip = Callable[[Console, str, str], None]

ALIAS, SECRET, LOOSE, FUNCTION = "alias/baseline", "shop/database", "shop/partner", "rotate-credentials"
DOCUMENTS = "/ssm/documents/console/public-sharing-permission"
LAMBDA_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def furnish_account(by: Console, _account: str, _region: str) -> None:
    """The account has the role of the function that rotates its secrets."""
    by.client("iam").create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=LAMBDA_TRUST)


def furnish_region(by: Console, account: str, region: str) -> None:
    """The Region has a function that rotates, and a secret that does not."""
    there = by.client("lambda", region)
    role = f"arn:aws:iam::{account}:role/{FUNCTION}"
    there.create_function(FunctionName=FUNCTION, Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": b"x"})
    there.add_permission(
        FunctionName=FUNCTION, StatementId="a", Action="lambda:InvokeFunction", Principal="secretsmanager.amazonaws.com"
    )
    by.client("secretsmanager", region).create_secret(Name=SECRET, SecretString="canary")


def volumes_in_clear(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).disable_ebs_encryption_by_default()


def volumes_under_the_default_key(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).reset_ebs_default_kms_key_id()


def snapshots_shared(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).disable_snapshot_block_public_access()


def images_shared(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).disable_image_block_public_access()


def metadata_without_token(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).modify_instance_metadata_defaults(HttpTokens="optional")


def serial_console(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).enable_serial_console_access()


def internet_gateways(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).modify_vpc_block_public_access_options(InternetGatewayBlockMode="off")


def any_image(by: Console, _account: str, region: str) -> None:
    by.client("ec2", region).disable_allowed_images_settings()


def default_group_open(by: Console, _account: str, region: str) -> None:
    ec2 = by.client("ec2", region)
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=groups[0]["GroupId"], IpPermissions=[rule])


def documents_shared(by: Console, _account: str, region: str) -> None:
    by.client("ssm", region).update_service_setting(SettingId=DOCUMENTS, SettingValue="Enable")


def clusters_open(by: Console, _account: str, region: str) -> None:
    by.client("emr", region).put_block_public_access_configuration(
        BlockPublicAccessConfiguration={"BlockPublicSecurityGroupRules": False}
    )


def vault_deleted(by: Console, _account: str, region: str) -> None:
    by.client("backup", region).delete_backup_vault(BackupVaultName="org-baseline")


def detector_suspended(by: Console, _account: str, region: str) -> None:
    guardduty = by.client("guardduty", region)
    (detector,) = guardduty.list_detectors()["DetectorIds"]
    guardduty.update_detector(DetectorId=detector, Enable=False)


def recorder_stopped(by: Console, _account: str, region: str) -> None:
    by.client("config", region).stop_configuration_recorder(ConfigurationRecorderName="default")


def hub_without_new_controls(by: Console, _account: str, region: str) -> None:
    by.client("securityhub", region).update_security_hub_configuration(AutoEnableControls=False)


def macie_paused(by: Console, _account: str, region: str) -> None:
    by.client("macie2", region).update_macie_session(status="PAUSED")


def analyzer_deleted(by: Console, _account: str, region: str) -> None:
    by.client("accessanalyzer", region).delete_analyzer(analyzerName="org-baseline-external-access")


def key_not_rotated(by: Console, _account: str, region: str) -> None:
    by.client("kms", region).disable_key_rotation(KeyId=_key(by, region))


def key_without_alias(by: Console, _account: str, region: str) -> None:
    by.client("kms", region).delete_alias(AliasName=ALIAS)


def key_for_everybody(by: Console, account: str, region: str) -> None:
    """The policy that the console gives to a new key, and one stranger more."""
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    own = {**statement, "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    stranger = {**statement, "Action": "kms:Decrypt", "Principal": {"AWS": "*"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [own, stranger]})
    by.client("kms", region).put_key_policy(KeyId=_key(by, region), PolicyName="default", Policy=policy)


def another_key(by: Console, _account: str, region: str) -> None:
    by.client("kms", region).create_key(Description="made by hand")


def _key(by: Console, region: str) -> str:
    identity: str = by.client("kms", region).describe_key(KeyId=ALIAS)["KeyMetadata"]["KeyId"]
    return identity


def secret_not_rotated(by: Console, _account: str, region: str) -> None:
    by.client("secretsmanager", region).cancel_rotate_secret(SecretId=SECRET)


def secret_under_the_default_key(by: Console, _account: str, region: str) -> None:
    by.client("secretsmanager", region).update_secret(SecretId=SECRET, KmsKeyId="alias/aws/secretsmanager")


def another_secret(by: Console, _account: str, region: str) -> None:
    by.client("secretsmanager", region).create_secret(Name=LOOSE, SecretString="canary")


def objects_public(by: Console, account: str, _region: str) -> None:
    by.client("s3control").delete_public_access_block(AccountId=account)


def acls_public(by: Console, account: str, _region: str) -> None:
    switches = {"BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": True}
    by.client("s3control").put_public_access_block(
        AccountId=account, PublicAccessBlockConfiguration={**switches, "RestrictPublicBuckets": True}
    )


def passwords_short(by: Console, _account: str, _region: str) -> None:
    by.client("iam").update_account_password_policy(MinimumPasswordLength=6)


def passwords_any(by: Console, _account: str, _region: str) -> None:
    by.client("iam").delete_account_password_policy()


def alias_gone(by: Console, _account: str, _region: str) -> None:
    iam = by.client("iam")
    iam.delete_account_alias(AccountAlias=iam.list_account_aliases()["AccountAliases"][0])


def budget_raised(by: Console, account: str, _region: str) -> None:
    budgets = by.client("budgets")
    budget = budgets.describe_budget(AccountId=account, BudgetName="org-baseline")["Budget"]
    limit = {"Amount": "90000", "Unit": "USD"}
    budgets.update_budget(AccountId=account, NewBudget={**budget, "BudgetLimit": limit})


def provider_gone(by: Console, account: str, _region: str) -> None:
    arn = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
    by.client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def trail_stopped(by: Console, _account: str, region: str) -> None:
    by.client("cloudtrail", region).stop_logging(Name="org-baseline")


def logs_unguarded(by: Console, account: str, region: str) -> None:
    by.client("s3", region).delete_public_access_block(Bucket=f"org-cloudtrail-{account}-{region}")


IN_REGION: dict[str, tuple[Slip, ...]] = {
    "ebs-encryption-by-default": (volumes_in_clear, volumes_under_the_default_key),
    "snapshot-public-access": (snapshots_shared,),
    "image-public-access": (images_shared,),
    "instance-metadata-defaults": (metadata_without_token,),
    "serial-console-access": (serial_console,),
    "vpc-public-access": (internet_gateways,),
    "allowed-images": (any_image,),
    "default-security-groups": (default_group_open,),
    "document-sharing": (documents_shared,),
    "emr-public-access": (clusters_open,),
    "backup-vault": (vault_deleted,),
    "guardduty": (detector_suspended,),
    "config-recorder": (recorder_stopped,),
    "security-hub": (hub_without_new_controls,),
    "macie": (macie_paused,),
    "access-analyzer": (analyzer_deleted,),
    "kms-keys": (key_not_rotated, key_without_alias, key_for_everybody, another_key),
    "secrets-rotation": (secret_not_rotated, secret_under_the_default_key, another_secret),
}
IN_ACCOUNT: dict[str, tuple[Slip, ...]] = {
    "s3-public-access": (objects_public, acls_public),
    "iam-password-policy": (passwords_short, passwords_any),
    "account-alias": (alias_gone,),
    "budget": (budget_raised,),
    "oidc-providers": (provider_gone,),
}
WEIGHTY = ("kms-keys", "secrets-rotation")
"""Twice as likely as the others."""


def slip(by: Console, places: list[Place], home: str, share: float, seed: int) -> set[tuple[str, str, str]]:
    """That share of the places has one to four wrong settings; each comes back as component, account and Region.

    What is account-wide is changed in the same share of the accounts, and comes back with the home Region.
    """
    chance = random.Random(seed)
    accounts = sorted({account for account, _ in places})
    chosen: dict[Place, list[tuple[str, Slip]]] = {}
    for place in chance.sample(places, round(len(places) * share)):
        names = {*chance.choices([*IN_REGION, *WEIGHTY], k=chance.randint(1, 4))}
        chosen[place] = [(name, chance.choice(IN_REGION[name])) for name in sorted(names)]
    for account in chance.sample(accounts, round(len(accounts) * share)):
        name = chance.choice(list(IN_ACCOUNT))
        chosen.setdefault((account, home), []).append((name, chance.choice(IN_ACCOUNT[name])))

    def make(by: Console, account: str, region: str) -> None:
        for _, act in chosen[account, region]:
            act(by, account, region)

    by.everywhere(make, chosen)
    return {(name, *place) for place, slips in chosen.items() for name, _ in slips}
