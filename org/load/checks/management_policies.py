"""No policy is attached to the management account."""

from __future__ import annotations

from org.load.rule import Rule

RULE = Rule(
    "ORG053",
    "a policy on the management account",
    (
        "Service control policies and resource control policies have no effect in the management account, so "
        "a policy there protects nothing. Keep workloads out of it: "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"
    ),
    wrong=("organization:\n  management: {name: acme, email: aws@acme.example, policies: [deny-root]}\n"),
    right=(
        "organization:\n"
        "  management: {name: acme, email: aws@acme.example}\n"
        "  home_region: eu-west-1\n"
        "  regions: [eu-west-1]\n"
    ),
)
