"""The world as it stands: one organization, indexed so that no call walks all accounts."""

from __future__ import annotations

import random
import string
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.quotas import Quotas

if TYPE_CHECKING:
    from collections.abc import Callable

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"
DEFAULT_ROLE = "OrganizationAccountAccessRole"
START = 1_700_000_000.0
"""The joining time of the first seeded account; fixed, so that a seed gives the same state every time."""


@dataclass(slots=True)
class Root:
    """The root; `types` are the policy types that are enabled."""

    id: str
    arn: str
    tags: dict[str, str] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    name: str = "Root"


@dataclass(slots=True)
class Unit:
    """An organizational unit; `parent` is the id of the root or of an OU."""

    id: str
    arn: str
    name: str
    parent: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Member:
    """An account of the organization, the management account included; times are seconds since 1970."""

    id: str
    arn: str
    name: str
    email: str
    parent: str
    joined: float
    state: str = "ACTIVE"
    method: str = "CREATED"
    tags: dict[str, str] = field(default_factory=dict)
    closing: int = 0


@dataclass(slots=True)
class PolicyRecord:
    """A policy; `targets` keeps the ids it is attached to in the order of attachment."""

    id: str
    arn: str
    name: str
    kind: str
    content: str
    description: str = ""
    aws_managed: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    targets: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Creation:
    """A request of CreateAccount; `polls` counts down the status reads until it is done, as does the time `due`."""

    id: str
    name: str
    email: str
    role: str
    tags: dict[str, str]
    requested: float
    due: float
    polls: int
    state: str = "IN_PROGRESS"
    account: str | None = None
    failure: str | None = None
    completed: float | None = None


@dataclass(slots=True)
class Realm:
    """An organization with everything in it; the dictionaries by id keep the order of creation."""

    id: str
    management: str
    features: str
    root: Root
    units: dict[str, Unit] = field(default_factory=dict)
    accounts: dict[str, Member] = field(default_factory=dict)
    policies: dict[str, PolicyRecord] = field(default_factory=dict)
    child_units: dict[str, dict[str, None]] = field(default_factory=dict)
    child_accounts: dict[str, dict[str, None]] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    unit_names: dict[tuple[str, str], str] = field(default_factory=dict)
    policy_names: dict[tuple[str, str], str] = field(default_factory=dict)
    attached: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)
    creations: dict[str, Creation] = field(default_factory=dict)
    services: dict[str, float] = field(default_factory=dict)
    delegates: dict[str, dict[str, float]] = field(default_factory=dict)
    closures: list[float] = field(default_factory=list)
    resource_policy: str | None = None
    resource_policy_tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The organization's own ARN."""
        return f"arn:aws:organizations::{self.management}:organization/{self.id}"

    def arn_of(self, kind: str, identity: str) -> str:
        """The ARN of a root, OU, account or policy."""
        return f"arn:aws:organizations::{self.management}:{kind}/{self.id}/{identity}"

    def is_parent(self, identity: str) -> bool:
        """True where the id is the root's or an OU's."""
        return identity == self.root.id or identity in self.units

    def parent_of(self, identity: str) -> str | None:
        """The id of the parent of an OU or account; None for the root."""
        node = self.units.get(identity) or self.accounts.get(identity)
        return node.parent if node else None

    def lineage(self, identity: str) -> list[str]:
        """The ids from the root down to the node itself."""
        chain = [identity]
        while parent := self.parent_of(chain[-1]):
            chain.append(parent)
        return chain[::-1]

    def path(self, identity: str) -> str:
        """The entity path of a node, as Account.Paths and OrganizationalUnit.Path give it."""
        return "/".join([self.id, *self.lineage(identity)]) + "/"

    def node(self, identity: str) -> Root | Unit | Member | None:
        """The root, OU or account of that id."""
        if identity == self.root.id:
            return self.root
        return self.units.get(identity) or self.accounts.get(identity)

    def add_unit(self, unit: Unit) -> None:
        """The OU is in the tree and inherits nothing but what AWS attaches by itself."""
        self.units[unit.id] = unit
        self.child_units.setdefault(unit.parent, {})[unit.id] = None
        self.unit_names[unit.parent, unit.name] = unit.id
        self.attach_defaults(unit.id)

    def remove_unit(self, unit: Unit) -> None:
        """The OU is gone, and so are its attachments."""
        self.detach_all(unit.id)
        del self.units[unit.id], self.child_units[unit.parent][unit.id], self.unit_names[unit.parent, unit.name]

    def add_account(self, account: Member) -> None:
        """The account is in the tree."""
        self.accounts[account.id] = account
        self.child_accounts.setdefault(account.parent, {})[account.id] = None
        self.emails[account.email.lower()] = account.id
        self.attach_defaults(account.id)

    def remove_account(self, account: Member) -> None:
        """The account has left, and so have its attachments."""
        self.detach_all(account.id)
        del self.accounts[account.id], self.child_accounts[account.parent][account.id]
        del self.emails[account.email.lower()]

    def move_account(self, account: Member, parent: str) -> None:
        """The account stands under another parent; what is attached to it stays attached."""
        del self.child_accounts[account.parent][account.id]
        account.parent = parent
        self.child_accounts.setdefault(parent, {})[account.id] = None

    def add_policy(self, policy: PolicyRecord) -> None:
        """The policy exists, attached to nothing."""
        self.policies[policy.id] = policy
        self.policy_names[policy.kind, policy.name] = policy.id

    def remove_policy(self, policy: PolicyRecord) -> None:
        """The policy, attached to nothing, is gone."""
        del self.policies[policy.id], self.policy_names[policy.kind, policy.name]

    def attach(self, policy: PolicyRecord, target: str) -> None:
        """The policy is attached to the target."""
        policy.targets[target] = None
        self.attached.setdefault(target, {}).setdefault(policy.kind, {})[policy.id] = None

    def detach(self, policy: PolicyRecord, target: str) -> None:
        """The policy is no longer attached to the target."""
        del policy.targets[target], self.attached[target][policy.kind][policy.id]

    def attached_to(self, target: str, kind: str) -> dict[str, None]:
        """The ids of the policies of that type attached directly to the target."""
        return self.attached.get(target, {}).get(kind, {})

    def attach_defaults(self, target: str) -> None:
        """The target has the policies that AWS attaches to every new node (User Guide, orgs_manage_policies_scps)."""
        for kind, default in DEFAULTS.items():
            if kind in self.root.types:
                self.attach(self.policies[default], target)

    def detach_all(self, target: str) -> None:
        """Nothing is attached to the target."""
        for policies in self.attached.pop(target, {}).values():
            for policy in policies:
                del self.policies[policy].targets[target]

    def nodes(self) -> list[str]:
        """The ids of the root, all OUs and all accounts."""
        return [self.root.id, *self.units, *self.accounts]


