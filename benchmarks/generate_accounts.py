"""Prints an accounts.yaml of any size: `generate_accounts.py 10000` gives 10,000 accounts in 120 OUs, 11 lines each."""

from __future__ import annotations

import sys

HEAD = """\
version: 1
organization:
  management: {name: acme, email: aws@acme.example, tags: {environment: prod, cost-center: "4000"}}
  home_region: eu-west-1
  regions: [eu-west-1, eu-central-1, us-east-1]
  email_pattern: "aws+{key}@acme.example"
  required_tags: [environment, cost-center]
policies: [deny-leave-organization, deny-root]
baseline: {s3-public-access: {}}
organizational_units:
"""

ENTRY = """\
  - key: team-{team:03}-{stage}-{number:05}
    name: acme-team-{team:03}-{stage}-{number:05}
    email: aws+team-{team:03}-{stage}-{number:05}@acme.example
    ou: Division-{division:02}/Team-{team:03}
    owner: team-{team:03}@acme.example
    id: "{identity:012}"
    tags:
      service: service-{service:04}
      cost-center: "{cost}"
      data-class: {data}
    contacts: {{security: {{name: T{team:03}, title: On call, email: t{team:03}@acme.example, phone: "+44207946000"}}}}
"""

STAGES = ("prod", "stage", "dev", "test")
CLASSES = ("public", "internal", "confidential")
DIVISIONS = 12
TEAMS = 108


def units() -> str:
    """The organizational units: 12 divisions with 9 teams each."""
    lines = []
    for division in range(DIVISIONS):
        lines += [f"  Division-{division:02}:", "    tags: {environment: prod}", "    units:"]
        lines += [f"      Team-{team:03}: {{}}" for team in range(division, TEAMS, DIVISIONS)]
    return "\n".join(lines) + "\n"


def entry(number: int) -> str:
    """One account, eleven lines long."""
    team = number % TEAMS
    return ENTRY.format(
        number=number,
        team=team,
        stage=STAGES[number % len(STAGES)],
        division=team % DIVISIONS,
        identity=100_000_000_000 + number * 7_919,
        service=number % 2_500,
        cost=4_000 + team,
        data=CLASSES[number % len(CLASSES)],
    )


def accounts_file(count: int) -> str:
    """A valid accounts.yaml with that many accounts."""
    return HEAD + units() + "accounts:\n" + "".join(entry(number) for number in range(count))


if __name__ == "__main__":
    sys.stdout.write(accounts_file(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
