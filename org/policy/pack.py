"""Many guardrails in few documents, with exactly the meaning they have apart.

AWS lets a target carry ten SCPs, its own included. Where more guardrails are asked for at one place, they are packed:
Sids go, statements that differ in one list are joined, and the rest is laid into documents. Every join is lossless over
all strings, not only over today's actions: a wildcard is made up only where accounts.yaml asks for it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

from org.model.policy import Policy, PolicyType, minified
from org.policy.quota import QUOTAS, Quota, size
from org.policy.statement import merged
from org.policy.wildcards import with_wildcards

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

APART = {PolicyType.SERVICE_CONTROL_POLICY: 5, PolicyType.RESOURCE_CONTROL_POLICY: 2}
"""Up to this many policies of ours on one target stay as they are, each under its own name; fewer where fewer fit.

Fewer than fit, so that the packed documents can be attached beside the single ones before those are detached.
"""
LONGEST_DESCRIPTION = 512
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html"""


def pack(
    policies: Sequence[Policy],
    quotas: Mapping[PolicyType, Quota] = QUOTAS,
    *,
    always: bool = False,
    action_wildcards: bool = False,
) -> tuple[Policy, ...]:
    """The policies, packed where a target would carry too many of them, or everywhere with `always`.

    Policies with the same targets are packed together, so every document keeps one list of targets. A packed policy
    says in `contains` what is in it. With `action_wildcards`, lists of actions are shortened, as `org.policy.wildcards`
    does, in every SCP and RCP, and as much more fits into one document.
    """
    crowded = _crowded(policies, quotas)
    classes: dict[tuple[PolicyType, frozenset[str]], list[Policy]] = defaultdict(list)
    result = []
    for policy in policies:
        together = policy.kind in APART and (always or any((policy.kind, t) in crowded for t in policy.targets))
        if together:
            classes[policy.kind, policy.targets].append(policy)
        else:
            result.append(policy)
    if action_wildcards:
        result = [_shortened(policy) for policy in result]
    for (kind, targets), members in classes.items():
        if len(members) == 1:
            result += [_shortened(member) if action_wildcards else member for member in members]
            continue
        for number, content, inside in _documents(members, quotas[kind].characters, action_wildcards):
            packed = replace(inside[0], name=f"guardrails-{number}{_place(targets)}", content=content, targets=targets)
            contains = tuple(origin for member in inside for origin in _origins(member))
            result.append(replace(packed, description=_described(inside), contains=contains))
    return tuple(sorted(result, key=lambda policy: (policy.kind, policy.name)))


def _crowded(policies: Iterable[Policy], quotas: Mapping[PolicyType, Quota]) -> set[tuple[PolicyType, str]]:
    carried: dict[tuple[PolicyType, str], int] = defaultdict(int)
    for policy in policies:
        for target in policy.targets:
            carried[policy.kind, target] += 1
    apart = {kind: min(number, max(1, quotas[kind].ours - 1)) for kind, number in APART.items()}
    return {pair for pair, number in carried.items() if pair[0] in apart and number > apart[pair[0]]}


def _place(targets: frozenset[str]) -> str:
    """What the name says of the targets: nothing for the root, the place for one, a digest for several."""
    if targets == {"ou:/"}:
        return ""
    if len(targets) == 1:
        return "@" + next(iter(targets)).removeprefix("ou:").replace("account:", "account/", 1)
    return "@" + sha256("\n".join(sorted(targets)).encode()).hexdigest()[:8]


def _described(inside: Sequence[Policy]) -> str:
    """The names of the guardrails inside, as many as a description holds."""
    names = [policy.name for policy in inside]
    for shown in range(len(names), -1, -1):
        more = f" and {len(names) - shown} more" if shown < len(names) else ""
        text = ", ".join(names[:shown]) + more
        if len(text) <= LONGEST_DESCRIPTION:
            return text
    return ""


def _origins(policy: Policy) -> tuple[tuple[str, str], ...]:
    found = statements_of(policy)
    return tuple((policy.name, str(statement.get("Sid", number))) for number, statement in enumerate(found, 1))


def statements_of(policy: Policy) -> list[dict[str, Any]]:
    """The statements of a policy document, always as a list."""
    found = json.loads(policy.content)["Statement"]
    return found if isinstance(found, list) else [found]


def _documents(members: Sequence[Policy], limit: int, wildcards: bool) -> list[tuple[int, str, list[Policy]]]:
    """The packed documents: number, text, and the policies inside.

    The number of documents is the smallest that works. Which document a guardrail is in depends on its name and on that
    number alone (rendezvous hashing), so changing one guardrail touches one document.
    """
    for documents in count(1):
        bins = _bins(members, documents, limit, wildcards)
        if bins is not None or documents >= len(members):
            filled = bins or [[member] for member in members]
            texts = [(number, _text(inside, wildcards), inside) for number, inside in enumerate(filled, 1)]
            return [(number, text, inside) for number, text, inside in texts if inside]
    raise AssertionError("unreachable")


def _bins(members: Sequence[Policy], documents: int, limit: int, wildcards: bool) -> list[list[Policy]] | None:
    """The members in that many bins, each in the first of its own order that has room; None where one has none."""
    bins: list[list[Policy]] = [[] for _ in range(documents)]
    for member in sorted(members, key=lambda policy: policy.name):
        for number in _preferences(member.name, documents):
            if size(_text([*bins[number], member], wildcards)) <= limit:
                bins[number].append(member)
                break
        else:
            return None
    return bins


def _preferences(name: str, documents: int) -> list[int]:
    return sorted(range(documents), key=lambda number: sha256(f"{name}\0{number}".encode()).digest())


def _shortened(policy: Policy) -> Policy:
    """The policy with wildcards in place of lists of actions; itself where it is of a kind without actions."""
    if policy.kind not in APART:
        return policy
    statements = [with_wildcards(statement) for statement in statements_of(policy)]
    return replace(policy, content=minified({**policy.document, "Statement": statements}))


def _text(members: Sequence[Policy], wildcards: bool) -> str:
    statements = merged([statement for member in members for statement in statements_of(member)])
    if wildcards:
        statements = [with_wildcards(statement) for statement in statements]
    return minified({"Version": "2012-10-17", "Statement": statements})