DEFAULTS = {SCP: "p-FullAWSAccess", RCP: "p-RCPFullAWSAccess"}
"""The policy that AWS attaches to every node while its type is enabled."""


@dataclass
class World:
    """Everything the strict layer knows. `lock` is held while a call is answered.

    `public_access` holds the account-level S3 Block Public Access settings, `contacts` the alternate contacts by
    account and kind, `roles` the names of the roles each account was born with, `stored` what the settings of
    `org.sandbox.strict.stored` are. One list page in `empty_pages` comes empty (0 for none). A creation ends after
    `creation_polls` status reads or `creation_seconds`, a closure after `closure_polls` looks at the account.
    """

    seed: int = 0
    home: str = "123456789012"
    quotas: Quotas = field(default_factory=Quotas)
    creation_polls: int = 2
    creation_seconds: float = 2.0
    closure_polls: int = 2
    empty_pages: int = 5
    clock: Callable[[], float] = time.time
    realm: Realm | None = None
    public_access: dict[str, dict[str, bool]] = field(default_factory=dict)
    contacts: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    contact_information: dict[str, dict[str, Any]] = field(default_factory=dict)
    regions: dict[str, dict[str, bool]] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    stored: dict[tuple[str, str, str, str], dict[str, Any]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - ids that repeat, not secrets

    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock, which tests may push forward."""
        return self.clock() + self.elapsed

    def letters(self, count: int) -> str:
        """That many lower-case letters and digits, the same ones in the same order for a seed."""
        return "".join(self.random.choices(string.ascii_lowercase + string.digits, k=count))

    def account_id(self) -> str:
        """A 12-digit id that no account has; some start with a zero, as AWS's do."""
        while True:
            identity = f"{self.random.randrange(10**12):012d}"
            if identity != self.home and not (self.realm and identity in self.realm.accounts):
                return identity
