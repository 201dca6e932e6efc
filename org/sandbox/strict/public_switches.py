"""The account-wide switches of EC2, Systems Manager and EMR against what is public by accident (their API pages).

EC2 says in each answer who decides: `account`, or a declarative policy.
"""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import Stored, shelf

BY_ACCOUNT = {"ManagedBy": "account"}
SHARING = "/ssm/documents/console/public-sharing-permission"

Stored(
    service="ec2",
    get="GetSnapshotBlockPublicAccessState",
    default={"State": "unblocked", **BY_ACCOUNT},
    puts=("EnableSnapshotBlockPublicAccess",),
    sets={"DisableSnapshotBlockPublicAccess": {"State": "unblocked"}},
)
Stored(
    service="ec2",
    get="GetImageBlockPublicAccessState",
    default={"ImageBlockPublicAccessState": "block-new-sharing", **BY_ACCOUNT},
    puts=("EnableImageBlockPublicAccess",),
    sets={"DisableImageBlockPublicAccess": {"ImageBlockPublicAccessState": "unblocked"}},
)
Stored(
    service="ec2",
    get="GetSerialConsoleAccessStatus",
    default={"SerialConsoleAccessEnabled": False, **BY_ACCOUNT},
    sets={
        "EnableSerialConsoleAccess": {"SerialConsoleAccessEnabled": True},
        "DisableSerialConsoleAccess": {"SerialConsoleAccessEnabled": False},
    },
)
Stored(
    service="emr",
    get="GetBlockPublicAccessConfiguration",
    default={
        "BlockPublicAccessConfiguration": {
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}],
        },
        "BlockPublicAccessConfigurationMetadata": {
            "CreationDateTime": "2019-11-25T00:00:00Z",
            "CreatedByArn": "Created by AWS",
        },
    },
    puts=("PutBlockPublicAccessConfiguration",),
)


@answers("ec2", Audience.ANYBODY)
def get_instance_metadata_defaults(request: Request) -> dict[str, Any]:
    """What nobody has a preference for is left out (API page GetInstanceMetadataDefaults)."""
    return {"AccountLevel": {**shelf(request, "metadata"), **BY_ACCOUNT}}


@answers("ec2", Audience.ANYBODY)
def modify_instance_metadata_defaults(request: Request) -> dict[str, Any]:
    """What a call leaves out stays (API page ModifyInstanceMetadataDefaults: -1 is no preference for the hop limit)."""
    kept = shelf(request, "metadata")
    if request.parameters.get("HttpPutResponseHopLimit") == 0:
        raise Refusal("InvalidParameterValue", "The hop limit is a number from 1 to 64, or -1.")
    for name, value in request.parameters.items():
        if value in ("no-preference", -1):
            kept.pop(name, None)
        elif name != "DryRun":
            kept[name] = value
    return {"Return": True}


@answers("ec2", Audience.ANYBODY)
def describe_vpc_block_public_access_options(request: Request) -> dict[str, Any]:
    """The mode, at first off (API page DescribeVpcBlockPublicAccessOptions)."""
    mode = shelf(request, "vpc-bpa").get("mode", "off")
    options = {
        "AwsAccountId": request.caller.account,
        "AwsRegion": request.region,
        "State": "default-state" if mode == "off" else "update-complete",
        "InternetGatewayBlockMode": mode,
        "ExclusionsAllowed": "allowed",
        **BY_ACCOUNT,
    }
    return {"VpcBlockPublicAccessOptions": options}


@answers("ec2", Audience.ANYBODY)
def modify_vpc_block_public_access_options(request: Request) -> dict[str, Any]:
    """The mode is kept (API page ModifyVpcBlockPublicAccessOptions)."""
    shelf(request, "vpc-bpa")["mode"] = request.parameters["InternetGatewayBlockMode"]
    return describe_vpc_block_public_access_options(request)


@answers("ec2", Audience.ANYBODY)
def get_allowed_images_settings(request: Request) -> dict[str, Any]:
    """The state, at first disabled, and the criteria (API page GetAllowedImagesSettings)."""
    kept = shelf(request, "images")
    return {"State": kept.get("state", "disabled"), "ImageCriteria": kept.get("criteria", []), **BY_ACCOUNT}


@answers("ec2", Audience.ANYBODY)
def enable_allowed_images_settings(request: Request) -> dict[str, Any]:
    """Enabled, or in audit mode (API page EnableAllowedImagesSettings)."""
    state = shelf(request, "images")["state"] = request.parameters["AllowedImagesSettingsState"]
    return {"AllowedImagesSettingsState": state}


@answers("ec2", Audience.ANYBODY)
def disable_allowed_images_settings(request: Request) -> dict[str, Any]:
    """Disabled; the criteria stay (API page DisableAllowedImagesSettings)."""
    shelf(request, "images")["state"] = "disabled"
    return {"AllowedImagesSettingsState": "disabled"}


@answers("ec2", Audience.ANYBODY)
def replace_image_criteria_in_allowed_images_settings(request: Request) -> dict[str, Any]:
    """All criteria are those of the call (API page ReplaceImageCriteriaInAllowedImagesSettings)."""
    shelf(request, "images")["criteria"] = request.parameters.get("ImageCriteria", [])
    return {"ReturnValue": True}


@answers("ssm", Audience.ANYBODY)
def get_service_setting(request: Request) -> dict[str, Any]:
    """The value of a setting, at first AWS's default (API page GetServiceSetting)."""
    name = request.parameters["SettingId"]
    if not name.endswith(SHARING):
        raise Refusal("ServiceSettingNotFound", f"Setting {name} is not one that the sandbox keeps.")
    value = shelf(request, "settings").get(SHARING)
    arn = f"arn:aws:ssm:{request.region}:{request.caller.account}:servicesetting{SHARING}"
    status = "Default" if value is None else "Customized"
    setting = {"SettingId": SHARING, "SettingValue": value or "Enable", "ARN": arn, "Status": status}
    return {"ServiceSetting": setting}


@answers("ssm", Audience.ANYBODY)
def update_service_setting(request: Request) -> dict[str, Any]:
    """The value is kept (API page UpdateServiceSetting)."""
    get_service_setting(request)
    value = request.parameters["SettingValue"]
    if value not in ("Enable", "Disable"):
        raise Refusal("ValidationException", f"{value} is not a value of this setting.")
    shelf(request, "settings")[SHARING] = value
    return {}
