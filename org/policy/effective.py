"""What declarative policies come to for one account: merged from the root down, as AWS merges them, without asking AWS.

https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html and .../inheritance-examples.html

Where AWS says nothing, this is what we take: a limit on a group of settings holds for those below it that have none of
their own, and a setting from which everything was removed is no longer there. On one level the policy that was attached
first wins; that order is not in accounts.yaml, so two that differ are told as a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.model.organization import ROOT, Account, account_reference, ou_reference, parent_path
from org.policy.declarative import ALLOWED, APPEND, ASSIGN, REMOVE, SETS, broken, is_setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.organization import Organization
    from org.model.policy import Document, Policy, PolicyType

Where = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effective:
    """The effective policy of one type for one account.

    `document` is in the form of DescribeEffectivePolicy, without operators; None where no policy of the type reaches
    the account. `policies` are those that reach it, with the node each is attached to, from the root down. `problems`
    say where they contradict each other or have no effect, and why AWS would not enforce the result.
    """

    kind: PolicyType
    document: Document | None
    policies: tuple[tuple[str, Policy], ...]
    problems: tuple[str, ...]


def lineage(account: Account) -> tuple[str, ...]:
    """The node references from the root down to the account."""
    paths, path = [], account.ou or ROOT
    while path != ROOT:
        paths.append(ou_reference(path))
        path = parent_path(path)
    return (ou_reference(ROOT), *reversed(paths), account_reference(account.key))


def reaching(organization: Organization, account: Account, kind: PolicyType) -> tuple[tuple[str, Policy], ...]:
    """The policies of a type that reach an account, each with the node it is attached to, from the root down."""
    policies = [policy for policy in organization.policies if policy.kind is kind]
    return tuple((node, policy) for node in lineage(account) for policy in policies if node in policy.targets)


def effective(organization: Organization, account: Account, kind: PolicyType) -> Effective:
    """The effective policy of a declarative type for an account; the organization's policies are the rendered ones."""
    policies = reaching(organization, account, kind)
    levels = [
        [(policy.name, policy.document) for at, policy in policies if at == node]
        for node in dict.fromkeys(node for node, _ in policies)
    ]
    settings, conflicts = merge(levels)
    if not settings:
        return Effective(kind, None, policies, conflicts)
    written = nested(settings, lambda value: {ASSIGN: value})
    faults = [f"`{'.'.join(where) or kind.value}`: {message}" for where, message in broken(kind, written, whole=True)]
    return Effective(kind, nested(settings, lambda value: value), policies, (*conflicts, *faults))


def contradictions(organization: Organization) -> Iterator[tuple[Policy, str]]:
    """Where declarative policies contradict each other or have no effect: one of them, and what to say; each once."""
    paths = {account_reference(account.key): account for account in organization.accounts}
    for kind in sorted({policy.kind for policy in organization.policies if policy.kind.declarative}):
        on: dict[str, list[Policy]] = {}
        for policy in organization.policies:
            for node in policy.targets if policy.kind is kind else ():
                on.setdefault(node, []).append(policy)
        for node, attached in sorted(on.items()):
            unit = node.removeprefix("ou:").removeprefix("/")
            chain = lineage(paths[node]) if node in paths else lineage(Account("", "", "", ou=unit))[:-1]
            levels = [[(one.name, one.document) for one in on[above]] for above in chain if above in on]
            known = len(merge(levels[:-1])[1])
            yield from ((attached[-1], f"at `{node}`: {told}") for told in merge(levels)[1][known:])


def merge(levels: Sequence[Sequence[tuple[str, Document]]]) -> tuple[dict[Where, Any], tuple[str, ...]]:
    """Every setting by its keys from the top, and the conflicts; `levels` have named policies, from the root down."""
    merger = _Merger()
    for level in levels:
        merger.take(level)
    return merger.settings, tuple(merger.conflicts)


def nested(settings: Mapping[Where, Any], shown: Any) -> dict[str, Any]:
    """The settings as one document, each value as `shown` gives it."""
    document: dict[str, Any] = {}
    for where, value in settings.items():
        group = document
        for key in where[:-1]:
            group = group.setdefault(key, {})
        group[where[-1]] = shown(value)
    return document


@dataclass(slots=True)
class _Merger:
    """The settings so far, and which operators the levels above leave to those below, by place."""

    settings: dict[Where, Any] = field(default_factory=dict)
    limits: dict[Where, frozenset[str]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)

    def take(self, level: Sequence[tuple[str, Document]]) -> None:
        """Merge the policies of one node; what they forbid holds for the levels below, and not for each other."""
        assigned: dict[Where, str] = {}
        limits: dict[Where, frozenset[str]] = {}
        for name, document in level:
            for where, node in places(document, ()):
                if ALLOWED in node:
                    limits[where] = limits.get(where, self.allowed(where)) & permitted(node[ALLOWED])
                if is_setting(node):
                    self.apply(where, node, name, assigned)
        self.limits |= limits

    def allowed(self, where: Where) -> frozenset[str]:
        """The operators that the levels above leave to this one, at that place."""
        for length in range(len(where), -1, -1):
            if where[:length] in self.limits:
                return self.limits[where[:length]]
        return frozenset(SETS)

    def apply(self, where: Where, node: Mapping[str, Any], name: str, assigned: dict[Where, str]) -> None:
        """Carry out the operators of one setting, as far as they are allowed."""
        allowed = self.allowed(where)
        for operator in SETS:
            if operator in node and operator not in allowed and self.would_change(where, operator, node[operator]):
                what = f"`{operator}` of `{'.'.join(where)}` in `{name}` has no effect"
                self.conflicts.append(f"{what}: a policy above does not allow it")
        if ASSIGN in node and ASSIGN in allowed:
            rival = assigned.setdefault(where, name)
            if rival == name:
                self.settings[where] = node[ASSIGN]
            elif self.settings.get(where) != node[ASSIGN]:
                both = f"`{rival}` and `{name}` both assign `{'.'.join(where)}` on one node"
                self.conflicts.append(f"{both}; AWS takes the one that was attached first")
        if APPEND in node and APPEND in allowed:
            there = listed(self.settings.get(where, []))
            self.settings[where] = [*there, *(value for value in listed(node[APPEND]) if value not in there)]
        if REMOVE in node and REMOVE in allowed and where in self.settings:
            left = [value for value in listed(self.settings[where]) if value not in listed(node[REMOVE])]
            self.settings[where] = left
            if not left:
                del self.settings[where]

    def would_change(self, where: Where, operator: str, value: Any) -> bool:
        """True where an operator, were it allowed, would make a difference."""
        there = self.settings.get(where)
        if operator == ASSIGN:
            return bool(there != value)
        return any((item in listed(there or [])) == (operator == REMOVE) for item in listed(value))


def permitted(names: Any) -> frozenset[str]:
    """The operators that a list of `@@operators_allowed_for_child_policies` names."""
    return frozenset(SETS) if "@@all" in listed(names) else frozenset(one for one in SETS if one in listed(names))


def listed(value: Any) -> list[Any]:
    """The value as a list: what a broken policy has in place of one is told by the grammar, and must not raise here."""
    return value if isinstance(value, list) else [value]


def places(node: Any, where: Where) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    """Every group and setting of a document, with its keys from the top."""
    if isinstance(node, dict):
        yield where, node
        for key, value in node.items():
            if not key.startswith("@@"):
                yield from places(value, (*where, key))
