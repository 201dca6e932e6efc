"""Whether the pipeline can still do its work in every account whose guardrails change."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from org.model.request import Answer
from org.model.review import Danger, Name, Trip, Witness
from org.review.pipeline import needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from org.access.policies import Policies
    from org.model.organization import Organization
    from org.model.request import Decision
    from org.model.review import Words
    from org.review.chains import Chains
    from org.review.claims import Claims
    from org.review.pipeline import Needed

DENIED = (Answer.EXPLICITLY_DENIED, Answer.IMPLICITLY_DENIED)
VARIABLE = re.compile(r"\$\{([^},]+)")


def lockouts(claims: Claims, chains: Iterable[Chains], head: Organization) -> Iterator[Danger]:
    """Each role of the pipeline that is denied, or may be denied, what it was not denied before."""
    found: dict[tuple[Words, Words], list[str]] = defaultdict(list)
    actions: dict[tuple[Words, Words], dict[str, None]] = defaultdict(dict)
    witnesses: dict[tuple[Words, Words], Witness] = {}
    for one in chains:
        engines = claims.engine(one.base), claims.engine(one.head)
        keys = [account.key for account in one.accounts]
        where = claims.setting(one)
        told: set[tuple[Words, Words]] = set()
        for call in needed(head, one.accounts, where, unknown_keys(one.base) | unknown_keys(one.head)):
            before, after = (engine.decide(call.request) for engine in engines)
            if after.answer is Answer.ALLOWED or after.answer is before.answer or before.answer in DENIED:
                continue
            kind = described(claims, call, after)
            actions[kind][call.request.action] = None
            told.add(kind)
            witnesses.setdefault(kind, claims.shown(one, call.request, before.answer, after.answer))
        for kind in told:
            found[kind] += keys
    for kind, keys in found.items():
        who, why = kind
        what = tuple(word for action in actions[kind] for word in (", ", Name(action)))[1:]
        yield Danger(Trip.LOCKOUT, (*who, *what, *why), claims.scopes.scope(keys), witnesses[kind])


def described(claims: Claims, call: Needed, after: Decision) -> tuple[Words, Words]:
    """Who cannot do something, and why not, in words; what it is stands between the two."""
    who = (f"the pipeline's {call.role} role ", Name(call.name))
    statements = tuple(
        word for reason in after.decided_by for word in (" and ", *claims.behind.words(reason, gain=False))
    )[1:]
    if after.answer in DENIED:
        return (*who, " can no longer "), (", denied by ", *statements) if statements else ()
    keys = tuple(word for key in after.depends_on for word in (" and ", Name(key)))[1:]
    doubt = (", depending on ", *keys) if keys else ()
    return (*who, " may no longer be able to "), (*doubt, ", because of ", *statements) if statements else doubt


def unknown_keys(policies: Policies) -> frozenset[str]:
    """Every key that the chain asks for, in conditions and as a variable."""
    documents = [one for levels in (policies.scps, policies.rcps) for level in levels or () for one in level]
    statements = [statement for one in documents for statement in one.statements]
    texts = [text for one in statements for text in (*one.resources, *(v for test in one.tests for v in test.values))]
    named = {name.strip().lower() for text in texts for name in VARIABLE.findall(text)}
    return frozenset(named | {test.key for one in statements for test in one.tests})
