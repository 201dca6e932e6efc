"""A world made from an Organization: exactly the state that it describes, without a single call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.model.organization import OWNED, OWNER_TAG, ROOT, AccountState, parent_path
from org.model.policy import PolicyType
from org.sandbox.strict.organization import enable, found_realm
from org.sandbox.strict.policies import new_policy
from org.sandbox.strict.public_access import SWITCHES
from org.sandbox.strict.state import SCP, START, Member, Realm, World
from org.sandbox.strict.units import new_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.model.organization import Account, Organization, Pipeline
    from org.model.policy import Policy

HOME = "123456789012"
"""The management account where nobody has declared its id."""
STEP = 60.0
"""Seconds between the joining times of two seeded accounts."""


def seed(organization: Organization, world: World) -> None:
    """The world holds the organization as declared, as if every apply had already succeeded."""
    management = organization.management
    world.home = (management.id if management else None) or HOME
    name, email = (management.name, management.email) if management else ("management", "aws@sandbox.example")
    realm = found_realm(world, world.home, name, email)
    realm.accounts[world.home].joined = START
    units = seed_units(organization, world, realm)
    accounts = seed_accounts(organization, world, realm, units)
    seed_policies(organization, world, realm, {**units, **accounts})
    for service in sorted(organization.trusted_services):
        realm.services[service] = START
    for service, keys in organization.delegated_administrators.items():
        for key in sorted(keys):
            realm.delegates.setdefault(accounts[f"account:{key}"], {})[service] = START


def owned(tags: Mapping[str, str | None], *, ours: bool) -> dict[str, str]:
    """The tags that are declared to be there, with the mark of ownership where the thing is ours."""
    return {key: value for key, value in tags.items() if value is not None} | ({OWNER_TAG: OWNED} if ours else {})


def seed_units(organization: Organization, world: World, realm: Realm) -> dict[str, str]:
    """The OUs are there, parents first; their ids by node reference come back."""
    ids = {f"ou:{ROOT or '/'}": realm.root.id}
    paths = {ROOT: realm.root.id}
    for unit in sorted(organization.units, key=lambda unit: unit.path.count("/")):
        identity = unit.id or f"ou-{realm.root.id[2:]}-{world.letters(8)}"
        new_unit(realm, identity, paths[parent_path(unit.path)], unit.name, owned(unit.tags, ours=unit.owned))
        paths[unit.path] = identity
        ids[f"ou:{unit.path}"] = identity
    return ids


def seed_accounts(organization: Organization, world: World, realm: Realm, units: Mapping[str, str]) -> dict[str, str]:
    """The accounts stand in their OUs with roles, contacts and settings; their ids by node reference come back."""
    ids = {}
    roles = role_names(organization.pipeline)
    for number, account in enumerate(organization.accounts, 1):
        if account.management:
            ids[f"account:{account.key}"] = realm.management
            member = realm.accounts[realm.management]
            if account.ou:
                realm.move_account(member, units[f"ou:{account.ou}"])
        else:
            member = seed_account(world, realm, account, units[f"ou:{account.ou or '/'}"], START + number * STEP)
            world.roles[member.id] = roles
        ids[f"account:{account.key}"] = member.id
        member.tags.update(owned(account.tags, ours=False))
        seed_settings(world, account, member.id)
    return ids


def seed_account(world: World, realm: Realm, account: Account, parent: str, joined: float) -> Member:
    """One member account in its place."""
    identity = account.id or world.account_id()
    state = account.state.value
    member = Member(identity, realm.arn_of("account", identity), account.name, account.email, parent, joined, state)
    realm.add_account(member)
    return member


def role_names(pipeline: Pipeline) -> frozenset[str]:
    """The roles that every seeded member account has."""
    names = {pipeline.plan_role, pipeline.apply_role, pipeline.break_glass_role, pipeline.bootstrap_role}
    return frozenset(name for name in {*names, "OrganizationAccountAccessRole"} if name)


def seed_settings(world: World, account: Account, identity: str) -> None:
    """The account's contacts and baseline settings are as declared."""
    if account.contacts:
        world.contacts[identity] = {
            kind: {
                "Name": contact.name,
                "Title": contact.title,
                "EmailAddress": contact.email,
                "PhoneNumber": contact.phone,
            }
            for kind, contact in account.contacts.items()
        }
    declared = account.settings.get("s3-public-access")
    if declared is not None and account.state is AccountState.ACTIVE:
        world.public_access[identity] = {switch: bool(declared.get(switch, True)) for switch in SWITCHES}


def seed_policies(organization: Organization, world: World, realm: Realm, nodes: Mapping[str, str]) -> None:
    """The policy types are on, and the policies exist and are attached where they are declared.

    SCPs stay on even if they are not declared, as CreateOrganization leaves them.
    """
    kinds = {kind.value for kind in organization.enabled_policy_types} | {p.kind.value for p in organization.policies}
    for kind in sorted(kinds - {SCP}):
        enable(realm, kind)
    for policy in organization.policies:
        if not policy.aws_managed:
            seed_policy(world, realm, policy, nodes)


def seed_policy(world: World, realm: Realm, policy: Policy, nodes: Mapping[str, str]) -> None:
    """One policy, attached to its targets."""
    identity = policy.id or f"p-{world.letters(8)}"
    tags = owned(policy.tags, ours=policy.owned)
    kind = PolicyType(policy.kind).value
    record = new_policy(realm, identity, kind, policy.name, policy.content, policy.description, tags)
    for target in sorted(policy.targets):
        realm.attach(record, nodes[target])
