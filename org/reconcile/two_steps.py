"""A policy that loses something while accounts move or policies go is first given both, then only the new.

AWS replaces a policy's text at once. Where the same plan also moves accounts or detaches policies, an update made
before them could take away what they rely on, and one made after them could come too late for what moved. With the
statements of both, the policy is at least as strict as before and after all the time.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org.model.change import Action, Change, Risk
from org.model.policy import PolicyType, minified
from org.policy.quota import size
from org.reconcile.diff import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.change import State
    from org.policy.quota import Quota


def in_two_steps(changes: Sequence[Change], quotas: Mapping[PolicyType, Quota]) -> Iterator[Change]:
    """The changes, each update that takes something away as two where another change could feel it."""
    losing = [change for change in changes if is_losing_update(change)]
    felt = len(losing) > 1 or any(
        change.action is Action.DETACH or (change.kind, change.action) == ("account", Action.MOVE) for change in changes
    )
    for change in changes:
        twice = felt and is_losing_update(change)
        both = _with_both(change.before or {}, change.after or {}, quotas) if twice else None
        if both is None:
            yield change
        else:
            yield replace(change, after=both, risk=Risk.MEDIUM)
            yield replace(change, before=both)


def is_losing_update(change: Change) -> bool:
    """True for an update of a policy that may take something away."""
    return (change.kind, change.action) == ("policy", Action.UPDATE) and change.risk is Risk.HIGH


def _with_both(before: State, after: State, quotas: Mapping[PolicyType, Quota]) -> dict[str, Any] | None:
    """The new state with the old statements too; None where that would allow more, or would not fit."""
    kind = PolicyType(str(after["type"]))
    if kind.declarative:
        return None
    old, new = statements(before), statements(after)
    if any(statement.get("Effect") != "Deny" for statement in [*old, *new]):
        return None
    gone = [{key: value for key, value in one.items() if key != "Sid"} for one in old if one not in new]
    content = minified({**json.loads(str(after["content"])), "Statement": [*new, *gone]})
    return {**after, "content": content} if size(content) <= quotas[kind].characters else None
