"""A plan to a file and back: versioned JSON, with the digest of its actions."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from org.errors import BadInput
from org.model.change import Action, Change, Plan, Risk
from org.model.finding import Finding, Severity, Span
from org.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = 1
MOST_BYTES = 32_000_000
"""No plan is larger; a plan of 10,000 new accounts takes less than a third of it."""


def to_data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON data, as docs/plan.md describes it."""
    data: dict[str, Any] = {
        "version": VERSION,
        "plan_id": plan.plan_id,
        "organization_id": plan.organization_id,
        "commit": plan.commit,
        "versions": dict(plan.versions),
        "changes": [_change(change) for change in plan.changes],
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "source": _span(finding.span),
                "help": finding.help,
            }
            for finding in plan.findings
        ],
        "guards": [{"name": name, "because": because} for name, because in plan.guards],
    }
    return data | {"digest": digest(data)}


def digest(data: Mapping[str, Any]) -> str:
    """The SHA-256 of everything in a plan file but the digest itself: guards, risks and findings count too."""
    rest = {key: value for key, value in data.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def dumps(plan: Plan) -> str:
    """The text of a plan file."""
    return json.dumps(to_data(plan), indent=2, ensure_ascii=False) + "\n"


def read(path: Path) -> Plan:
    """The plan in a file. Raises `BadInput` where the file is no plan, or not the one that its digest names."""
    try:
        data = json.loads(_text(path))
        plan = _plan(data)
        said, version = (data["plan_id"], data["digest"]), data["version"]
        computed = plan.plan_id, digest(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(
            path, f"`{path.name}` is not a plan file: {error}", "make one with `org plan --out FILE`"
        ) from error
    if version != VERSION:
        raise _refused(
            path, f"`{path.name}` has the format version `{version}`", f"this release reads version {VERSION}"
        )
    if said != computed:
        raise _refused(path, f"`{path.name}` was changed after it was made", "make a new plan and have it reviewed")
    return plan


def _text(path: Path) -> str:
    """The text of a file that may be a plan; raises ValueError where it is larger than any plan."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return content.decode()


def _refused(path: Path, message: str, help_line: str) -> BadInput:
    return BadInput([Finding("ORG910", message, span=Span(str(path)), help=help_line)])


def _change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "kind": change.kind,
        "name": change.name,
        "place": {"account": change.place.account, "region": change.place.region, "name": change.place.name},
        "before": change.before,
        "after": change.after,
        "risk": change.risk.value,
        "source": _span(change.source),
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _plan(data: Mapping[str, Any]) -> Plan:
    return Plan(
        changes=tuple(
            Change(
                action=Action(item["action"]),
                kind=item["kind"],
                name=item["name"],
                place=Place(**item["place"]),
                before=item["before"],
                after=item["after"],
                risk=Risk(item["risk"]),
                source=Span(**item["source"]) if item["source"] else None,
            )
            for item in data["changes"]
        ),
        findings=tuple(
            Finding(
                item["rule"],
                item["message"],
                Severity(item["severity"]),
                Span(**item["source"]) if item["source"] else None,
                help=item["help"],
            )
            for item in data["findings"]
        ),
        guards=tuple((item["name"], item["because"]) for item in data["guards"]),
        organization_id=data["organization_id"],
        commit=data["commit"],
        versions=data["versions"],
    )
