"""The SCPs and RCPs that reach an account, level by level from the root, as the engines of org.access read them.

AWS attaches FullAWSAccess to the root and to every OU and account, and nothing here ever detaches it, so it is on every
level of SCPs; RCPFullAWSAccess is implied by the engines.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from org.access.document import document
from org.access.policies import Policies
from org.access.written import ALLOW_ALL
from org.model.policy import PolicyType
from org.model.request import Layer
from org.policy.effective import lineage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from org.access.document import Document
    from org.model.organization import Account, Organization
    from org.model.policy import Policy

FULL_ACCESS = "FullAWSAccess"
LAYERS: Mapping[Layer, PolicyType] = MappingProxyType(
    {Layer.SCP: PolicyType.SERVICE_CONTROL_POLICY, Layer.RCP: PolicyType.RESOURCE_CONTROL_POLICY}
)
"""The layers that an organization has, with the type of their policies."""

Levels: TypeAlias = "tuple[tuple[Policy, ...], ...]"


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that the same policies reach: `policies` holds for each of them."""

    policies: Policies
    accounts: tuple[Account, ...]


def chain(organization: Organization, account_key: str) -> Policies:
    """The SCPs and RCPs that reach an account, from the root down; raises KeyError where there is no such account.

    The organization's policies are the rendered ones. That SCPs do not bind the management account is for the engines
    to know (`Principal.management`).
    """
    account = _account(organization, account_key)
    scps, rcps = (attached(organization, account, layer) for layer in LAYERS)
    return _policies(scps, rcps)


def contents(organization: Organization) -> Callable[[Document], Mapping[str, Any]]:
    """The JSON of each document of the organization's chains; FullAWSAccess is AWS's own, unless it is declared."""
    own = {(policy.kind, policy.name): policy.document for policy in organization.policies}

    def content(one: Document) -> Mapping[str, Any]:
        known = own.get((LAYERS[one.layer], one.name))
        return ALLOW_ALL if known is None and one.layer is Layer.SCP and one.name == FULL_ACCESS else known or {}

    return content


def levels(organization: Organization, account_key: str) -> tuple[str, ...]:
    """The node reference of each level, the root's first; raises KeyError where there is no such account."""
    return lineage(_account(organization, account_key))


def attached(organization: Organization, account: Account, layer: Layer) -> Levels:
    """The organization's own policies of a layer on each level of an account's line, from the root down."""
    policies = [one for one in organization.policies if one.kind is LAYERS[layer] and not one.aws_managed]
    return tuple(tuple(one for one in policies if node in one.targets) for node in lineage(account))


def groups(organization: Organization) -> tuple[Group, ...]:
    """All accounts, those together that the same policies reach on the same levels."""
    on: dict[tuple[PolicyType, str], list[Policy]] = defaultdict(list)
    for policy in organization.policies:
        for node in policy.targets if not policy.aws_managed else ():
            on[policy.kind, node].append(policy)
    members: dict[tuple[tuple[str, ...], ...], list[Account]] = defaultdict(list)
    lines: dict[tuple[tuple[str, ...], ...], list[Levels]] = {}
    for account in organization.accounts:
        line = lineage(account)
        found = [tuple(tuple(on.get((kind, node), ())) for node in line) for kind in LAYERS.values()]
        names = tuple(tuple(policy.name for policy in level) for layer in found for level in layer)
        members[names].append(account)
        lines.setdefault(names, found)
    return tuple(Group(_policies(*lines[names]), tuple(accounts)) for names, accounts in members.items())


def _policies(scps: Levels, rcps: Levels) -> Policies:
    return Policies(
        scps=tuple((_full_access(), *(_read(Layer.SCP, one.name, one.content) for one in level)) for level in scps),
        rcps=tuple(tuple(_read(Layer.RCP, one.name, one.content) for one in level) for level in rcps),
        guardrails_only=True,
    )


def _account(organization: Organization, key: str) -> Account:
    for account in organization.accounts:
        if account.key == key:
            return account
    raise KeyError(key)


def _full_access() -> Document:
    return _read(Layer.SCP, FULL_ACCESS, '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')


@lru_cache(maxsize=4096)
def _read(layer: Layer, name: str, content: str) -> Document:
    """The document of a policy; the accounts that it reaches share one."""
    return document(layer, name, json.loads(content))
