"""The organization: a tree of OUs and accounts with policies attached. Wanted and found have this one type.

A **node reference** names a place a policy can be attached to, in the words of accounts.yaml:

- `ou:/`               the root
- `ou:Workloads/Prod`  an organizational unit, by its path below the root
- `account:payments`   an account, by its key

Accounts that are found but not declared have their 12-digit id for a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.model.finding import Span
    from org.model.policy import Policy, PolicyType, PolicyUse

ACCOUNT_MANAGEMENT = "account.amazonaws.com"
"""The service that must be trusted before names and alternate contacts of members can be changed from above.

https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-trusted-access.html
"""

ROOT = ""
"""The OU path of the root."""

OWNER_TAG = "org-baseline"
"""The tag key that marks an OU or a policy as ours; its value is `managed`."""
OWNED = "managed"


def ou_reference(path: str) -> str:
    """The node reference of an OU path; `ROOT` gives `ou:/`."""
    return f"ou:{path or '/'}"


def account_reference(key: str) -> str:
    """The node reference of an account key."""
    return f"account:{key}"


def parent_path(path: str) -> str:
    """The path of the OU above: `Workloads/Prod` gives `Workloads`, `Workloads` gives the root."""
    return path.rpartition("/")[0]


class AccountState(StrEnum):
    """AWS's words for the life of an account (Account.State, which replaced Status in 2026)."""

    PENDING_ACTIVATION = "PENDING_ACTIVATION"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Contact:
    """An alternate contact, as account:PutAlternateContact takes it."""

    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class OrganizationalUnit:
    """An OU. `was` is the path it had before a rename; `owned` is true where it carries our tag."""

    path: str
    id: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)
    was: str | None = None
    protected: bool = False
    owned: bool = True
    span: Span | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Account:
    """An account. Its identity is its id, then its e-mail, never its name.

    `ou` is a path, or None where accounts.yaml does not place it (the management account). A tag of None is declared to
    be absent. `contacts` has the keys BILLING, OPERATIONS and SECURITY; a kind that is missing is not managed.
    `settings` are the final baseline settings, by component, after inheritance.
    """

    key: str
    name: str
    email: str
    ou: str | None = ROOT
    id: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    state: AccountState = AccountState.ACTIVE
    management: bool = False
    protected: bool = False
    owner: str = ""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The names of the roles that a run assumes in each member account.

    `bootstrap_role` is used only where the pipeline's own role is not there yet; None switches that off.
    """

    plan_role: str = "org-baseline-plan"
    apply_role: str = "org-baseline-apply"
    break_glass_role: str = "org-break-glass"
    bootstrap_role: str | None = "OrganizationAccountAccessRole"


@dataclass(frozen=True, slots=True)
class Organization:
    """A whole organization, wanted or found.

    `policy_uses` are what accounts.yaml asks for, before rendering; `policies` the rendered or found ones.
    `enabled_policy_types` are those switched on at the root. `trusted_services` have access to the organization;
    `delegated_administrators` maps a service principal to account keys. All three name what is declared or found.
    `policy_quotas` are the quotas that accounts.yaml declares, by policy type and name, as `org.policy.quota` has them.
    With `action_wildcards`, rendered policies have wildcards in place of lists of actions.
    """

    accounts: tuple[Account, ...] = ()
    units: tuple[OrganizationalUnit, ...] = ()
    policies: tuple[Policy, ...] = ()
    policy_uses: tuple[PolicyUse, ...] = ()
    enabled_policy_types: frozenset[PolicyType] = frozenset()
    trusted_services: frozenset[str] = frozenset()
    delegated_administrators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    home_region: str = "us-east-1"
    regions: tuple[str, ...] = ()
    pipeline: Pipeline = field(default_factory=Pipeline)
    id: str | None = None
    root_id: str | None = None
    file: str = ""
    policy_quotas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    action_wildcards: bool = False

    @property
    def management(self) -> Account | None:
        """The management account, or None where it is not known."""
        return next((account for account in self.accounts if account.management), None)
