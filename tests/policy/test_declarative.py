"""The grammar of declarative policies: the examples of AWS's pages pass, and each rule has a case that breaks it."""

from __future__ import annotations

from typing import Any

import pytest

from org.model.policy import PolicyType
from org.policy.declarative import broken
from org.policy.grammar import mistakes
from org.policy.settings import TYPES
from org.policy.template import KINDS

AI, BACKUP, BEDROCK = PolicyType.AISERVICES_OPT_OUT_POLICY, PolicyType.BACKUP_POLICY, PolicyType.BEDROCK_POLICY
CHAT, EC2, GUARDDUTY = PolicyType.CHATBOT_POLICY, PolicyType.DECLARATIVE_POLICY_EC2, PolicyType.GUARDDUTY_POLICY
INSPECTOR, DIRECTOR = PolicyType.INSPECTOR_POLICY, PolicyType.NETWORK_SECURITY_DIRECTOR_POLICY
S3, CSPM, HUB = PolicyType.S3_POLICY, PolicyType.SECURITYHUB_CSPM_POLICY, PolicyType.SECURITYHUB_POLICY
TAG, UPGRADE = PolicyType.TAG_POLICY, PolicyType.UPGRADE_ROLLOUT_POLICY
ON = {"status": {"@@assign": "enabled"}}
BOTH = {"enable_in_regions": {"@@assign": ["ALL_SUPPORTED"]}, "disable_in_regions": {"@@assign": []}}
GUARDRAIL = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:1"
OWN = {"iam_role_arn": {"@@assign": "r"}, "tag_key": {"@@assign": "k"}, "tag_value": {"@@assign": ["v"]}}


def plan(**rule: Any) -> dict[str, Any]:
    """A backup policy whose one rule has these settings."""
    whole = {"target_backup_vault_name": {"@@assign": "v"}, **rule}
    return {
        "plans": {
            "p": {
                "regions": {"@@assign": ["eu-west-1"]},
                "rules": {"r": whole},
                "selections": {"tags": {"t": OWN}},
            }
        }
    }


def ec2(**attributes: Any) -> dict[str, Any]:
    return {"ec2_attributes": attributes}


def s3(**setting: Any) -> dict[str, Any]:
    return {"s3_attributes": {"public_access_block_configuration": setting}}


