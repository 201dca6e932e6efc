"""The small shapes that the schema of accounts.yaml is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

Schema = dict[str, Any]

END: Final = r"(?![\s\S])"
"""The end of the text in every dialect: in Python's, `$` also matches before a last line break."""


HOW_ROLE: Final = "1 to 64 letters, digits and `+ = , . @ _ -`"
HOW_KEY: Final = "small letters, digits and `-`, with a letter first; at most 63 characters"
ONE_LINE: Final[Schema] = {"pattern": r"[^\r\n]+", "how": "one line of text"}
HOW_NAME: Final = "1 to 50 printable ASCII characters"


def text(description: str, *examples: Any, pattern: str = "", how: str = "", **more: Any) -> Schema:
    """The schema of a text; `pattern` must match the whole of it, and `how` says so in words."""
    shape: Schema = {"type": "string", "description": description, "examples": list(examples), **more}
    if pattern:
        shape["pattern"] = f"^(?:{pattern}){END}"
    return {**shape, "x-help": how} if how else shape


def listing(description: str, items: Schema, *examples: Any, **more: Any) -> Schema:
    """The schema of a list without duplicates."""
    return {
        "type": "array",
        "description": description,
        "examples": list(examples),
        "items": items,
        "uniqueItems": True,
        **more,
    }


def record(description: str, properties: Schema, required: Iterable[str] = (), *examples: Any, **more: Any) -> Schema:
    """The schema of a mapping that has these keys and no other."""
    shape: Schema = {"type": "object", "description": description, "examples": list(examples)}
    shape |= {"properties": properties, "required": list(required), "additionalProperties": False}
    return {**shape, **more}


def reference(name: str, description: str, *examples: Any) -> Schema:
    """A use of a definition; the description stands beside it for editors that show it."""
    return {"$ref": f"#/definitions/{name}", "description": description, "examples": list(examples)}


def role(description: str, default: str) -> Schema:
    """The schema of a role name, https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html."""
    return text(
        description, default, pattern=r"[A-Za-z0-9+=,.@_-]+", minLength=1, maxLength=64, default=default, how=HOW_ROLE
    )


def account_id() -> Schema:
    """The schema of an account id."""
    return text(
        "The account's id: 12 digits, in quotes. It is written back when the account has been created.",
        "123456789012",
        how="an account id has 12 digits",
        pattern="[0-9]{12}",
        minLength=12,
        maxLength=12,
    )


def email(description: str) -> Schema:
    """The schema of an address; `org.load.checks.email` knows AWS's rules for it."""
    return text(
        description,
        "aws+payments@acme.example",
        minLength=6,
        maxLength=64,
        how="AWS takes 6 to 64 characters",
        **{"x-rule": "ORG042"},
    )


def account_key(description: str) -> Schema:
    """The schema of an account's key."""
    return text(
        description,
        "payments-prod",
        how=HOW_KEY,
        pattern="[a-z][a-z0-9-]*",
        minLength=1,
        maxLength=63,
        **{"x-rule": "ORG060"},
    )


def account_name(description: str) -> Schema:
    """The schema of an account's name, https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html."""
    return text(
        description,
        "acme-payments-prod",
        how=HOW_NAME,
        pattern="[ -~]+",
        minLength=1,
        maxLength=50,
        **{"x-rule": "ORG044"},
    )


def region(description: str) -> Schema:
    """The schema of a Region's name."""
    return text(
        description,
        "eu-west-1",
        how="write the Region's code, for instance `eu-west-1`",
        pattern="[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}",
        maxLength=32,
    )


def service(description: str) -> Schema:
    """The schema of a service principal."""
    return text(
        description,
        "guardduty.amazonaws.com",
        how="write the principal, for instance `guardduty.amazonaws.com`",
        pattern=r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?",
        maxLength=128,
    )


def person() -> Schema:
    """The schema of an alternate contact, https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html."""
    return record(
        "Whom AWS writes to. All four fields are needed, because AWS takes them only together.",
        {
            "name": text(
                "The name of the person or the team.", "Cloud security", minLength=1, maxLength=64, **ONE_LINE
            ),
            "title": text("The title or the function.", "On call", minLength=1, maxLength=50, **ONE_LINE),
            "email": text(
                "The address.",
                "security@acme.example",
                how="write it as `name@domain.example`",
                minLength=3,
                maxLength=254,
                pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
            ),
            "phone": text(
                "The number, in quotes: unquoted, YAML reads it as a number.",
                "+44 20 7946 0000",
                minLength=1,
                maxLength=25,
                how="1 to 25 digits, spaces, `+`, `-` and brackets",
                pattern=r"[\s0-9()+-]+",
            ),
        },
        ("name", "title", "email", "phone"),
    )
