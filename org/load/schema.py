"""The JSON Schema (draft-07) of accounts.yaml: the one source of its shape, for the loader, for editors and for docs.

The settings of baseline components and the parameters of policy templates are not known here; they are handed in as a
Vocabulary. `x-rule` names the rule that a bad value breaks where that is not ORG023.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from org.load.declared import ROOT_ITSELF
from org.load.organization_schema import organization, policy_quota
from org.load.shapes import (
    ONE_LINE,
    Schema,
    account_id,
    account_key,
    account_name,
    email,
    listing,
    person,
    record,
    reference,
    text,
)

if TYPE_CHECKING:
    from org.load import Vocabulary


DRAFT: Final = "http://json-schema.org/draft-07/schema#"
KINDS: Final = ("security", "billing", "operations")
STATES: Final = ("active", "suspended", "closed")


def unit() -> Schema:
    """The schema of an organizational unit."""
    return record(
        "An organizational unit. Its settings hold for everything below it.",
        {
            "units": {
                "type": ["object", "null"],
                "description": "The units below, by name.",
                "examples": [{"Prod": {}}],
                "additionalProperties": {"$ref": "#/definitions/unit"},
            },
            "policies": reference(
                "policies", "Policies attached to this unit, besides those from above.", ["deny-root"]
            ),
            "tags": reference(
                "tags",
                "Tags of the unit, of the units below and of their accounts; the nearest wins.",
                {"environment": "prod"},
            ),
            "baseline": reference(
                "baseline", "Baseline settings for the accounts below; the nearest wins, setting by setting.", {}
            ),
            "contacts": reference("contacts", "Alternate contacts of the accounts below; the nearest wins.", {}),
            "was": text(
                "The path this unit had before; it is renamed, not made anew.", "Workloads/Production", minLength=1
            ),
            "protected": {
                "type": "boolean",
                "description": "True keeps the unit from being renamed or deleted.",
                "default": False,
                "examples": [True],
            },
        },
        (),
        {"policies": ["deny-root"], "units": {"Prod": {}}},
        type=["object", "null"],
    )


def account(unit_paths: Iterable[str]) -> Schema:
    """The schema of an account; with paths, `ou` must be one of them, so that an editor can offer them."""
    return record(
        "One account. Removing an entry never closes an account: that is `state: closed`, with a reason.",
        {**identity(list(unit_paths)), **attachments(), **life()},
        ("key", "ou"),
        {"key": "payments-prod", "ou": "Workloads/Prod"},
    )


def identity(unit_paths: list[str]) -> Schema:
    """The properties that say which account it is, where it is and whose."""
    return {
        "key": account_key("The name this file has for the account; it never changes, and other entries refer to it."),
        "name": account_name("The name that AWS shows; the key where there is none. It may change."),
        "email": email(
            "The address of the account's root user, unique in all of AWS; by default made from `email_pattern`."
        ),
        "ou": text(
            "The path of the organizational unit, from the root down; `/` is the root itself.",
            "Workloads/Prod",
            minLength=1,
            **one_of([*unit_paths, ROOT_ITSELF] if unit_paths else []),
        ),
        "owner": text(
            "Who answers for the account: a person's or a team's address or name.",
            "payments@acme.example",
            minLength=1,
            maxLength=254,
            **ONE_LINE,
        ),
        "id": account_id(),
    }


def attachments() -> Schema:
    """The properties that an account adds to what it inherits."""
    return {
        "tags": reference("tags", "Tags of the account; they win over inherited ones.", {"service": "payments"}),
        "contacts": reference("contacts", "Alternate contacts of the account; they win over inherited ones.", {}),
        "policies": reference(
            "policies", "Policies attached to this account, besides those from above.", ["deny-root"]
        ),
        "baseline": reference("baseline", "Baseline settings that differ for this account.", {}),
    }


def life() -> Schema:
    """The properties about closing an account."""
    return {
        "protected": {
            "type": "boolean",
            "description": "True keeps the account from being closed.",
            "default": False,
            "examples": [True],
        },
        "state": {
            "type": "string",
            "description": "What the account should be; closing it needs `close_reason`.",
            "enum": list(STATES),
            "default": "active",
            "examples": ["closed"],
        },
        "close_reason": text(
            "Why the account is closed, for the people who review it.",
            "the product was retired in May",
            minLength=1,
            maxLength=500,
        ),
    }


def one_of(names: list[str]) -> Schema:
    """The constraint to one of these names; none where there are no names."""
    return {"enum": names} if names else {}


def policies(vocabulary: Vocabulary, fill: bool) -> Schema:
    """The schema of a list of policies; with `fill`, a name must be that of a template."""
    names = sorted(vocabulary.policies)
    listed = one_of(names if fill else [])
    long_form = record(
        "A policy template with its parameters.",
        {
            "use": text(
                "The name of the template: its file in scps/ without the ending.",
                "restrict-regions",
                minLength=1,
                **listed,
            ),
            "with": {
                "type": "object",
                "description": "The template's parameters.",
                "examples": [{"regions": "$organization.regions"}],
            },
            "name": text(
                "The name of the policy in AWS, where it is not the template's.",
                "eu-only",
                minLength=1,
                maxLength=128,
                **ONE_LINE,
            ),
        },
        ("use",),
        {"use": "restrict-regions", "with": {"regions": "$organization.regions"}},
        allOf=[chosen(name, vocabulary.policies[name]) for name in names],
    )
    bare = text("The name of a template that needs no parameters.", "deny-root", minLength=1, **listed)
    return {
        "type": "array",
        "description": "Policies, each by the name of its template or with parameters. They add to those from above.",
        "examples": [["deny-root", {"use": "restrict-regions", "with": {"regions": "$organization.regions"}}]],
        "uniqueItems": True,
        "maxItems": 100,
        "items": {"anyOf": [bare, long_form], "description": "A policy: a name, or `use` and `with`."},
    }


def chosen(name: str, parameters: Mapping[str, Any]) -> Schema:
    """The parameters of one template, for entries that use it."""
    used = {"properties": {"use": {"const": name}}, "required": ["use"]}
    return {"if": used, "then": {"properties": {"with": dict(parameters)}}}


def baseline(components: Mapping[str, Mapping[str, Any]]) -> Schema:
    """The schema of baseline settings, from those of each component."""
    properties = {name: {**shape, **switch(shape)} for name, shape in sorted(components.items())}
    return record(
        "Components of the baseline with their settings: `{}` switches one on, `false` switches it off from here down.",
        properties,
        (),
        {name: {} for name in sorted(components)[:1]},
        **{"x-rule": "ORG037"},
    )


def switch(shape: Mapping[str, Any]) -> Schema:
    """What makes a component's settings also a switch."""
    about = shape.get("description", "Settings of the component.")
    return {
        "type": ["object", "boolean", "null"],
        "description": f"{about} `false` switches it off.",
        "additionalProperties": False,
    }


