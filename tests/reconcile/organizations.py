"""Organizations to reconcile: made up at random, and looked at from outside the product."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from org.model.organization import (
    OWNED,
    OWNER_TAG,
    Account,
    Contact,
    Organization,
    OrganizationalUnit,
    account_reference,
    ou_reference,
)
from org.model.policy import Policy, PolicyType, minified

if TYPE_CHECKING:
    from org.sandbox.serve import Sandbox
    from org.sandbox.strict.state import Realm

MANAGEMENT = "111111111111"
NAMES = ("Security", "Workloads", "Prod", "Dev", "Sandbox", "Infra", "Data")
Guardrails = dict[str, frozenset[str]]


def made_up(seed: int) -> Organization:
    """A random organization: up to 7 OUs, 10 accounts and 5 SCPs; the accounts of all seeds have the same e-mails."""
    rng = random.Random(seed)
    paths: list[str] = []
    for name in rng.sample(NAMES, rng.randint(1, len(NAMES))):
        above = rng.choice(["", *(path for path in paths if path.count("/") < 3)])
        paths.append(f"{above}/{name}".removeprefix("/"))
    contact = Contact("Sec", "Team", f"sec{rng.randint(1, 2)}@acme.example", "+44 20 7946 0000")
    accounts = tuple(
        Account(
            key=f"account-{number}",
            name=f"acme {number} {rng.choice(['', 'x'])}".strip(),
            email=f"aws+{number}@acme.example",
            ou=rng.choice(["", *paths]),
            tags={key: rng.choice("abc") for key in rng.sample(["team", "env", "cost"], rng.randint(0, 3))},
            contacts={"SECURITY": contact} if rng.random() < 0.3 else {},
            settings={"s3-public-access": {}},
        )
        for number in range(rng.randint(2, 10))
    )
    nodes = [ou_reference(path) for path in ["", *paths]] + [account_reference(account.key) for account in accounts]
    policies = tuple(
        Policy(
            PolicyType.SERVICE_CONTROL_POLICY,
            f"guardrail-{number}",
            minified(
                {"Version": "2012-10-17", "Statement": [_deny(number, action) for action in rng.sample("xyz", 2)]}
            ),
            description=f"guardrail {number}",
            targets=frozenset(rng.sample(nodes, rng.randint(1, min(4, len(nodes))))),
        )
        for number in rng.sample(range(6), rng.randint(1, 5))
    )
    management = Account("management", "acme", "aws@acme.example", ou=None, id=MANAGEMENT, management=True)
    return Organization(
        accounts=(management, *accounts),
        units=tuple(OrganizationalUnit(path) for path in sorted(paths, key=lambda path: path.count("/"))),
        policies=policies,
        enabled_policy_types=frozenset({PolicyType.SERVICE_CONTROL_POLICY}),
        trusted_services=frozenset({"account.amazonaws.com"}),
    )


def _deny(number: int, action: str) -> dict[str, str]:
    return {"Effect": "Deny", "Action": f"s3:Get{action}{number}", "Resource": "*"}


def guardrails(sandbox: Sandbox) -> Guardrails:
    """Account id -> names of the policies of ours that reach it, seen in the sandbox's own state."""
    realm = sandbox.world.realm
    if realm is None:
        return {}
    ours = {policy.id: policy.name for policy in realm.policies.values() if not policy.aws_managed}
    return {
        account: frozenset(
            ours[policy]
            for node in realm.lineage(account)
            for policy in realm.attached_to(node, "SERVICE_CONTROL_POLICY")
            if policy in ours
        )
        for account in realm.accounts
    }


def managed_by(wanted: Organization, management: str) -> Organization:
    """The same organization with another account as its management account."""
    accounts = tuple(replace(account, id=management) if account.management else account for account in wanted.accounts)
    return replace(wanted, accounts=accounts)


Shape = dict[str, object]


def wanted_shape(wanted: Organization) -> Shape:
    """What is declared, as plain data: accounts by e-mail, OUs by path, policies by name."""
    emails = {account_reference(account.key): account.email for account in wanted.accounts}
    return {
        "accounts": {
            account.email: {
                "name": account.name,
                "ou": account.ou or "",
                "tags": dict(account.tags),
                "contacts": {kind: contact.email for kind, contact in account.contacts.items()},
            }
            for account in wanted.accounts
            if not account.management
        },
        "units": {unit.path for unit in wanted.units},
        "policies": {
            policy.name: (policy.content, policy.description, {emails.get(node, node) for node in policy.targets})
            for policy in wanted.policies
        },
    }


def live_shape(sandbox: Sandbox, wanted: Organization) -> Shape:
    """The same facts about the same accounts from the sandbox's own state: no code of the product is in the way."""
    world, realm = sandbox.world, sandbox.world.realm
    assert realm is not None
    names = {realm.root.id: "ou:/"} | {account.id: account.email for account in realm.accounts.values()}
    paths = {realm.root.id: ""}
    for unit in realm.units.values():
        paths[unit.id] = "/".join(realm.units[node].name for node in realm.lineage(unit.id)[1:])
        names[unit.id] = f"ou:{paths[unit.id]}"
    declared = {account.email: account for account in wanted.accounts if not account.management}
    kept = {unit.path for unit in wanted.units}
    strangers = [account.id for account in realm.accounts.values() if account.email not in declared]
    # An account that nobody declared is left where it is, and so are the OUs above it.
    occupied = {paths[node] for account in strangers for node in realm.lineage(account)[:-1]}
    untouched = {realm.accounts[account].email for account in strangers}
    untouched |= {f"ou:{path}" for path in occupied if path not in kept and path}
    foreign = {paths[unit.id] for unit in realm.units.values() if unit.tags.get(OWNER_TAG) != OWNED}
    return {
        "accounts": {
            account.email: {
                "name": account.name,
                "ou": paths[account.parent],
                "tags": {key: account.tags.get(key) for key in declared[account.email].tags},
                "contacts": {
                    kind: world.contacts[account.id][kind]["EmailAddress"]
                    for kind in declared[account.email].contacts
                    if kind in world.contacts.get(account.id, {})
                },
            }
            for account in realm.accounts.values()
            if account.email in declared
        },
        "units": {path for path in paths.values() if path and (path in kept or path not in occupied | foreign)},
        "policies": _live_policies(realm, names, {policy.name for policy in wanted.policies}, untouched),
    }


def _live_policies(
    realm: Realm, names: dict[str, str], wanted: set[str], untouched: set[str]
) -> dict[str, tuple[str, str, set[str]]]:
    """Our policies with their targets; those left on what nobody declared do not count."""
    found = {
        policy.name: (policy.content, policy.description, {names[target] for target in policy.targets} - untouched)
        for policy in realm.policies.values()
        if policy.tags.get(OWNER_TAG) == OWNED
    }
    return {name: facts for name, facts in found.items() if name in wanted or facts[2]}
