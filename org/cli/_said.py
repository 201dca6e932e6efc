"""How `org decide` shows an answer: what each policy says to the request, level by level."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.access.match import RESOURCE
from org.model.request import Answer, Layer
from org.policy.chain import FULL_ACCESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.access.document import Statement
    from org.model.finding import Span
    from org.model.organization import Account
    from org.model.request import Decision
    from org.policy.asking import Question
    from org.policy.spoken import Guardrail, Spoken

    Spans = Mapping[tuple[str, int], Span]

VERSION = 1
"""The version of the JSON that `--format json` writes."""
ANSWERS = {
    Answer.ALLOWED: "allowed",
    Answer.EXPLICITLY_DENIED: "explicitly denied",
    Answer.IMPLICITLY_DENIED: "implicitly denied",
    Answer.UNKNOWN: "unknown",
}
NAMES = {Layer.SCP: "SCP", Layer.RCP: "RCP"}


def as_text(account: Account, asked: Question, decision: Decision, said: Sequence[Spoken], spans: Spans) -> str:
    """The answer, then a line for each statement that speaks to the request, then what the answer hangs on."""
    request = asked.request
    resource = "an unknown resource" if request.resource is None else request.resource
    on = "" if resource == "*" else f" on {resource}"
    asked_of = f"by {request.principal.arn} (asked of {account.key})"
    lines = [f"{ANSWERS[decision.answer]}: {request.action}{on} {asked_of}", ""]
    lines += [f"  {line}" for line in _table(list(_rows(asked, said, spans)))]
    lines += [f"  {one}" for one in _silent(asked, said)]
    told = list(_told(asked, decision))
    return "\n".join([*lines, *([""] if told else []), *told])


def _rows(asked: Question, said: Sequence[Spoken], spans: Spans) -> Iterator[tuple[str, str, str, str]]:
    """Layer, place, what is said, and by whom."""
    for one in said:
        place = "" if one.level is None else asked.nodes[one.layer][one.level]
        yield NAMES.get(one.layer, one.layer.value), place, _verdict(one), _by(one, spans)


def _verdict(one: Spoken) -> str:
    effect = "allowed" if not one.statement.denies else "denied" if not one.statement.allows else "allowed or denied"
    return effect if one.sure else f"may be {effect}"


def _by(one: Spoken, spans: Spans) -> str:
    """The policy with its Sid, the guardrails inside where it is packed, and the place in a file."""
    statement = one.statement
    if not one.guardrails:
        return _named(str(spans.get((one.policy, statement.number), one.policy)), statement, one.policy)
    inside = ", ".join(_guardrail(guardrail) for guardrail in one.guardrails)
    packed = any(guardrail.name != one.policy for guardrail in one.guardrails)
    return f"{one.policy}, in it {inside}" if packed else inside


def _named(shown: str, statement: Statement, policy: str) -> str:
    if statement.sid:
        return f"{shown} ({statement.sid})"
    return shown if policy == FULL_ACCESS or shown != policy else f"{policy}, statement {statement.number + 1}"


def _guardrail(guardrail: Guardrail) -> str:
    sid = f" ({guardrail.sid})" if guardrail.sid else ""
    return f"{guardrail.name}{sid}{f', {guardrail.span}' if guardrail.span else ''}"


def _table(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """The rows in columns; what is the same as in the row above is left out."""
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    above = ("", "")
    for layer, place, verdict, by in rows:
        shown = ("", "") if (layer, place) == above else (layer, place)
        above = (layer, place)
        yield f"{shown[0]:<{widths[0]}}  {shown[1]:<{widths[1]}}  {verdict:<{widths[2]}}  {by}"


def _silent(asked: Question, said: Sequence[Spoken]) -> Iterator[str]:
    """Layers that have no say, and why."""
    from org.policy.spoken import exemption

    for layer, name in NAMES.items():
        reason = exemption(asked.policies, asked.request, layer)
        if reason:
            yield f"{name}s do not bind this request: {reason}"
        elif layer is Layer.RCP and not any(one.layer is layer for one in said):
            yield "RCPs say nothing against it"


def _told(asked: Question, decision: Decision) -> Iterator[str]:
    from org.policy.asking import written

    keys = [written(key) for key in decision.depends_on if key != RESOURCE]
    if len(keys) < len(decision.depends_on):
        yield "depends on: the resource  (say it with --resource ARN)"
    if keys:
        yield f"depends on: {', '.join(keys)}  (say it with --context KEY=VALUE)"
    yield from (f"because: {one}" for one in decision.because)
    if asked.assumed:
        yield "assumed: " + ", ".join(f"{key}={value}" for key, value in asked.assumed.items())
    if asked.absent:
        yield f"taken as absent: {', '.join(asked.absent)}  (--context says otherwise, --unknown leaves it open)"
    yield from (f"note: {one}" for one in asked.notes)
    if asked.policies.guardrails_only and decision.answer is Answer.ALLOWED:
        yield "note: guardrails grant nothing; with --identity-policy FILE the grant is asked for too"


def as_json(account: Account, asked: Question, decision: Decision, said: Sequence[Spoken], spans: Spans) -> str:
    """The versioned JSON: the public answer, and what each statement says."""
    from org.access.answer import answer

    request = asked.request
    whole = {
        "version": VERSION,
        "account": account.key,
        "request": {
            "principal": request.principal.arn,
            "action": request.action,
            "resource": request.resource,
            "resource_account": request.resource_account,
            "context": dict(request.context),
            "unknown": sorted(request.unknown),
        },
        **answer(decision),
        "guardrails_only": asked.policies.guardrails_only,
        "said": [_record(one, asked, spans) for one in said],
        "assumed": dict(asked.assumed),
        "absent": list(asked.absent),
        "notes": list(asked.notes),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _record(one: Spoken, asked: Question, spans: Spans) -> dict[str, Any]:
    return {
        "layer": one.layer.value,
        "level": one.level,
        "node": None if one.level is None else asked.nodes[one.layer][one.level],
        "policy": one.policy,
        "sid": one.statement.sid or None,
        "statement": one.statement.number,
        "says": _verdict(one),
        **_place(spans.get((one.policy, one.statement.number))),
        "guardrails": [
            {"name": inside.name, "sid": inside.sid or None, **_place(inside.span)} for inside in one.guardrails
        ],
    }


def _place(span: Span | None) -> dict[str, Any]:
    return {"file": span.file, "line": span.line, "column": span.column} if span else {}
