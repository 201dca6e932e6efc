"""What became of a plan, as versioned JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from org.report.plan_words import outcome_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.model.change import Outcome, Plan

VERSION = 1


def outcomes(plan: Plan, made: Sequence[Outcome]) -> str:
    """The outcomes in the plan's order, one line of JSON."""
    data = {
        "version": VERSION,
        "plan_id": plan.plan_id,
        "totals": outcome_totals(made),
        "outcomes": [
            {
                "action": outcome.change.action.value,
                "kind": outcome.change.kind,
                "name": outcome.change.name,
                "account": outcome.change.place.account,
                "result": outcome.result.value,
                "reason": outcome.reason,
                "authorization_id": outcome.authorization_id,
            }
            for outcome in made
        ],
    }
    return json.dumps(data, ensure_ascii=False) + "\n"
