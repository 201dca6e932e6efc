"""What baseline components came to, as JSON data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.model.change import Change
    from org.model.finding import Finding
    from org.model.result import AccountResult, Batch, PlaceResult

VERSION = 1


def batches(made: Iterable[Batch]) -> str:
    """The text of a report: every component, every account, every place."""
    components = [
        {"component": one.component, "accounts": {key: account(result) for key, result in one.results.items()}}
        for one in made
    ]
    return json.dumps({"version": VERSION, "components": components}, indent=2, ensure_ascii=False) + "\n"


def account(result: AccountResult) -> dict[str, Any]:
    """What one component did in one account; `places` are its Regions, none for what is account-wide."""
    return {
        "id": result.account,
        "changed": bool(result.changes) and not result.failed,
        "failed": result.failed,
        "reason": result.reason,
        "skipped": result.skipped,
        "authorization_id": result.authorization_id,
        "changes": [change(each) for each in result.changes],
        "findings": [finding(each) for each in result.findings],
        "places": [place(each) for each in result.places] if any(one.place.region for one in result.places) else [],
    }


def place(result: PlaceResult) -> dict[str, Any]:
    """What it did in one place: an account, or one Region of it."""
    return {
        "region": result.place.region,
        "changed": bool(result.changes) and not result.failed,
        "failed": result.failed,
        "reason": result.reason,
        "skipped": result.skipped,
        "authorization_id": result.authorization_id,
        "changes": len(result.changes),
        "findings": len(result.findings),
    }


def change(made: Change) -> dict[str, Any]:
    """One change: its identity, its risk, and where in accounts.yaml it comes from."""
    return {**made.identity, "risk": made.risk.value, "source": str(made.source or "")}


def finding(found: Finding) -> dict[str, Any]:
    """One finding: its control, how bad it is, what it says, and in which Region."""
    return {
        "control": found.rule,
        "severity": found.severity.value,
        "message": found.message,
        "help": found.help,
        "region": found.place.region if found.place else None,
        "fingerprint": found.fingerprint,
    }
