"""The settings of the organization's trail."""

from __future__ import annotations

from typing import Any

NAMES: dict[str, Any] = {
    "type": "array",
    "uniqueItems": True,
    "default": [],
    "items": {"type": "string", "minLength": 1},
}
DAYS: dict[str, Any] = {"type": ["integer", "null"], "default": None, "minimum": 1}
SETTINGS: dict[str, dict[str, Any]] = {
    "account": {
        "type": "string",
        "default": "log-archive",
        "description": "The account, by key, that keeps the logs.",
    },
    "trail": {
        "type": "string",
        "pattern": "^[A-Za-z0-9](?!.*[._-]{2})[A-Za-z0-9._-]{1,126}[A-Za-z0-9]$",
        "default": "org-baseline",
        "description": "The name of the trail; one of that name in the management account becomes it.",
    },
    "bucket": {
        "type": "string",
        "pattern": r"^([a-z0-9.-]|\{(account|region|organization)\}){3,100}$",
        "default": "org-cloudtrail-{account}-{region}",
        "description": "The name of the bucket, with `{account}` (the id of the account that keeps the logs), "
        "`{region}` and `{organization}`. One that is there is made to fit, its key too: name none that others than "
        "trails write to.",
    },
    "prefix": {
        "type": "string",
        "pattern": "^([A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*)?$",
        "maxLength": 200,
        "default": "",
        "description": "The folder of the bucket that the logs are in; empty for none.",
    },
    "key": {
        "type": "string",
        "pattern": r"^alias/(?!aws/)[A-Za-z0-9/_-]{1,250}$",
        "default": "alias/org-cloudtrail",
        "description": "The alias of the KMS key that encrypts the logs, made in the account that keeps them.",
    },
    "key_rotation_days": {
        "type": ["integer", "null"],
        "minimum": 90,
        "maximum": 2560,
        "default": 365,
        "description": "Days after which KMS makes new key material; null leaves the rotation as it is.",
    },
    "key_administrators": {
        **NAMES,
        "description": "Roles of the account that keeps the logs (names, or ARNs) that administer the key.",
    },
    "readers": {
        **NAMES,
        "description": "Other accounts, by key, whose own policies decide who reads the logs.",
        "examples": [["security"]],
    },
    "object_lock": {
        "type": ["object", "null"],
        "default": None,
        "additionalProperties": False,
        "required": ["mode", "days"],
        "properties": {
            "mode": {"type": "string", "enum": ["GOVERNANCE", "COMPLIANCE"], "description": "Who may lift it."},
            "days": {"type": "integer", "minimum": 1, "maximum": 36500, "description": "How long logs are locked."},
        },
        "description": "Logs that nobody can delete or overwrite for that long, in COMPLIANCE mode not even a root "
        "user. Only a new bucket gets it.",
        "examples": [{"mode": "GOVERNANCE", "days": 365}],
    },
    "archive_after_days": {**DAYS, "description": "Days after which logs go to cheaper storage; null for never."},
    "expire_after_days": {**DAYS, "description": "Days after which logs are deleted; null for never."},
    "access_log_bucket": {
        "type": ["string", "null"],
        "default": None,
        "minLength": 3,
        "maxLength": 63,
        "description": "A bucket of the same account and Region for the log of who reads the logs; it must let S3 "
        "write. null leaves that setting alone.",
    },
    "data_events": {
        "type": "array",
        "default": [],
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "What it is called."},
                "type": {"type": "string", "pattern": "^AWS::[A-Za-z0-9:]+$", "description": "The kind of resource."},
                "arns": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "minLength": 1},
                    "description": "How the ARNs of the resources begin; all of them where it is left out.",
                },
                "read_only": {"type": ["boolean", "null"], "description": "Only reads, or only writes."},
            },
            "description": "Data events of one kind of resource.",
        },
        "description": "Data events that are recorded beside all management events. Each costs money.",
        "examples": [[{"type": "AWS::S3::Object", "read_only": False}, {"type": "AWS::Lambda::Function"}]],
    },
    "insights": {
        "type": ["array", "null"],
        "uniqueItems": True,
        "default": None,
        "items": {"type": "string", "enum": ["ApiCallRateInsight", "ApiErrorRateInsight"]},
        "description": "Insights that are on, and no others; null leaves them alone. They cost money.",
    },
    "log_group": {
        "type": ["string", "null"],
        "pattern": "^[A-Za-z0-9_/.#-]{1,512}$",
        "default": None,
        "description": "A CloudWatch log group of the management account that the trail delivers to as well; null "
        "leaves that delivery alone.",
        "examples": ["org-baseline/cloudtrail"],
    },
    "log_retention_days": {
        "type": ["integer", "null"],
        "minimum": 1,
        "default": 365,
        "description": "Days that the log group keeps events, as CloudWatch Logs takes them; one that keeps those it "
        "has longer goes on doing so, and null leaves it alone.",
    },
    "log_role": {
        "type": "string",
        "pattern": "^[A-Za-z0-9_+=,.@-]{1,64}$",
        "default": "org-baseline-cloudtrail",
        "description": "The role that CloudTrail delivers to the log group with.",
    },
    "delegated_administrator": {
        "type": ["string", "null"],
        "default": None,
        "description": "The account, by key, that should administer CloudTrail; reported where it does not.",
    },
    "late_after_hours": {
        "type": "integer",
        "minimum": 1,
        "default": 24,
        "description": "Hours without a delivery after which a trail that records is reported.",
    },
}
