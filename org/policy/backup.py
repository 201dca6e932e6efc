"""What backup policies name and accounts do not have: a vault, a role, or a vault in one of the Regions.

A backup policy names its vault and its role, and makes neither. Where they are not there, AWS says nothing and makes no
backups: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from org.model.organization import AccountState
from org.model.policy import PolicyType
from org.policy.declarative import APPEND, ASSIGN
from org.policy.effective import lineage, listed, merge, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.organization import Account, Organization
    from org.model.policy import Document, Policy
    from org.policy.effective import Where

    Levels = Sequence[Sequence[tuple[str, Document]]]

ROLE = re.compile(r"arn:[a-z-]+:iam::[$]account:role/(.+)")
COPY = re.compile(r"arn:[a-z-]+:backup:([a-z0-9-]+):[$]account:backup-vault:(.+)")
"""What a policy writes for something in each account that it reaches; what is elsewhere is not known here."""
OF_AWS = ("Default", "service-role/AWSBackupDefaultServiceRole")
"""The vault and the role that AWS Backup makes by itself."""


class What(StrEnum):
    """What a backup policy takes to be there."""

    VAULT = "vault"
    ROLE = "role"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a backup policy names, and the name of the policy; of a Region, that it has the plan's vault."""

    what: What
    name: str
    policy: str


def lacking(organization: Organization) -> Iterator[tuple[Policy, str, str]]:
    """What backup policies name and accounts that they reach do not declare: the policy, what to say, and what helps.

    The organization's policies are the rendered ones. Accounts that the same policies reach are asked about together.
    """
    policies = {policy.name: policy for policy in organization.policies if policy.kind is PolicyType.BACKUP_POLICY}
    on: dict[str, list[tuple[str, Document]]] = {}
    for policy in policies.values():
        for node in policy.targets:
            on.setdefault(node, []).append((policy.name, policy.document))
    merged: dict[tuple[tuple[str, ...], ...], tuple[Named, ...]] = {}
    without: dict[Named, list[str]] = {}
    for account in organization.accounts if on else ():
        if account.state is AccountState.CLOSED:
            continue
        levels = [on[node] for node in lineage(account) if node in on]
        names = tuple(tuple(name for name, _ in level) for level in levels)
        if names not in merged:
            merged[names] = tuple(named(levels))
        for one in merged[names]:
            if not is_there(one, account, organization.regions):
                without.setdefault(one, []).append(account.key)
    for one, accounts in without.items():
        yield (policies[one.policy], *_told(one, accounts))


def named(levels: Levels) -> Iterator[Named]:
    """What the policies of a lineage come to name, each once; not what AWS makes by itself."""
    settings, _ = merge(levels)
    found: dict[Named, None] = {}
    for where, value in settings.items():
        for item in listed(value):
            if isinstance(item, str):
                policy = _who_says(levels, where, item)
                found |= {Named(what, name, policy): None for what, name in _meant(where, item, settings)}
    yield from (one for one in found if one.name not in OF_AWS)


def is_there(one: Named, account: Account, regions: Sequence[str]) -> bool:
    """True where the account's settings make the vault or the role, or the Region is a governed one."""
    if one.what is What.REGION:
        return one.name in regions
    if one.what is What.VAULT:
        return bool(one.name == account.settings.get("backup-vault", {}).get("name"))
    return one.name in account.settings.get("iam-roles", {}).get("roles", {})


def _meant(where: Where, item: str, settings: Mapping[Where, Any]) -> Iterator[tuple[What, str]]:
    """What one value of a setting names in each account."""
    match where:
        case ("plans", _, "rules", _, "target_backup_vault_name"):
            yield What.VAULT, item
        case ("plans", _, "rules", _, "copy_actions", _, "target_backup_vault_arn") if copy := COPY.fullmatch(item):
            yield from () if copy[2] in OF_AWS else ((What.REGION, copy[1]), (What.VAULT, copy[2]))
        case ("plans", _, "selections", _, _, "iam_role_arn") if role := ROLE.fullmatch(item):
            yield What.ROLE, role[1]
        case ("plans", plan, "regions") if _has_vault_of_ours(plan, settings):
            yield What.REGION, item


def _has_vault_of_ours(plan: str, settings: Mapping[Where, Any]) -> bool:
    """True where the plan names a vault that AWS does not make by itself."""
    vaults = (
        value
        for where, value in settings.items()
        if where[:3] == ("plans", plan, "rules") and where[4:] == ("target_backup_vault_name",)
    )
    return any(vault not in OF_AWS for vault in vaults)


def _who_says(levels: Levels, where: Where, item: str) -> str:
    """The name of the nearest policy that gives the setting the value."""
    said = (
        name
        for level in reversed(levels)
        for name, document in level
        for at, node in places(document, ())
        if at == where and any(item in listed(node.get(operator, [])) for operator in (ASSIGN, APPEND))
    )
    return next(said)


def _told(one: Named, accounts: Sequence[str]) -> tuple[str, str]:
    """What to say of something that is not there, and what helps."""
    first = f"account `{accounts[0]}`" if len(accounts) == 1 else f"{len(accounts):,} accounts, first `{accounts[0]}`"
    says = f"policy `{one.policy}` names the"
    if one.what is What.REGION:
        message = f"{says} Region `{one.name}`, which is not governed, so no vault is made there in {first}"
        return message, "add it to `regions` of the organization, or take it out of the policy"
    if one.what is What.VAULT:
        message = f"{says} vault `{one.name}`, which `backup-vault` does not make in {first}"
        return (
            message,
            f"add `baseline: {{backup-vault: {{name: {one.name}}}}}`; without the vault nothing is backed up",
        )
    message = f"{says} role `{one.name}`, which `iam-roles` does not make in {first}"
    declared = f"`baseline: {{iam-roles: {{roles: {{{one.name}: {{template: backup}}}}}}}}`"
    return message, f"add {declared}; without the role nothing is backed up"
