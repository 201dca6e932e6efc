"""What `org render --effective ACCOUNT` shows: the declarative policies of one account, merged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.organization import Account, Organization
    from org.model.policy import Policy
    from org.policy.effective import Effective

VERSION = 1
"""The version of the JSON."""


def show_effective(organization: Organization, key: str, form: str) -> int:
    """The exit code: 1 where policies of the account contradict each other, or AWS would not enforce the result."""
    from org.model.policy import PolicyType
    from org.policy.effective import effective, reaching

    account = _account(organization, key)
    merged = [effective(organization, account, kind) for kind in PolicyType if kind.declarative]
    merged = [one for one in merged if one.policies]
    limits = [pair for kind in PolicyType if not kind.declarative for pair in reaching(organization, account, kind)]
    click.echo(as_json(account, merged, limits) if form == "json" else as_text(account, merged, limits))
    for one in merged:
        for problem in one.problems:
            click.echo(f"error: {one.kind.value}: {problem}", err=True)
    return 1 if any(one.problems for one in merged) else 0


def _account(organization: Organization, key: str) -> Account:
    from org.policy.words import suggestion

    for account in organization.accounts:
        if key in (account.key, account.id):
            return account
    hint = suggestion(key, [account.key for account in organization.accounts])
    raise click.BadParameter(f"no account `{key}`; {hint}", param_hint="--effective")


def as_text(account: Account, merged: Sequence[Effective], limits: Sequence[tuple[str, Policy]]) -> str:
    """One part for each type: where its policies are attached, and what they come to."""
    from org.policy.grammar import name_of

    parts = [f"{account.key}: what reaches it, from the root down"]
    lines = [f"  {name_of(policy.kind)} {policy.name} at {node}" for node, policy in limits]
    parts += ["\n".join(lines)] if lines else []
    for one in merged:
        sources = ", ".join(f"{policy.name} at {node}" for node, policy in one.policies)
        parts.append(f"{one.kind.value}: {sources}\n{json.dumps(one.document, indent=2, ensure_ascii=False)}")
    return "\n\n".join(parts)


def as_json(account: Account, merged: Sequence[Effective], limits: Sequence[tuple[str, Policy]]) -> str:
    """The versioned JSON: `effective` has the merged policies, `limits` the SCPs and RCPs."""

    def attached(node: str, policy: Policy) -> dict[str, Any]:
        return {"type": policy.kind.value, "name": policy.name, "target": node}

    effective = [
        {
            "type": one.kind.value,
            "policies": [attached(*pair) for pair in one.policies],
            "document": one.document,
            "problems": list(one.problems),
        }
        for one in merged
    ]
    whole = {"version": VERSION, "account": account.key, "effective": effective}
    return json.dumps({**whole, "limits": [attached(*pair) for pair in limits]}, indent=2, ensure_ascii=False)
