"""A review as versioned JSON: complete, with a request for each claim that `org decide` can take."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from org.report import json as findings_json
from org.report.review_words import quoted

if TYPE_CHECKING:
    from org.model.review import Claim, Danger, PolicyChange, Replay, Review, Scope, SideOf, Witness

VERSION = 1


def review(found: Review) -> str:
    """The review as a JSON text; every character that is not ASCII is escaped, so nothing reaches a terminal raw."""
    return json.dumps(plain(found), indent=1) + "\n"


def plain(found: Review) -> dict[str, Any]:
    """The review as plain data."""
    return {
        "version": VERSION,
        "base": _side(found.base),
        "head": _side(found.head),
        "compared": found.compared,
        "changed": bool(found),
        "trips": sorted(found.trips),
        "accounts_affected": found.affected,
        "accounts": found.total,
        "chains_compared": found.chains,
        "dangers": [_danger(danger) for danger in found.dangers],
        "claims": [_claim(claim) for claim in found.claims],
        "policies": [_policy(policy) for policy in found.policies],
        "account_changes": [
            {
                "account": one.key,
                "change": one.change,
                "from": one.before,
                "to": one.after,
                "lines": list(one.lines),
                "source": one.source,
            }
            for one in found.accounts
        ],
        "effective_changes": [
            {"type": one.kind, **_scope(one.scope), "lines": list(one.lines)} for one in found.effective
        ],
        "other_changes": list(found.others),
        "documents": [
            {
                "type": use.kind,
                "name": use.name,
                "before": use.before,
                "after": use.after,
                "quota": use.quota,
                "contains": list(use.contains),
            }
            for use in found.documents
        ],
        "slots": [
            {"type": s.kind, "target": s.target, "before": s.before, "after": s.after, "quota": s.quota, "near": s.near}
            for s in found.slots
        ],
        "replay": _replay(found.replay) if found.replay is not None else None,
        "scenarios": dict(found.scenarios),
    }


def _side(side: SideOf) -> dict[str, Any]:
    prints = findings_json.fingerprints(side.findings)
    return {
        "name": side.name,
        "commit": side.commit,
        "readable": side.readable,
        "missing": side.missing,
        "findings": [findings_json.plain(one, name) for one, name in zip(side.findings, prints, strict=True)],
    }


def _danger(danger: Danger) -> dict[str, Any]:
    return {
        "trip": danger.trip.value,
        "message": quoted(danger.message),
        **_scope(danger.scope),
        "witness": _witness(danger.witness),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "gain": claim.gain,
        "certainty": claim.certainty,
        "cause": claim.cause.value,
        **_scope(claim.scope),
        "actions": list(claim.actions),
        "principals": list(claim.principals),
        "except_principals": list(claim.except_principals),
        "resources": list(claim.resources),
        "except_resources": list(claim.except_resources),
        "conditions": list(claim.conditions),
        "statements": [quoted(words) for words in claim.statements],
        "witnesses": [_witness(witness) for witness in claim.witnesses],
    }


def _scope(scope: Scope | None) -> dict[str, Any]:
    return {"accounts": list(scope.accounts) if scope else None}


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    return {
        "account": witness.account,
        "request": dict(witness.request),
        "base": witness.base,
        "head": witness.head,
        "before": witness.before.value,
        "after": witness.after.value,
    }


def _replay(found: Replay) -> dict[str, Any]:
    prints = findings_json.fingerprints(found.findings)
    return {
        "calls": found.calls,
        "requests": found.requests,
        "certain": found.certain,
        "exempt": found.exempt,
        "groups": [{**asdict(one), "statements": [quoted(words) for words in one.statements]} for one in found.groups],
        "findings": [findings_json.plain(one, name) for one, name in zip(found.findings, prints, strict=True)],
    }


def _policy(change: PolicyChange) -> dict[str, Any]:
    return {
        "type": change.kind,
        "name": change.name,
        "change": change.change,
        "statements": [{"name": one.name, "change": one.change, "lines": list(one.lines)} for one in change.statements],
        "attached": list(change.attached),
        "detached": list(change.detached),
        "source": change.source,
    }
