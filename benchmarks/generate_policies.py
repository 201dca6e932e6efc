"""Writes a chain of 20 SCPs with 400 statements, and 20,000 requests against it, in the format of docs/decide.md.

`generate_policies.py FOLDER [REQUESTS]` writes `scenario.json` and `requests.jsonl`. The same number of requests gives
the same files wherever the same action data is installed.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from org.access.actions import service, services

LEVELS, SCPS, STATEMENTS, REQUESTS, SERVICES = 4, 5, 20, 20_000, 60
ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-2", "sa-east-1")
ROLES = (
    "org-break-glass",
    "org-baseline-apply",
    "platform/deploy",
    "security/audit",
    "network-admin",
    "team-*",
    "ci-*",
)
TAGS = ("environment", "owner", "cost-center", "data-class", "service")
NETWORKS = ("10.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/25", "2001:db8::/32")


def known_actions(random_: random.Random) -> dict[str, list[str]]:
    """Actions of services, those with the most actions among them."""
    sizes = {prefix: len(found.actions) for prefix in services() if (found := service(prefix)) is not None}
    large = sorted(sizes, key=lambda prefix: (-sizes[prefix], prefix))[: SERVICES // 6]
    others = random_.sample(sorted(set(sizes) - set(large)), SERVICES - len(large))
    chosen = [(prefix, service(prefix)) for prefix in sorted({*large, *others})]
    return {prefix: sorted(str(one) for one in found.actions.values()) for prefix, found in chosen if found is not None}


def patterns(random_: random.Random, actions: dict[str, list[str]], number: int) -> list[str]:
    """Patterns of actions as people write them: whole names, verbs with a star, whole services."""
    found = []
    for _ in range(number):
        prefix = random_.choice(sorted(actions))
        name = random_.choice(actions[prefix])
        verb = "".join(
            char if not char.isupper() or place == 0 else " " + char for place, char in enumerate(name.split(":")[1])
        )
        kind = random_.random()
        found.append(name if kind < 0.9 else f"{prefix}:{verb.split(' ')[0]}*" if kind < 0.995 else f"{prefix}:*")
    return sorted(set(found))


def condition(random_: random.Random) -> dict[str, Any]:
    """One of the conditions that guardrails have."""
    role_arns = [f"arn:aws:iam::*:role/{name}" for name in random_.sample(ROLES, 2)]
    regions = random_.sample(REGIONS, 3)
    tag = random_.choice(TAGS)
    kinds: list[dict[str, Any]] = [
        {"ArnNotLike": {"aws:PrincipalArn": role_arns}},
        {"StringNotEquals": {"aws:RequestedRegion": regions}},
        {"StringNotEquals": {"aws:RequestedRegion": regions}, "ArnNotLike": {"aws:PrincipalArn": role_arns}},
        {"StringNotEqualsIfExists": {f"aws:ResourceTag/{tag}": ["prod", "shared"]}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        {"Null": {f"aws:RequestTag/{tag}": "true"}, "ArnNotLike": {"aws:PrincipalArn": role_arns}},
        {"ForAllValues:StringNotLike": {"aws:TagKeys": [f"{tag}*"]}, "Null": {"aws:TagKeys": "false"}},
        {"NotIpAddress": {"aws:SourceIp": random_.sample(NETWORKS, 2)}, "BoolIfExists": {"aws:ViaAWSService": "false"}},
        {"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:root"]}},
    ]
    return random_.choice(kinds)


def statement(random_: random.Random, actions: dict[str, list[str]], number: int) -> dict[str, Any]:
    """A Deny as guardrails have it: some actions, or all but some, in three of four cases with a condition."""
    found: dict[str, Any] = {"Sid": f"Guardrail{number}", "Effect": "Deny"}
    if random_.random() < 0.1:
        found["NotAction"] = patterns(random_, actions, 6)
        found["Resource"] = "*"
        found["Condition"] = {
            "StringNotEquals": {"aws:RequestedRegion": list(REGIONS[:4])},
            "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/org-*", "arn:aws:iam::*:role/team-*"]},
        }
        return found
    found["Action"] = patterns(random_, actions, random_.randint(2, 5))
    found["Resource"] = (
        "*" if random_.random() < 0.85 else [f"arn:aws:*:*:*:*{random_.choice(ROLES)}", "arn:aws:s3:::audit-*"]
    )
    if random_.random() < 0.75:
        found["Condition"] = condition(random_)
    return found


def scenario(seed: int = 1) -> dict[str, Any]:
    """The chain: on each level AWS's own SCP and five with twenty statements each; and a power user."""
    random_ = random.Random(seed)
    actions = known_actions(random_)
    full = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    levels = [
        [full]
        + [
            {
                "Version": "2012-10-17",
                "Statement": [statement(random_, actions, number) for number in range(STATEMENTS)],
            }
            for _ in range(SCPS)
        ]
        for _ in range(LEVELS)
    ]
    power_user = [
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["iam:Get*", "iam:List*", "iam:PassRole", "organizations:Describe*"],
            "Resource": "*",
        },
    ]
    return {
        "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/team-payments/ana",
        "identity_policies": [{"Version": "2012-10-17", "Statement": power_user}],
        "scps": levels,
    }


def requests(number: int = REQUESTS, seed: int = 2) -> list[dict[str, Any]]:
    """Requests of several principals in several Regions, for any of the actions of the chain's services."""
    random_ = random.Random(seed)
    actions = [name for names in known_actions(random.Random(1)).values() for name in names]
    roles = [name.replace("*", word) for name in ROLES for word in ("payments", "checkout", "web")]
    return [request(random_, random_.choice(actions), random_.choice(roles)) for _ in range(number)]


def request(random_: random.Random, action: str, role: str) -> dict[str, Any]:
    prefix, region = action.partition(":")[0], random_.choice(REGIONS[:4])
    context: dict[str, Any] = {
        "aws:RequestedRegion": region,
        "aws:SourceIp": f"{random_.choice(('10.0.0', '192.0.2', '203.0.113'))}.{random_.randint(1, 99)}",
        "aws:MultiFactorAuthPresent": "true",
        "aws:ViaAWSService": "false",
    }
    if random_.random() < 0.3:
        context["aws:TagKeys"] = random_.sample(TAGS, 2)
        context |= {f"aws:RequestTag/{tag}": "x" for tag in context["aws:TagKeys"]}
    if random_.random() < 0.3:
        context[f"aws:ResourceTag/{random_.choice(TAGS)}"] = random_.choice(["prod", "dev"])
    return {
        "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/session",
        "issuer": f"arn:aws:iam::{ACCOUNT}:role/{role}",
        "action": action,
        "resource": f"arn:aws:{prefix}:{region}:{ACCOUNT}:thing/{random_.randint(1, 2_000)}",
        "context": context,
    }


def main() -> None:
    folder, number = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else REQUESTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.json").write_text(json.dumps(scenario()), encoding="utf-8")
    lines = (json.dumps(one) + "\n" for one in requests(number))
    (folder / "requests.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
