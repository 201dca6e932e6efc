"""The state of the sandbox as plain data in the words of accounts.yaml, for comparing and for invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.sandbox.strict.state import Realm, World


def organization_state(world: World, *, ids: bool = True) -> dict[str, Any] | None:
    """The organization as JSON data; None where there is none. Without `ids`, two runs of one plan give equal states.

    OUs are named by their path, accounts by their e-mail, policies by `TYPE/name`, targets by node references with
    e-mails (`ou:/`, `ou:Workloads/Prod`, `account:aws+log@acme.example`).
    """
    realm = world.realm
    if realm is None:
        return None
    paths = unit_paths(realm)
    references = {identity: f"ou:{path or '/'}" for identity, path in paths.items()}
    references |= {account.id: f"account:{account.email.lower()}" for account in realm.accounts.values()}
    return {
        "management": realm.accounts[realm.management].email.lower(),
        "policy_types": sorted(realm.root.types),
        "units": {paths[unit.id]: known(unit, ids=ids) for unit in realm.units.values()},
        "accounts": {
            account.email.lower(): known(account, ids=ids)
            | {"name": account.name, "ou": paths[account.parent], "state": account.state}
            | {"contacts": world.contacts.get(account.id, {}), "public_access": world.public_access.get(account.id)}
            for account in realm.accounts.values()
        },
        "policies": {
            f"{policy.kind}/{policy.name}": known(policy, ids=ids)
            | {"content": policy.content, "description": policy.description, "aws_managed": policy.aws_managed}
            | {"targets": sorted(references[target] for target in policy.targets)}
            for policy in realm.policies.values()
        },
        "services": sorted(realm.services),
        "delegates": {references[account]: sorted(services) for account, services in realm.delegates.items()},
    }


def known(thing: Any, *, ids: bool) -> dict[str, Any]:
    """The tags of an OU, account or policy, and its id if ids are wanted."""
    shown: dict[str, Any] = {"tags": dict(sorted(thing.tags.items()))}
    return shown | ({"id": thing.id} if ids else {})


def unit_paths(realm: Realm) -> dict[str, str]:
    """The path of the root (empty) and of every OU, by id."""
    paths = {realm.root.id: ""}
    pending = [realm.root.id]
    while pending:
        parent = pending.pop()
        for identity in realm.child_units.get(parent, {}):
            paths[identity] = "/".join(part for part in (paths[parent], realm.units[identity].name) if part)
            pending.append(identity)
    return paths


def guardrails(world: World) -> dict[str, frozenset[str]]:
    """For every account (by e-mail) the policies that hold for it, as `TYPE/name`, attached to it or anywhere above."""
    realm = world.realm
    if realm is None:
        return {}
    return {
        account.email.lower(): frozenset(
            f"{kind}/{realm.policies[identity].name}"
            for node in realm.lineage(account.id)
            for kind, policies in realm.attached.get(node, {}).items()
            for identity in policies
        )
        for account in realm.accounts.values()
    }
