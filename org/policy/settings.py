"""What each declarative policy type may say, as data: the groups, the settings in them, and the words those take.

What no page describes is `None`, and let through: AWS has the last word, and its pages lag behind its services. Each
entry of `TYPES` names its page below https://docs.aws.amazon.com/organizations/latest/userguide/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.model.policy import PolicyType
from org.policy.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_OF = "2026-11-23"
"""The day on which AWS's pages were read."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value with operators: one of `words` where there are some, else text that matches; a list of them if `many`."""

    words: tuple[str, ...] = ()
    pattern: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A mapping: `keys` by name, and `named` for keys that its author chooses, which match `pattern`."""

    keys: Mapping[str, Setting | Group | None] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    named: Setting | Group | None = None
    pattern: str = ".+"


REGION, NUMBER = FORMATS["region"], "^-?[0-9]+$"
TEXT, LIST = Setting(), Setting(many=True)
REGIONS = Setting(pattern=f"{REGION}|^ALL_SUPPORTED$", many=True)
LISTS = {"enable_in_regions": REGIONS, "disable_in_regions": REGIONS}
IN_REGIONS = Group(LISTS, (*LISTS,))
SWITCH, BOOLEAN = Setting(("enabled", "disabled")), Setting(("true", "false"))
PREFERENCE = Setting(("no_preference", "enabled", "disabled"))
PATCH = Group({"patch_order": Setting(("first", "second", "last"))}, ("patch_order",))
TAGS = Group(named=Group({"tag_key": TEXT, "tag_value": TEXT}))
LIFECYCLE = Group(
    {
        "move_to_cold_storage_after_days": Setting(pattern=NUMBER),
        "delete_after_days": Setting(pattern=NUMBER),
        "opt_in_to_archive_for_supported_resources": BOOLEAN,
    }
)
COPY = Group({"target_backup_vault_arn": TEXT, "lifecycle": LIFECYCLE})
RULE = Group(
    {
        "schedule_expression": TEXT,
        "schedule_expression_timezone": TEXT,
        "start_backup_window_minutes": Setting(pattern=NUMBER),
        "complete_backup_window_minutes": Setting(pattern=NUMBER),
        "enable_continuous_backup": BOOLEAN,
        "lifecycle": LIFECYCLE,
        "target_backup_vault_name": TEXT,
        "target_logically_air_gapped_backup_vault_arn": TEXT,
        "copy_actions": Group(named=COPY),
        "recovery_point_tags": TAGS,
        "index_actions": None,
        "scan_actions": None,
    },
    ("target_backup_vault_name",),
)
SELECTED = {"iam_role_arn": TEXT, "tag_key": TEXT, "tag_value": LIST}
SELECTIONS = Group(
    {
        "tags": Group(named=Group({**SELECTED, "conditions": None}, (*SELECTED,))),
        "resources": Group(
            named=Group(
                {"iam_role_arn": TEXT, "resource_types": LIST, "not_resource_types": LIST, "conditions": None},
                ("iam_role_arn",),
            )
        ),
    }
)
PLAN = Group(
    {
        "regions": Setting(pattern=REGION, many=True),
        "rules": Group(named=RULE),
        "selections": SELECTIONS,
        "backup_plan_tags": TAGS,
        "advanced_backup_settings": None,
        "scan_settings": None,
    },
    ("regions", "rules", "selections"),
)
DETECTED = Group({"status": SWITCH}, ("status",))
AGENTS = ("eks_addon_management", "ec2_agent_management", "ecs_fargate_agent_management")
RUNTIME = Group({"status": SWITCH, "additional_configuration": Group(dict.fromkeys(AGENTS, DETECTED))}, ("status",))
FEATURES = (
    "foundational",
    "s3_data_events",
    "eks_audit_logs",
    "ebs_malware_protection",
    "rds_login_events",
    "lambda_network_logs",
    "ai_protection",
)
DETECTOR = Group({**dict.fromkeys(FEATURES, DETECTED), "runtime_monitoring": RUNTIME})
GATEWAY = {"mode": Setting(("off", "block_ingress", "block_bidirectional")), "exclusions_allowed": SWITCH}
IMAGES = Group(
    {
        "allowed_image_providers": Setting(
            pattern="^[0-9]{12}$|^(amazon|aws_marketplace|aws_backup_vault)$", many=True
        ),
        "image_names": LIST,
        "marketplace_product_codes": LIST,
        "creation_date_condition": Group({"maximum_days_since_created": Setting(pattern=NUMBER)}),
        "deprecation_time_condition": Group({"maximum_days_since_deprecated": Setting(pattern=NUMBER)}),
    }
)
EC2 = Group(
    {
        "exception_message": TEXT,
        "vpc_block_public_access": Group({"internet_gateway_block": Group(GATEWAY, (*GATEWAY,))}),
        "serial_console_access": Group({"status": SWITCH}, ("status",)),
        "image_block_public_access": Group({"state": Setting(("unblocked", "block_new_sharing"))}, ("state",)),
        "snapshot_block_public_access": Group(
            {"state": Setting(("unblocked", "block_new_sharing", "block_all_sharing"))}, ("state",)
        ),
        "allowed_images_settings": Group(
            {
                "state": Setting(("enabled", "disabled", "audit_mode")),
                "image_criteria": Group(named=IMAGES, pattern="^criteria_([1-9]|10)$"),
            },
            ("state",),
        ),
        "instance_metadata_defaults": Group(
            {
                "http_tokens": Setting(("no_preference", "required", "optional")),
                "http_tokens_enforced": PREFERENCE,
                "http_put_response_hop_limit": Setting(pattern="^-1$|^[1-9]$|^[1-5][0-9]$|^6[0-4]$"),
                "http_endpoint": PREFERENCE,
                "instance_metadata_tags": PREFERENCE,
            }
        ),
        "vpc_encryption_control": None,
    }
)
SCANS = Group(
    {
        "ec2_scanning": IN_REGIONS,
        "ecr_scanning": IN_REGIONS,
        "lambda_standard_scanning": Group({**LISTS, "lambda_code_scanning": IN_REGIONS}, (*LISTS,)),
        "code_repository_scanning": IN_REGIONS,
    }
)
GUARDRAIL = Group(
    {
        "identifier": Setting(pattern="^arn:aws[a-z-]*:bedrock:[^:]+:[0-9]{12}:guardrail/[a-z0-9]+:[0-9]+$"),
        "input_tags": Setting(("honor", "ignore")),
        "selective_content_guarding": None,
        "model_enforcement": Group({"included_models": LIST, "excluded_models": LIST}),
    },
    ("identifier",),
)
TAG = Group({"tag_key": TEXT, "tag_value": LIST, "enforced_for": LIST, "report_required_tag_for": LIST})
OPT_OUT = Group({"opt_out_policy": Setting(("optIn", "optOut"))}, ("opt_out_policy",))
BEDROCK = Group(named=Group(named=GUARDRAIL), pattern=REGION)
DIRECTOR = Group({"network_security_scan": IN_REGIONS})
ORDERS = Group({"default": PATCH, "tags": Group(named=Group({"tag_values": Group(named=PATCH)}))})

TYPES: Mapping[PolicyType, tuple[Group, str]] = {
    PolicyType.AISERVICES_OPT_OUT_POLICY: (
        Group({"services": Group(named=OPT_OUT)}, ("services",)),
        "orgs_manage_policies_ai-opt-out_syntax.html",
    ),
    PolicyType.BACKUP_POLICY: (
        Group({"plans": Group(named=PLAN)}, ("plans",)),
        "orgs_manage_policies_backup_syntax.html",
    ),
    PolicyType.BEDROCK_POLICY: (
        Group({"bedrock": Group({"guardrail_inference": BEDROCK})}, ("bedrock",)),
        "orgs_manage_policies_bedrock_syntax.html",
    ),
    PolicyType.CHATBOT_POLICY: (Group({"chatbot": None}, ("chatbot",)), "orgs_manage_policies_chatbot_syntax.html"),
    PolicyType.DECLARATIVE_POLICY_EC2: (
        Group({"ec2_attributes": EC2}, ("ec2_attributes",)),
        "orgs_manage_policies_ec2_syntax.html",
    ),
    PolicyType.GUARDDUTY_POLICY: (
        Group(
            {"guardduty": Group({"enablement": Group(named=DETECTOR, pattern=f"^default$|{REGION}")}, ("enablement",))},
            ("guardduty",),
        ),
        "orgs_manage_policies_guardduty_syntax.html",
    ),
    PolicyType.INSPECTOR_POLICY: (
        Group({"inspector": Group({"enablement": SCANS}, ("enablement",))}, ("inspector",)),
        "orgs_manage_policies_inspector_syntax.html",
    ),
    PolicyType.NETWORK_SECURITY_DIRECTOR_POLICY: (
        Group({"network_security_director": Group({"enablement": DIRECTOR})}, ("network_security_director",)),
        "orgs_manage_policies_network_security_director_syntax.html",
    ),
    PolicyType.S3_POLICY: (
        Group(
            {"s3_attributes": Group({"public_access_block_configuration": Setting(("all", "none"))})},
            ("s3_attributes",),
        ),
        "orgs_manage_policies_s3_syntax.html",
    ),
    PolicyType.SECURITYHUB_CSPM_POLICY: (
        Group(named=None),
        "orgs_manage_policies_security_hub_cspm_syntax.html",
    ),
    PolicyType.SECURITYHUB_POLICY: (
        Group({"securityhub": IN_REGIONS}, ("securityhub",)),
        "orgs_manage_policies_security_hub_syntax.html",
    ),
    PolicyType.TAG_POLICY: (
        Group({"tags": Group(named=TAG)}, ("tags",)),
        "orgs_manage_policies_example-tag-policies.html",
    ),
    PolicyType.UPGRADE_ROLLOUT_POLICY: (
        Group({"upgrade_rollout": ORDERS}, ("upgrade_rollout",)),
        "orgs_manage_policies_upgrade_syntax.html",
    ),
}
"""The grammar of each type, and its page."""
