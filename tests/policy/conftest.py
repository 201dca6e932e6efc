from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from org.model.organization import Account, Organization
from org.policy import Library, library

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.policy import PolicyUse

ROOT = Path(__file__).parents[2]
REGIONS = ("eu-west-1", "eu-central-1")
TEMPLATE = """\
name: {name}
kind: scp
title: A guardrail
description: What it is for.
parameters:
  roles:
    description: Names of roles.
    type: array
    items: {{type: string}}
    default: [admin]
statements:
  - Sid: First
    Effect: Deny
    Action: "s3:*"
    Resource: "*"
    Condition:
      ArnNotLike:
        aws:PrincipalArn: {{$concat: ["arn:aws:iam::*:role/", {{$param: roles}}]}}
"""


@pytest.fixture(scope="session")
def shipped() -> Library:
    return library([ROOT / "scps"])


@pytest.fixture
def organization() -> Callable[..., Organization]:
    def made(*uses: PolicyUse) -> Organization:
        management = Account("acme", "acme", "aws@acme.example", ou=None, id="111122223333", management=True)
        return Organization(accounts=(management,), policy_uses=uses, regions=REGIONS, home_region="eu-west-1")

    return made


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A folder of templates: file name to text; a name without a folder is an SCP."""

    def made(place: str = "scps", **files: str) -> Path:
        root = tmp_path / place
        for name, text in files.items():
            file = root / "scp" / f"{name.replace('_', '-')}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return root

    return made
