"""What a change does to calls that were really made, for the report of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.errors import counted
from org.model.review import Calls, Danger, Name, Replay, Trip
from org.replay.replaying import Outcome, replay
from org.replay.side import side
from org.review.claims import EXAMPLE_ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.model.review import Words
    from org.replay.corpus import Corpus
    from org.review.claims import Claims
    from org.review.scope import Scopes

SHOWN = 3
TOLD = (Outcome.NEWLY_DENIED, Outcome.DEPENDS, Outcome.NEWLY_ALLOWED)


def replayed(corpus: Corpus, claims: Claims) -> Replay:
    """The calls of the corpus whose answer changes between base and head, the most frequent first."""
    org_id = None if claims.org_id == EXAMPLE_ORGANIZATION else claims.org_id
    base, head = (side(one, org_id) for one in (claims.base, claims.head))
    found = replay(corpus, base, head)
    groups = tuple(
        Calls(
            outcome=group.outcome.value,
            account=head.members[group.account].key if group.account in head.members else group.account,
            principal=group.principal,
            action=group.action,
            count=group.count,
            requests=group.requests,
            first=group.first,
            last=group.last,
            event=group.event,
            resources=group.resources,
            before=group.before.value if group.before else "",
            after=group.after.value,
            statements=tuple(
                dict.fromkeys(
                    claims.behind.words(reason, gain=group.outcome is Outcome.NEWLY_ALLOWED)
                    for reason in group.statements
                )
            ),
            depends_on=group.depends_on,
        )
        for group in found.groups
        if group.outcome in TOLD
    )
    findings = tuple(corpus.findings)
    return Replay(found.calls, found.requests, found.certain, found.exempt, groups, findings)


def denied(found: Replay, scopes: Scopes) -> Iterator[Danger]:
    """One danger for all calls that people really made and could not make any more."""
    groups = [group for group in found.groups if group.outcome == Outcome.NEWLY_DENIED]
    if not groups:
        return
    calls, who = sum(group.count for group in groups), {(group.account, group.principal) for group in groups}
    examples: Words = tuple(
        word
        for group in groups[:SHOWN]
        for word in (", ", Name(group.action), " by ", Name(group.principal), f" ({counted(group.count, 'call')})")
    )[1:]
    more = (f" and {len(groups) - SHOWN:,} more",) if len(groups) > SHOWN else ()
    message = (
        f"{counted(calls, 'call')} of {counted(len(who), 'principal')} that were really made: ",
        *examples,
        *more,
    )
    keys = {group.account for group in groups} & scopes.homes.keys()
    yield Danger(Trip.DENIED, message, scopes.scope(keys) if keys else None)
