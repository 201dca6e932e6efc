"""The organization that the benchmarks of the baseline run over: every component that exists, in four Regions."""

from __future__ import annotations

import json

from generate_accounts import accounts_file, entry

from org import baseline

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")
MANAGEMENT = "management"
SETTINGS: dict[str, dict] = {"kms-keys": {"keys": {"alias/baseline": {"services": ["ec2", "secretsmanager"]}}}}
"""Settings of components whose defaults would leave them nothing to look at."""


def key(number: int) -> str:
    """The key of an account in the file."""
    return entry(number).split("key: ", 1)[1].split("\n", 1)[0]


def text(count: int, names: list[str] | None = None) -> str:
    """An accounts.yaml with that many accounts, each of which declares these components (None: all)."""
    chosen = list(baseline.find()) if names is None else names
    declared = json.dumps({name: SETTINGS.get(name, {}) for name in chosen})
    return (
        accounts_file(count)
        .replace("baseline: {s3-public-access: {}}", f"baseline: {declared}")
        .replace("regions: [eu-west-1, eu-central-1, us-east-1]", f"regions: [{', '.join(REGIONS)}]")
    )
