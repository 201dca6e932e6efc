# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs and their errors as the plain data of an Ansible result."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from org.errors import BadInput, GuardTripped, OrgError, Partial, StalePlan
from org.model.finding import Severity
from org.report import grouped
from org.report.baseline_json import account, change

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from org.model.change import Outcome
    from org.model.finding import Finding
    from org.model.result import Batch
    from org.reconcile.run import Run

GROUPED = "org.baseline.grouped"
FAILED, WRONG = "org_failed", "org_wrong"
"""The groups of accounts that failed, and of those in which something is wrong that no run puts right."""


def finding(found: Finding) -> str:
    """A finding as one line: where it is, what is wrong, and what helps."""
    where = found.span or found.place
    return "".join([f"{where}: " if where else "", found.message, f" ({found.help})" if found.help else ""])


def outcome(made: Outcome) -> dict[str, Any]:
    """What became of one change."""
    return {
        **change(made.change),
        "result": made.result.value,
        "reason": made.reason,
        "authorization_id": made.authorization_id,
    }


def run(made: Run) -> dict[str, Any]:
    """The result of an organization run: `changed`, `msg`, `plan`, `outcomes`, and the plan as text in `diff`."""
    from org.report import plan_text, plan_words

    counts = Counter(each.action.value for each in made.plan.changes)
    return {
        "changed": bool(made.plan.changes),
        "msg": plan_words.outcome_totals(made.outcomes) if made.outcomes else plan_words.totals(made.plan),
        **refused(made),
        "plan": {
            "plan_id": made.plan.plan_id,
            "counts": dict(counts),
            "changes": [change(each) for each in made.plan.changes],
            "guards": [{"name": name, "what": what} for name, what in made.plan.guards],
        },
        "outcomes": [outcome(each) for each in made.outcomes],
        "warnings": [finding(each) for each in made.findings if each.severity is not Severity.ERROR],
        "diff": [{"prepared": plan_text.plan(made.plan)}],
    }


def refused(made: Run) -> dict[str, Any]:
    """What makes the result of a plan with errors a failed one; empty for a plan without."""
    from org.report import text

    errors = [each for each in made.plan.findings if each.severity is Severity.ERROR]
    if not errors:
        return {}
    return {"failed": True, "changed": False, "msg": text.findings(errors, made.sources, colour=False)}


def unrecorded(environment: Mapping[str, str], callback: str) -> list[str]:
    """A warning where results are to be written to a file, and the callback of the run is not the one that does."""
    named = [name for name in ("ORG_RESULTS_JSONL", "ORG_RESULTS_JUNIT") if environment.get(name)]
    if not named or callback == GROUPED:
        return []
    advice = f"only {GROUPED} does that: set ANSIBLE_STDOUT_CALLBACK={GROUPED}"
    return [f"{' and '.join(named)}: nothing is written, because the callback is {callback}, and {advice}"]


def batch(made: Batch) -> dict[str, Any]:
    """The result of one component in many accounts: `changed`, `accounts`, `failed_accounts`, `msg`, and `diff`."""
    accounts = {key: account(result) for key, result in made.results.items()}
    failed = [{"key": key, "reason": one["reason"], "group": FAILED} for key, one in accounts.items() if one["failed"]]
    found = [(key, grouped.wrong(each)) for key, each in accounts.items() if not each["failed"]]
    wrong = [{"key": key, "reason": reason, "group": WRONG} for key, reason in found if reason]
    changes = [record for record in grouped.of_component(accounts) if record.changed]
    lines = grouped.changed(changes, "account", diff=True, verbose=False)
    return {
        "changed": bool(changes),
        "msg": f"{len(accounts)} accounts: {len(changes)} changed, {len(failed) + len(wrong)} failed",
        "accounts": accounts,
        "failed_accounts": [*failed, *wrong],
        "diff": [{"prepared": "".join(f"{line}\n" for line in lines)}],
    }


def baseline(made: Sequence[Batch]) -> dict[str, Any]:
    """The result of many components: `changed`, `components`, `failed_accounts` (each once), `msg`, and `diff`."""
    each = {one.component: batch(one) for one in made if one.results}
    left: dict[str, dict[str, str]] = {}
    for account_left in (one for result in each.values() for one in result["failed_accounts"]):
        known = left.setdefault(account_left["key"], account_left)
        if known is not account_left:
            reason = f"{known['reason']}\n{account_left['reason']}"
            left[account_left["key"]] = {**account_left, "reason": reason}
    said = [f"{name}: {result['msg']}" for name, result in each.items()]
    return {
        "changed": any(result["changed"] for result in each.values()),
        "msg": "\n".join(said) or "nothing is declared for these accounts",
        "components": {name: result["accounts"] for name, result in each.items()},
        "failed_accounts": list(left.values()),
        "diff": [
            {"prepared": f"{name}:\n{result['diff'][0]['prepared']}"}
            for name, result in each.items()
            if result["changed"]
        ],
    }


def chosen(run: Collection[str], skip: Collection[str], known: Iterable[str]) -> list[str]:
    """The components that the tags of a run choose: those that it names, all where it names none or the baseline."""
    everything = not {"all", "tagged", "baseline"}.isdisjoint(run)
    return [name for name in known if (everything or name in run) and name not in skip and "baseline" not in skip]


def ours(settings: Any) -> bool:
    """True where the output is that of our own callback, which leaves the components to the task that does them."""
    return bool(settings.DEFAULT_STDOUT_CALLBACK == GROUPED)


def too_many(made: Sequence[Batch], batch: Sequence[str], failed: Collection[str], limit: float) -> bool:
    """True where more than `limit` per cent of the batch have failed."""
    now = {key for one in made for key in one.failed}
    return (len(now) + sum(key in failed for key in batch)) * 100 > limit * len(batch)


def stopped(result: dict[str, Any], batch: Sequence[str], failed: Collection[str], limit: float) -> dict[str, Any]:
    """The result, failed where more than `limit` per cent of the batch failed, here or at an earlier component."""
    failed_now = [account for account in result["failed_accounts"] if account["group"] == FAILED]
    count = len(failed_now) + sum(key in failed for key in batch)
    if count * 100 <= limit * len(batch):
        return result
    text = f"{count} of the {len(batch)} accounts of this batch failed, more than {limit:g} %: stopping here"
    return result | {"failed": True, "msg": text}


def error(raised: OrgError) -> dict[str, Any]:
    """A failed result whose `msg` has everything that the error knows."""
    result: dict[str, Any] = {"failed": True, "msg": str(raised)}
    if isinstance(raised, BadInput):
        from org.report import text

        result["msg"] = text.findings(raised.findings, raised.sources, colour=False)
    elif isinstance(raised, GuardTripped):
        names = json.dumps(sorted({name for name, _ in raised.guards}))
        tripped = [f"{name}: {what}" for name, what in raised.guards]
        advice = f"where that is what you want, run again with -e '{{\"org_allow\": {names}}}'"
        result["msg"] = "\n".join(["the plan does something dangerous:", *tripped, advice])
    elif isinstance(raised, StalePlan):
        result["msg"] = "\n".join([str(raised), *raised.differences])
    elif isinstance(raised, Partial):
        from org.report import plan_words

        outcomes = [outcome(each) for each in raised.outcomes]
        done = any(each["result"] == "done" for each in outcomes)
        result.update(
            changed=done,
            outcomes=outcomes,
            msg="\n".join([str(raised), *map(plan_words.outcome_line, raised.outcomes)]),
        )
    return result
