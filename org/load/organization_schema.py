"""The part of the schema under `organization`: what holds for the organization as a whole."""

from __future__ import annotations

from org.load.shapes import (
    Schema,
    account_id,
    account_key,
    account_name,
    email,
    listing,
    record,
    reference,
    region,
    role,
    service,
    text,
)
from org.model.policy import PolicyType


def organization() -> Schema:
    """The schema of the whole part."""
    return record(
        "What holds for the organization as a whole.",
        {
            "management": management(),
            **places(),
            **addresses(),
            "pipeline": pipeline(),
            **services(),
            **policies(),
            **accounts(),
        },
        ("management", "home_region", "regions"),
        {
            "management": {"name": "acme", "email": "aws@acme.example"},
            "home_region": "eu-west-1",
            "regions": ["eu-west-1", "us-east-1"],
        },
    )


def management() -> Schema:
    """The schema of the management account."""
    return record(
        "The management account. Policies have no effect in it.",
        {
            "key": {**account_key("The key of the management account."), "default": "management"},
            "name": account_name("The name of the account, as AWS shows it."),
            "email": email("The address of the account's root user."),
            "id": account_id(),
            "tags": reference("tags", "Tags of the management account.", {"environment": "management"}),
            "baseline": reference("baseline", "Baseline settings that differ for the management account.", {}),
        },
        ("name", "email"),
        {"name": "acme", "email": "aws@acme.example"},
    )


def places() -> Schema:
    """The properties about Regions."""
    return {
        "home_region": region("The Region that holds what exists once, for instance trails; one of `regions`."),
        "regions": listing(
            "The Regions that the baseline is written to.",
            region("A Region."),
            ["eu-west-1", "us-east-1"],
            minItems=1,
        ),
    }


def addresses() -> Schema:
    """The properties about accounts' e-mail addresses."""
    return {
        "email_pattern": text(
            "The address of accounts that name none; `{key}` stands for the account's key.",
            "aws+{key}@acme.example",
            how="write `{key}` once, where the account's key goes",
            pattern=r"[^{}]*\{key\}[^{}]*",
            maxLength=64,
        ),
        "email_domains": listing(
            "The only domains that accounts' addresses may have.",
            text("A domain.", "acme.example"),
            ["acme.example"],
        ),
    }


def pipeline() -> Schema:
    """The schema of the roles of a run."""
    bootstrap = role(
        "The role used only where the apply role is not there yet; null for none.", "OrganizationAccountAccessRole"
    )
    return record(
        "The names of the roles that a run assumes in each member account.",
        {
            "plan_role": role("The role that reads.", "org-baseline-plan"),
            "apply_role": role("The role that writes.", "org-baseline-apply"),
            "break_glass_role": role("The role for emergencies; policies exempt it.", "org-break-glass"),
            "bootstrap_role": {**bootstrap, "type": ["string", "null"]},
        },
        (),
        {"plan_role": "org-baseline-plan"},
    )


def services() -> Schema:
    """The properties about AWS services that work across the organization."""
    return {
        "trusted_services": listing(
            "Service principals with access to the organization.",
            service("A service principal."),
            ["guardduty.amazonaws.com"],
        ),
        "delegated_administrators": {
            "type": "object",
            "description": "The account, or accounts, that administer a service, by the service's principal.",
            "examples": [{"guardduty.amazonaws.com": "security"}],
            "propertyNames": service("A service principal."),
            "additionalProperties": {
                "type": ["string", "array"],
                "description": "The key of an account, or a list of keys.",
                "items": account_key("The key of an account."),
                "uniqueItems": True,
            },
        },
    }


def policies() -> Schema:
    """The properties about how policies are made."""
    kinds = {
        kind.value: reference(
            "policy_quota", f"Your quotas of policies of the type {kind.value}.", {"characters": 5120}
        )
        for kind in PolicyType
    }
    return {
        "policy_quotas": record(
            "AWS's quotas of policies, by policy type, where they are not the ones that this program knows.",
            kinds,
            (),
            {"SERVICE_CONTROL_POLICY": {"characters": 5120, "attached": 5}},
        ),
        "action_wildcards": {
            "type": "boolean",
            "description": "True shortens lists of actions with wildcards that match the same actions today.",
            "default": False,
            "examples": [True],
        },
    }


def policy_quota() -> Schema:
    """The schema of the quotas of one policy type; the names are those of `org.policy.quota.Quota`."""

    def number(description: str, example: int, least: int = 0) -> Schema:
        shape: Schema = {"type": "integer", "description": description, "examples": [example]}
        return {**shape, "minimum": least, "maximum": 1_000_000}

    return record(
        "Quotas of one policy type; what is not given stays as this program knows it.",
        {
            "characters": number("The characters that one document may have.", 5120, 1),
            "attached": number("How many policies one root, unit or account may carry, AWS's own included.", 5, 1),
            "policies": number("How many policies the organization may have.", 1000, 1),
            "aws_attached": number("How many of those that a target carries are AWS's own.", 1),
            "kept_free": number("How many places on a target stay free for replacing a policy.", 1),
        },
        (),
        {"characters": 5120},
    )


def accounts() -> Schema:
    """The properties about every account."""
    return {
        "required_tags": listing(
            "Keys of tags that every account must have, its own or inherited.",
            text("A tag key.", "environment", minLength=1, maxLength=128),
            ["environment"],
        ),
        "contacts": reference("contacts", "Alternate contacts of every account that names no nearer ones.", {}),
    }
