"""What AWS gets, and how much of its quotas that takes before and after."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from org.model.review import DocumentUse, SlotUse
from org.policy.grammar import name_of
from org.policy.quota import quotas, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from org.model.organization import Organization
    from org.model.policy import PolicyType
    from org.policy.quota import Quota

NEAR = 0.9
"""A document that takes more than this part of what it may is near its limit."""


def document_uses(base: Organization | None, head: Organization) -> Iterator[DocumentUse]:
    """Every document, as AWS gets it, that comes, goes or changes."""
    allowed = quotas(head.policy_quotas)
    before = {(policy.kind, policy.name): policy for policy in base.policies} if base else {}
    after = {(policy.kind, policy.name): policy for policy in head.policies}
    for kind, name in sorted({*before, *after}):
        old, new = before.get((kind, name)), after.get((kind, name))
        if old is not None and new is not None and old.content == new.content:
            continue
        inside = tuple(dict.fromkeys(policy for one in (new or old,) if one for policy, _ in one.contains))
        sizes = [size(one.content) if one else None for one in (old, new)]
        yield DocumentUse(name_of(kind), name, sizes[0], sizes[1], allowed[kind].characters, inside)


def slot_uses(base: Organization | None, head: Organization) -> Iterator[SlotUse]:
    """Every node that carries another number of policies of a type than before, or that has come near the limit."""
    allowed = quotas(head.policy_quotas)
    before, after = (carried(organization, allowed) for organization in (base, head))
    for kind, target in sorted({*before, *after}):
        quota = allowed[kind]
        old, new = (count.get((kind, target), quota.aws_attached) for count in (before, after))
        near = new > quota.aws_attached and new + quota.kept_free >= quota.attached
        if old != new:
            yield SlotUse(name_of(kind), target, old, new, quota.attached, near)


def carried(organization: Organization | None, allowed: Mapping[PolicyType, Quota]) -> Counter[tuple[PolicyType, str]]:
    """How many policies of each type each node carries, AWS's own among them."""
    count: Counter[tuple[PolicyType, str]] = Counter()
    for policy in organization.policies if organization else ():
        for target in policy.targets:
            count[policy.kind, target] += 1
    return Counter({(kind, target): number + allowed[kind].aws_attached for (kind, target), number in count.items()})


def is_near(use: DocumentUse) -> bool:
    """True for a document that is near its limit and was not before, or has grown."""
    return use.after is not None and use.after > NEAR * use.quota and use.after > (use.before or 0)