GOOD = [
    (
        AI,
        {
            "services": {
                "@@operators_allowed_for_child_policies": ["@@none"],
                "lex": {"opt_out_policy": {"@@assign": "optIn"}},
            }
        },
    ),
    (BACKUP, plan()),
    (
        BACKUP,
        plan(lifecycle={"move_to_cold_storage_after_days": {"@@assign": "7"}, "delete_after_days": {"@@assign": "97"}}),
    ),
    (BACKUP, plan(copy_actions={"arn:aws:backup:x": {"target_backup_vault_arn": {"@@assign": "arn:aws:backup:x"}}})),
    (BACKUP, {"plans": {"p": {"rules": {"r": {"lifecycle": {"delete_after_days": {"@@assign": "9"}}}}}}}),
    (BEDROCK, {"bedrock": {"guardrail_inference": {"us-east-1": {"c": {"identifier": {"@@assign": GUARDRAIL}}}}}}),
    (
        CHAT,
        {"chatbot": {"platforms": {"slack": {"client": {"@@assign": "enabled"}, "workspaces": {"@@assign": ["T1"]}}}}},
    ),
    (EC2, ec2(exception_message={"@@assign": "ask the platform team"})),
    (EC2, ec2(serial_console_access={"status": {"@@assign": "disabled"}})),
    (EC2, ec2(instance_metadata_defaults={"http_put_response_hop_limit": {"@@assign": "-1"}})),
    (EC2, ec2(instance_metadata_defaults={"http_put_response_hop_limit": {"@@assign": 4}})),
    (EC2, ec2(vpc_encryption_control={"mode": {"@@assign": "monitor"}})),
    (GUARDDUTY, {"guardduty": {"enablement": {"us-east-1": {"foundational": ON, "runtime_monitoring": ON}}}}),
    (INSPECTOR, {"inspector": {"enablement": {"lambda_standard_scanning": {**BOTH, "lambda_code_scanning": BOTH}}}}),
    (DIRECTOR, {"network_security_director": {"enablement": {"network_security_scan": BOTH}}}),
    (S3, s3(**{"@@assign": "none"})),
    (CSPM, {"anything": {"cspm_enablement": BOTH}}),
    (HUB, {"securityhub": {"enable_in_regions": {"@@append": ["eu-west-1"]}, "disable_in_regions": {"@@append": []}}}),
    (TAG, {"tags": {"costcenter": {"tag_key": {"@@assign": "CostCenter"}, "enforced_for": {"@@remove": ["ec2:*"]}}}}),
    (UPGRADE, {"upgrade_rollout": {"tags": {"env": {"tag_values": {"dev": {"patch_order": {"@@assign": "first"}}}}}}}),
]
BAD = [
    (S3, {}, "", "a policy of this type has one key at the top, and not 0: see orgs_manage_policies_s3_syntax.html"),
    (S3, {"s3_attributes": {}, "more": {}}, "", "a policy of this type has one key at the top, and not 2"),
    (S3, {"ec2_attributes": {}}, "ec2_attributes", "unknown key `ec2_attributes`"),
    (S3, s3(**{"@@assign": "some"}), "@@assign", "`some` is not one of `all`, `none`"),
    (S3, s3(**{"@@assign": ["all"]}), "@@assign", "`['all']` is a list"),
    (S3, s3(**{"@@append": ["all"]}), "@@append", "`@@append` on a setting of one value, which takes only `@@assign`"),
    (S3, s3(**{"@@asign": "all"}), "@@asign", "unknown operator `@@asign`: did you mean `@@assign`?"),
    (S3, s3(), "public_access_block_configuration", "no operator such as `@@assign`"),
    (S3, s3(**{"@@assign": "all", "x": {}}), "x", "`x` beside the operators of a setting"),
    (
        S3,
        {"s3_attributes": {"public_access_block_configuration": "all"}},
        "public_access_block_configuration",
        "`all` without",
    ),
    (
        S3,
        {"s3_attributes": {"@@assign": "all"}},
        "s3_attributes",
        "`s3_attributes` holds settings, and takes no operator",
    ),
    (
        S3,
        s3(**{"@@assign": "all", "@@operators_allowed_for_child_policies": ["none"]}),
        "@@operators_allowed_for_child_policies",
        "`['none']` is not a list of @@all, @@none, @@assign, @@append, @@remove",
    ),
    (TAG, {"tags": {"a": {"tag_value": {"@@assign": "x"}}}}, "@@assign", "`x` is not a list"),
    (TAG, {"tags": {"a": {"tag_valeu": {"@@assign": ["x"]}}}}, "tag_valeu", "did you mean `tag_value`?"),
    (TAG, {"tags": {"a": {"tag_value": {"@@assign": [{"x": 1}]}}}}, "@@assign", "`{'x': 1}` is not a value"),
    (HUB, {"securityhub": {"enable_in_regions": {"@@assign": []}}}, "securityhub", "`disable_in_regions` is missing"),
    (
        HUB,
        {"securityhub": {**BOTH, "enable_in_regions": {"@@assign": ["Ireland"]}}},
        "@@assign",
        "`Ireland` does not match",
    ),
    (
        GUARDDUTY,
        {"guardduty": {"enablement": {"default": {"s3_data_events": ON}}}},
        "default",
        "without `foundational`",
    ),
    (GUARDDUTY, {"guardduty": {"enablement": {"Ireland": {"foundational": ON}}}}, "Ireland", "unknown key `Ireland`"),
    (GUARDDUTY, {"guardduty": []}, "guardduty", "`[]` without an operator"),
    (
        EC2,
        ec2(instance_metadata_defaults={"http_put_response_hop_limit": {"@@assign": "65"}}),
        "@@assign",
        "does not match",
    ),
    (EC2, ec2(image_block_public_access={"state": {"@@assign": "block_all_sharing"}}), "@@assign", "is not one of"),
    (
        BACKUP,
        plan(lifecycle={"move_to_cold_storage_after_days": {"@@assign": "7"}, "delete_after_days": {"@@assign": "30"}}),
        "lifecycle",
        "deleted after 30 days, and it must be 97 at least",
    ),
    (
        UPGRADE,
        {"upgrade_rollout": {"default": {"patch_order": {"@@assign": "third"}}}},
        "@@assign",
        "`third` is not one of",
    ),
    (AI, {"services": {"default": {"opt_out_policy": {"@@assign": "optout"}}}}, "@@assign", "`optout` is not one of"),
]


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_what_aws_takes_passes(kind: PolicyType, document: dict[str, Any]) -> None:
    assert [] == list(broken(kind, document))


@pytest.mark.parametrize(("kind", "document", "place", "expected"), BAD)
def test_a_mistake_is_told_at_its_place(kind: PolicyType, document: dict[str, Any], place: str, expected: str) -> None:
    told = [message for where, message in broken(kind, document) if (where[-1] if where else "") == place]
    assert [message for message in told if expected in message]


def test_what_a_child_may_leave_out_the_merged_policy_may_not() -> None:
    part = {"plans": {"p": {"rules": {"r": {"lifecycle": {"delete_after_days": {"@@assign": "9"}}}}}}}
    assert [] == list(broken(BACKUP, part))
    missing = [message for _, message in broken(BACKUP, part, whole=True)]
    assert ["`regions` is missing", "`selections` is missing", "`target_backup_vault_name` is missing"] == missing


def test_every_declarative_type_has_a_grammar_a_folder_and_a_good_example() -> None:
    declarative = {kind for kind in PolicyType if kind.declarative}
    assert declarative == set(TYPES) == {kind for kind, _ in GOOD}
    assert set(KINDS.values()) == set(PolicyType)


def test_the_grammar_of_policies_leads_to_that_of_their_type() -> None:
    (mistake,) = mistakes(S3, s3(**{"@@assign": "some"}))
    assert ("s3_attributes", "public_access_block_configuration", "@@assign") == mistake.path
    assert mistake.statement is None