def definitions(vocabulary: Vocabulary, unit_paths: Iterable[str], fill: bool) -> Schema:
    """The parts that are used in several places."""
    return {
        "account": account(unit_paths),
        "unit": unit(),
        "policies": policies(vocabulary, fill),
        "baseline": baseline(vocabulary.components),
        "contacts": record(
            "Alternate contacts of accounts.", {kind: {"$ref": "#/definitions/contact"} for kind in KINDS}
        ),
        "contact": person(),
        "policy_quota": policy_quota(),
        "tags": {
            "type": "object",
            "description": "Tags. A value of null removes the tag, and keeps it from being inherited.",
            "examples": [{"environment": "prod", "cost-center": "4711"}],
            "additionalProperties": {
                "type": ["string", "null"],
                "maxLength": 256,
                "x-rule": "ORG046",
                "description": "The tag's value, as text.",
            },
        },
    }


def schema(vocabulary: Vocabulary, unit_paths: Iterable[str] = (), *, fill: bool = False) -> Schema:
    """The schema of accounts.yaml; `fill` and `unit_paths` narrow names to those that exist, for completion."""
    top = record(
        "An AWS organization: its accounts, organizational units, policies and security baseline.",
        {
            "version": {"type": "integer", "const": 1, "description": "The version of this format.", "examples": [1]},
            "organization": organization(),
            "policies": reference(
                "policies", "Policies attached to the root, so to every member account.", ["deny-root"]
            ),
            "baseline": reference("baseline", "Baseline settings for every account.", {}),
            "tags": reference("tags", "Tags of every organizational unit and account.", {"managed-by": "platform"}),
            "organizational_units": {
                "type": ["object", "null"],
                "description": "The organizational units below the root, by name.",
                "examples": [{"Workloads": {"units": {"Prod": {}}}}],
                "additionalProperties": {"$ref": "#/definitions/unit"},
            },
            "accounts": accounts(),
            "include": listing(
                "Files with more accounts, as patterns relative to this file and inside its folder.",
                text("A pattern.", "accounts.d/*.yaml", minLength=1),
                ["accounts.d/*.yaml"],
            ),
        },
        ("version", "organization"),
    )
    head = {"$schema": DRAFT, "title": "accounts.yaml"}
    return {**head, **top, "definitions": definitions(vocabulary, unit_paths, fill)}


def accounts() -> Schema:
    """The schema of the list of accounts."""
    items = {"$ref": "#/definitions/account"}
    return {
        "type": ["array", "null"],
        "description": "The member accounts.",
        "examples": [[{"key": "payments", "ou": "Workloads"}]],
        "items": items,
    }


def included(vocabulary: Vocabulary, unit_paths: Iterable[str] = (), *, fill: bool = False) -> Schema:
    """The schema of a file that `include` names: it holds accounts and nothing else."""
    version = {"type": "integer", "const": 1, "description": "The version of this format.", "examples": [1]}
    top = record("Accounts of an organization.", {"version": version, "accounts": accounts()}, ("accounts",))
    head = {"$schema": DRAFT, "title": "included accounts"}
    return {**head, **top, "definitions": definitions(vocabulary, unit_paths, fill)}


def printed(shape: Schema) -> str:
    """The schema as the text of a file."""
    return json.dumps(shape, indent=2, ensure_ascii=False) + "\n"
