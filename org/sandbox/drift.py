"""Out-of-band changes to a seeded organization: what people do in the console, the same for a seed every time."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.model.organization import OWNED, OWNER_TAG
from org.sandbox.snapshot import unit_paths
from org.sandbox.strict.policies import new_policy
from org.sandbox.strict.state import DEFAULT_ROLE, SCP, Member, PolicyRecord, Realm, Unit, World
from org.sandbox.strict.units import new_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from org.model.organization import Organization


@dataclass
class Drifter:
    """What the kinds of drift work on. `touched` keeps two changes from undoing each other."""

    world: World
    realm: Realm
    chance: random.Random
    declared: frozenset[str]
    touched: set[tuple[str, str]] = field(default_factory=set)

    def members(self, aspect: str) -> list[Member]:
        """The member accounts whose `aspect` nothing has touched yet."""
        active = (account for account in self.realm.accounts.values() if account.state == "ACTIVE")
        return [account for account in active if account.id != self.realm.management and self.fresh(account.id, aspect)]

    def policies(self) -> list[PolicyRecord]:
        """The policies that are ours and untouched."""
        return [
            policy
            for policy in self.realm.policies.values()
            if policy.tags.get(OWNER_TAG) == OWNED and policy.kind == SCP and self.fresh(policy.id, "policy")
        ]

    def fresh(self, identity: str, aspect: str) -> bool:
        """True where that aspect of the thing is as it was seeded."""
        return not {(identity, aspect), (identity, "all")} & self.touched

    def touch(self, identity: str, aspect: str) -> None:
        """That aspect of the thing is drifted."""
        self.touched.add((identity, aspect))

    def any(self, things: Iterable[Member]) -> Member | None:
        """One of the accounts, or None where there are none."""
        found = list(things)
        return self.chance.choice(found) if found else None

    def where(self, identity: str) -> str:
        """The OU path of a node, for people."""
        return unit_paths(self.realm).get(identity) or "/"


def drifted(organization: Organization, world: World, count: int, seed: int) -> tuple[str, ...]:
    """`count` changes are made, spread over all kinds; one line for a person about each comes back.

    Fewer come back only where the organization is too small for more.
    """
    if world.realm is None or count <= 0:
        return ()
    fixed = frozenset(account.id for account in organization.accounts if account.id)
    drifter = Drifter(world, world.realm, random.Random(seed), fixed)  # noqa: S311 - repeats, not secrets
    done: list[str] = []
    while len(done) < count:
        before = len(done)
        for kind in drifter.chance.sample(KINDS, len(KINDS)):
            if len(done) < count and (line := kind(drifter)):
                done.append(line)
        if len(done) == before:
            break
    return tuple(done)


def account_moved(drifter: Drifter) -> str | None:
    """An account stands in another OU or in the root."""
    account = drifter.any(drifter.members("parent"))
    places = [place for place in [drifter.realm.root.id, *drifter.realm.units] if account and place != account.parent]
    if account is None or not places:
        return None
    source, destination = account.parent, drifter.chance.choice(places)
    drifter.touch(account.id, "parent")
    drifter.realm.move_account(account, destination)
    return f"moved account {account.name} from {drifter.where(source)} to {drifter.where(destination)}"


def tag_changed(drifter: Drifter) -> str | None:
    """A tag of an account has another value."""
    return tag(drifter, "changed")


def tag_missing(drifter: Drifter) -> str | None:
    """A tag of an account is gone."""
    return tag(drifter, "removed")


def tag(drifter: Drifter, what: str) -> str | None:
    """One tag of an account is changed or removed."""
    account = drifter.any(account for account in drifter.members("tags") if account.tags)
    if account is None:
        return None
    drifter.touch(account.id, "tags")
    key = drifter.chance.choice(sorted(account.tags))
    if what == "changed":
        account.tags[key] = "changed-by-hand"
    else:
        del account.tags[key]
    return f"{what} tag {key} of account {account.name}"


def name_changed(drifter: Drifter) -> str | None:
    """An account has another name."""
    account = drifter.any(drifter.members("name"))
    if account is None:
        return None
    drifter.touch(account.id, "name")
    before, account.name = account.name, f"{account.name[:44]} (old)"
    return f"renamed account {before} to {account.name}"


def policy_changed(drifter: Drifter) -> str | None:
    """An SCP has one action less to deny, or another Sid."""
    policies = drifter.policies()
    if not policies:
        return None
    policy = drifter.chance.choice(policies)
    drifter.touch(policy.id, "policy")
    document = json.loads(policy.content)
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    statements[0]["Sid"] = "ChangedByHand"
    policy.content = json.dumps(document, indent=2)
    return f"changed the content of policy {policy.name}"


def policy_detached(drifter: Drifter) -> str | None:
    """An SCP is detached from one of its targets."""
    policies = [policy for policy in drifter.policies() if policy.targets]
    if not policies:
        return None
    policy = drifter.chance.choice(policies)
    drifter.touch(policy.id, "policy")
    target = drifter.chance.choice(list(policy.targets))
    drifter.realm.detach(policy, target)
    return f"detached policy {policy.name} from {drifter.where(target)}"


def policy_deleted(drifter: Drifter) -> str | None:
    """An SCP is detached from everything and deleted."""
    policies = drifter.policies()
    if not policies:
        return None
    policy = drifter.chance.choice(policies)
    for target in list(policy.targets):
        drifter.realm.detach(policy, target)
    drifter.realm.remove_policy(policy)
    return f"deleted policy {policy.name}"


def leaves(drifter: Drifter) -> list[Unit]:
    """The OUs without OUs that nothing has touched."""
    realm = drifter.realm
    return [
        unit for unit in realm.units.values() if not realm.child_units.get(unit.id) and drifter.fresh(unit.id, "all")
    ]


def unit_renamed(drifter: Drifter) -> str | None:
    """An OU without children has another name; its accounts are still in it."""
    found = leaves(drifter)
    if not found:
        return None
    unit = drifter.chance.choice(found)
    drifter.touch(unit.id, "all")
    path, realm = drifter.where(unit.id), drifter.realm
    del realm.unit_names[unit.parent, unit.name]
    unit.name = f"{unit.name} old"
    realm.unit_names[unit.parent, unit.name] = unit.id
    return f"renamed OU {path} to {unit.name}"


def unit_deleted(drifter: Drifter) -> str | None:
    """An OU is gone, and its accounts stand in the root."""
    found = leaves(drifter)
    if not found:
        return None
    unit, realm = drifter.chance.choice(found), drifter.realm
    path = drifter.where(unit.id)
    for identity in list(realm.child_accounts.get(unit.id, {})):
        drifter.touch(identity, "parent")
        realm.move_account(realm.accounts[identity], realm.root.id)
    realm.remove_unit(unit)
    return f"deleted OU {path}"


def some_contact(drifter: Drifter) -> tuple[Member, str] | None:
    """An account and the kind of one of its alternate contacts; None where there is none."""
    contacts = drifter.world.contacts
    account = drifter.any(account for account in drifter.members("contacts") if contacts.get(account.id))
    if account is None:
        return None
    drifter.touch(account.id, "contacts")
    return account, drifter.chance.choice(sorted(contacts[account.id]))


def contact_changed(drifter: Drifter) -> str | None:
    """An alternate contact of an account has another address."""
    chosen = some_contact(drifter)
    if chosen is None:
        return None
    account, kind = chosen
    drifter.world.contacts[account.id][kind] |= {"EmailAddress": "somebody.else@example.com"}
    return f"changed the {kind} contact of account {account.name}"


def contact_missing(drifter: Drifter) -> str | None:
    """An alternate contact of an account is gone."""
    chosen = some_contact(drifter)
    if chosen is None:
        return None
    account, kind = chosen
    del drifter.world.contacts[account.id][kind]
    return f"removed the {kind} contact of account {account.name}"


def public_access_partly_off(drifter: Drifter) -> str | None:
    """One of the four switches of Block Public Access is off."""
    settings = drifter.world.public_access
    account = drifter.any(account for account in drifter.members("public access") if account.id in settings)
    if account is None:
        return None
    drifter.touch(account.id, "public access")
    switch = drifter.chance.choice(sorted(settings[account.id]))
    settings[account.id][switch] = False
    return f"switched {switch} off in account {account.name}"


def public_access_off(drifter: Drifter) -> str | None:
    """An account has no Block Public Access at all."""
    settings = drifter.world.public_access
    account = drifter.any(account for account in drifter.members("public access") if account.id in settings)
    if account is None:
        return None
    drifter.touch(account.id, "public access")
    del settings[account.id]
    return f"removed Block Public Access from account {account.name}"


def stray_unit(drifter: Drifter) -> str | None:
    """There is an OU that nobody declared."""
    realm = drifter.realm
    name = f"Console {drifter.world.letters(4)}"
    unit = new_unit(realm, f"ou-{realm.root.id[2:]}-{drifter.world.letters(8)}", realm.root.id, name, {})
    drifter.touch(unit.id, "all")
    return f"created OU {name}"


def stray_account(drifter: Drifter) -> str | None:
    """There is an account that nobody declared."""
    realm, world = drifter.realm, drifter.world
    identity, mark = world.account_id(), world.letters(4)
    account = Member(
        identity,
        realm.arn_of("account", identity),
        f"console-{mark}",
        f"console+{mark}@example.com",
        realm.root.id,
        world.now(),
    )
    realm.add_account(account)
    world.roles[identity] = frozenset({DEFAULT_ROLE})
    drifter.touch(identity, "all")
    return f"created account {account.name}"


def stray_policy(drifter: Drifter) -> str | None:
    """There is an SCP that is not ours, attached to a declared account or OU."""
    realm = drifter.realm
    if SCP not in realm.root.types:
        return None
    statement = {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = f"console-{drifter.world.letters(4)}"
    policy = new_policy(realm, f"p-{drifter.world.letters(8)}", SCP, name, content, "made by hand", {})
    target = drifter.chance.choice([realm.root.id, *realm.units])
    realm.attach(policy, target)
    return f"created policy {name}, attached to {drifter.where(target)}"


def account_missing(drifter: Drifter) -> str | None:
    """An account does not exist yet; never one whose id is declared, nor a delegated administrator."""
    realm, world = drifter.realm, drifter.world
    kept = {*drifter.declared, *realm.delegates, *(identity for identity, _ in drifter.touched)}
    account = drifter.any(account for account in drifter.members("all") if account.id not in kept)
    if account is None:
        return None
    realm.remove_account(account)
    for table in (world.contacts, world.public_access, world.roles):
        table.pop(account.id, None)
    return f"removed account {account.name}, as if it had never been created"


KINDS: tuple[Callable[[Drifter], str | None], ...] = (
    account_moved,
    tag_changed,
    tag_missing,
    name_changed,
    policy_changed,
    policy_detached,
    policy_deleted,
    unit_renamed,
    unit_deleted,
    contact_changed,
    contact_missing,
    public_access_partly_off,
    public_access_off,
    stray_unit,
    stray_account,
    stray_policy,
    account_missing,
)
