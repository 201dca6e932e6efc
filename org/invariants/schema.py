"""The JSON Schema (draft-07) of an invariants file."""

from __future__ import annotations

from typing import Any, Final

from org.load.shapes import listing, record, text

ACTIONS: Final = "Actions as policies have them: `s3:GetObject`, or with wildcards, `s3:Put*`."
CLAIMS: Final = ("denied", "allowed", "never_denied", "equivalent", "implies")
"""The keys of which each invariant has one."""
OF_REQUESTS: Final = CLAIMS[:3]


def schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return record(
        "What must hold of the policies of an organization, whatever else changes.",
        {
            "version": {"type": "integer", "enum": [1], "description": "The version of this format.", "examples": [1]},
            "invariants": {
                "type": "array",
                "description": "The invariants, each a claim that `org prove` proves or refutes.",
                "examples": [],
                "items": invariant(),
            },
        },
        ["version", "invariants"],
    )


def invariant() -> dict[str, Any]:
    """The schema of one invariant."""
    return record(
        "One claim, and what it is about.",
        {
            "name": text("A name of its own.", "nobody-stops-cloudtrail", minLength=1, maxLength=120),
            "why": text("What somebody should know whose change breaks it.", "the audit needs every trail"),
            "in": _texts("The units whose accounts it is about, by path; `/` is all. Left out: all.", "Workloads/Prod"),
            "accounts": _texts("The accounts that it is about, by key, besides those of `in`.", "payments-prod"),
            "not_in": _texts("Units whose accounts it is not about.", "Suspended"),
            "who": {
                "type": "string",
                "enum": ["members", "outsiders", "services"],
                "default": "members",
                "description": "Whose requests: of the accounts' own principals, of anyone outside the organization to "
                "resources there, or of AWS services to them.",
                "examples": ["outsiders"],
            },
            "denied": _texts(f"Nobody can do these. {ACTIONS}", "cloudtrail:StopLogging"),
            "allowed": _texts(f"These stay possible, each of them for each of `by`. {ACTIONS}", "ec2:Describe*"),
            "never_denied": _texts(f"No guardrail denies any request for these. {ACTIONS}", "sts:GetCallerIdentity"),
            "by": _texts(
                "The principals: names of roles with their path, `user/NAME`, `root`, or ARNs; with wildcards.",
                "org-baseline-plan",
            ),
            "except": _texts("Principals that it is not about, written as in `by`.", "org-break-glass"),
            "on": _texts("The resources, as policies have them. Left out: any.", "arn:aws:s3:::acme-logs/*"),
            "when": {
                "type": "object",
                "description": "A condition that the requests meet, written like the Condition of a policy.",
                "examples": [{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}],
            },
            "equivalent": _pair("Two policy documents, or folders of them, that say the same to every request."),
            "implies": _pair("What the first of two documents or folders allows, the second allows too."),
            "kind": {
                "type": "string",
                "enum": ["scp", "rcp"],
                "description": "What the documents are. Left out: told from each file.",
                "examples": ["rcp"],
            },
        },
        ["name"],
    )


def _texts(description: str, *examples: str) -> dict[str, Any]:
    """A text, or several in a list."""
    one = text(description, *examples, minLength=1)
    return {"anyOf": [one, listing(description, one, list(examples), minItems=1)], "description": description}


def _pair(description: str) -> dict[str, Any]:
    one = text("A file or a folder, from the folder of this file.", "policies/a.json", minLength=1)
    return {
        "type": "array",
        "description": description,
        "examples": [["policies/a.json", "policies/b.json"]],
        "items": one,
        "minItems": 2,
        "maxItems": 2,
    }
