"""The organization that the benchmarks of the baseline run over: every component that exists, in four Regions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org import baseline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")
TYPICAL = "account-00000"
SPECIAL = ("management", "log-archive", "security")
"""The accounts that components of the organization act in or reach into; each has answers of its own."""
TRUSTED = (
    *("access-analyzer", "account", "backup", "cloudtrail", "config", "guardduty", "iam", "inspector2", "macie"),
    *("malware-protection.guardduty", "securityhub", "storage-lens.s3", "tagpolicies.tag"),
)
HEAD = """\
version: 1
organization:
  management: {{name: acme, email: aws@acme.example, key: management}}
  home_region: eu-west-1
  regions: [{regions}]
  email_pattern: "aws+{{key}}@acme.example"
  trusted_services: [{trusted}]
policies: [deny-leave-organization, deny-root]
organizational_units: {{Workloads: {{}}, Security: {{}}}}
baseline: {baseline}
accounts:
  - {{key: log-archive, name: acme-log-archive, ou: Security, id: "900000000001"}}
  - {{key: security, name: acme-security, ou: Security, id: "900000000002"}}
"""
BUCKET = "acme-config"
SETTINGS: dict[str, dict[str, Any]] = {
    "kms-keys": {"keys": {"alias/baseline": {"services": ["ec2", "secretsmanager"]}}},
    "config-recorder": {"bucket": BUCKET},
}
"""Settings of components whose defaults would leave them nothing to look at."""
SECRETS = tuple(json.dumps({"Name": f"app-{number}/database", "SecretString": "{}"}) for number in range(2))
PREPARED = (
    ("s3", "us-east-1", f"PUT /{BUCKET}", "", ""),
    *(
        ("secretsmanager", place, "POST /", "secretsmanager.CreateSecret", text)
        for place in REGIONS
        for text in SECRETS
    ),
)
"""What is there before the first run, as requests of the typical account: service, Region, line, target and body."""


def key(number: int) -> str:
    """The key of an account; all are of one length, so that answers are."""
    return f"account-{number:05}"


def text(
    count: int,
    names: Sequence[str] | None = None,
    *,
    regions: Sequence[str] = REGIONS,
    settings: Mapping[str, Mapping[str, Any]] = SETTINGS,
) -> str:
    """An accounts.yaml with that many accounts beside the special ones; all declare these components (None: every)."""
    chosen = list(baseline.find()) if names is None else names
    head = HEAD.format(
        regions=", ".join(regions),
        trusted=", ".join(f"{service}.amazonaws.com" for service in TRUSTED),
        baseline=json.dumps({name: settings.get(name, {}) for name in chosen}),
    )
    entry = '  - {{key: {key}, name: acme-{key}, ou: Workloads, id: "{id}"}}\n'
    return head + "".join(entry.format(key=key(n), id=100_000_000_000 + n * 7_919) for n in range(count))
