"""Whole accounts files made of pieces: what a piece does not say comes from a small organization."""

from __future__ import annotations

import re

from org.load import Loaded, Vocabulary, load_text

ORGANIZATION = {
    "management": "  management: {name: acme, email: aws@acme.example}\n",
    "home_region": "  home_region: eu-west-1\n",
    "regions": "  regions: [eu-west-1]\n",
    "email_pattern": '  email_pattern: "aws+{key}@acme.example"\n',
}
TOP = {
    "version": "version: 1\n",
    "organization": "organization:\n",
    "organizational_units": "organizational_units:\n  Workloads:\n    units: {Prod: {}, Dev: {}}\n",
}
VOCABULARY = Vocabulary(
    components={
        "cloudtrail": {
            "type": "object",
            "properties": {
                "account": {"type": "string", "format": "account-key"},
                "days": {"type": "integer", "minimum": 1, "default": 30},
                "encrypt": {"type": "boolean", "default": True},
            },
        },
        "s3-public-access": {"type": "object", "properties": {}},
    },
    policies={
        "deny-root": {"type": "object", "properties": {}},
        "protect-cloudtrail": {"type": "object", "properties": {}},
        "restrict-regions": {
            "type": "object",
            "additionalProperties": False,
            "required": ["regions"],
            "properties": {
                "regions": {
                    "anyOf": [
                        {"type": "array", "items": {"type": "string"}},
                        {"type": "string", "enum": ["$organization.regions"]},
                    ]
                },
                "note": {"type": "string"},
            },
        },
    },
)


def complete(piece: str) -> str:
    """A whole file: the piece, and the blocks that it does not have; a piece with a version is whole already."""
    has = set(re.findall(r"^(\w+):", piece, re.MULTILINE))
    if "version" in has:
        return piece
    inner = set(re.findall(r"^  (\w+):", piece.partition("organization:\n")[2], re.MULTILINE))
    lines = "".join(line for key, line in ORGANIZATION.items() if key not in inner)
    missing = "".join(block for key, block in TOP.items() if key not in has)
    if "organization" in has:
        return missing + piece.replace("organization:\n", f"organization:\n{lines}", 1)
    return missing.replace("organization:\n", f"organization:\n{lines}", 1) + piece


def loaded(piece: str) -> Loaded:
    """What a piece of accounts.yaml gives."""
    return load_text(complete(piece), vocabulary=VOCABULARY)


def told(piece: str) -> list[tuple[str, str, str]]:
    """The findings of a piece: the rule, the text that is pointed at, and the message."""
    result = loaded(piece)
    lines = {name: text.splitlines() for name, text in result.sources.items()}
    return [
        (one.rule, lines[one.span.file][one.span.line - 1][one.span.column - 1 : one.span.end_column - 1], one.message)
        for one in result.findings
        if one.span
    ]
