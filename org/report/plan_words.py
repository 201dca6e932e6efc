"""A plan in words: what every format of a plan says, before it is laid out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.model.change import Action, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from org.model.change import Change, Outcome, Plan, State

SYMBOLS = {
    Action.CREATE: "+",
    Action.ENABLE: "+",
    Action.REGISTER: "+",
    Action.ATTACH: "+",
    Action.UPDATE: "~",
    Action.RENAME: "~",
    Action.MOVE: ">",
    Action.DETACH: "-",
    Action.DELETE: "-",
}
KINDS = {
    "organizational-unit": "OU",
    "policy-type": "policy type",
    "trusted-service": "trusted service",
    "delegated-administrator": "delegated administrator",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words: a symbol, what it is about, and lines of detail that begin with `-`, `+` or a space."""

    symbol: str
    what: str
    where: str
    source: str
    details: tuple[str, ...] = ()


def printable(text: str) -> str:
    """The text with every character that a terminal could act on written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def lines(plan: Plan) -> Iterator[Line]:
    """Every change of the plan in words; a new account's move is part of its creation."""
    created = {change.name: change for change in plan.changes if _is(change, "account", Action.CREATE)}
    places = {change.name: change for change in plan.changes if _is_first_move(change, created)}
    for change in plan.changes:
        if _is_first_move(change, created):
            continue
        destination = places.get(change.name) if _is(change, "account", Action.CREATE) else None
        yield Line(
            SYMBOLS[change.action],
            printable(_what(change)),
            printable(_where(change, destination)),
            str(change.source) if change.source else "",
            tuple(printable(detail) for detail in details(change)),
        )


def _is(change: Change, kind: str, action: Action) -> bool:
    return (change.kind, change.action) == (kind, action)


def _is_first_move(change: Change, created: Mapping[str, Change]) -> bool:
    return _is(change, "account", Action.MOVE) and change.name in created


def _what(change: Change) -> str:
    if change.kind == "attachment":
        return f"{change.action.value} policy {change.name}"
    if change.kind == "organization":
        return "organization with all features"
    return f"{KINDS.get(change.kind, change.kind)} {change.name}"


def _where(change: Change, destination: Change | None) -> str:
    if change.kind == "attachment":
        target = node(str((change.after or change.before or {})["target"]))
        return f"to {target}" if change.action is Action.ATTACH else f"from {target}"
    if change.action is Action.MOVE:
        return f"{_path(change.before)} -> {_path(change.after)}"
    if change.action is Action.RENAME:
        return f"{(change.before or {})['name']} -> {(change.after or {})['name']}"
    if _is(change, "account", Action.CREATE):
        email = str((change.after or {})["email"])
        return f"{email} in {_path(destination.after) if destination else '/'}"
    if change.kind == "delegated-administrator":
        return f"is account {(change.after or {})['account']}"
    return ""


def _path(state: State | None) -> str:
    return str((state or {}).get("ou") or "/")


def node(reference: str) -> str:
    """A node reference for people: `the root`, `OU Workloads/Prod`, `account payments`."""
    kind, _, name = reference.partition(":")
    if reference == "ou:/":
        return "the root"
    return f"{'OU' if kind == 'ou' else kind} {name}"


def details(change: Change) -> list[str]:
    """What differs, one line a fact; a policy is compared statement by statement."""
    if change.kind == "policy":
        return _policy_details(change)
    if change.action is Action.UPDATE:
        return [line for key in change.after or {} for line in _facts(key, change.before or {}, change.after or {})]
    if change.action is Action.CREATE and change.kind in ("account", "organizational-unit"):
        return [f"+ tag {key}={value}" for key, value in (change.after or {}).get("tags", {}).items()]
    return []


def _facts(key: str, before: State, after: State) -> list[str]:
    if before.get(key) == after[key]:
        return []
    if key in ("tags", "contacts"):
        old, new, word = before.get(key) or {}, after[key], key.removesuffix("s")
        return [
            line
            for name in new
            if old.get(name) != new[name]
            for line in _pair(f"{word} {name}", old.get(name), new[name])
        ]
    return _pair(key, before.get(key), after[key])


def _pair(name: str, old: Any, new: Any) -> list[str]:
    """The old and the new value; a value that is not there has no line."""
    pair = [("-", old), ("+", new)]
    return [f"{sign} {name}: {_text(value)}" for sign, value in pair if value not in (None, "")]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(part)}" for key, part in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _policy_details(change: Change) -> list[str]:
    """A new policy by its statements; a changed one by what its statements lose and gain; nothing for one that goes."""
    before, after = _described(change.before), _described(change.after)
    if change.action is Action.CREATE:
        return [f"+ {name}: {_brief(statement)}" for name, statement in after.items()]
    if change.action is not Action.UPDATE:
        return []
    old, new = (change.before or {}).get("description"), (change.after or {}).get("description")
    lines = _pair("description", old, new) if old != new else []
    for name in [*before, *(name for name in after if name not in before)]:
        lines += _statement_details(name, before.get(name), after.get(name))
    return lines


Statement = dict[str, Any]


def _described(state: State | None) -> dict[str, Any]:
    """The parts of a policy state by name: statements by their Sid or number, or the whole of a declarative policy."""
    document = json.loads(str(state["content"])) if state else {}
    found = document.get("Statement")
    if found is None:
        return {"document": document} if document else {}
    many = found if isinstance(found, list) else [found]
    return {str(one.get("Sid") or f"statement {number}"): one for number, one in enumerate(many, 1)}


def _brief(statement: Statement) -> str:
    """A statement as one line of JSON without its Sid."""
    rest = {key: value for key, value in statement.items() if key != "Sid"}
    return json.dumps(rest, separators=(",", ":"), ensure_ascii=False)


def _statement_details(name: str, old: Statement | None, new: Statement | None) -> list[str]:
    """What one statement loses and gains, entry by entry; a statement that comes or goes in one line."""
    if old is None or new is None:
        return [f"{'+' if old is None else '-'} {name}: {_brief(new or old or {})}"]
    facts = _facts_of(old), _facts_of(new)
    gone = [f"- {name}: {fact}" for fact in facts[0] if fact not in facts[1]]
    come = [f"+ {name}: {fact}" for fact in facts[1] if fact not in facts[0]]
    return [*gone, *come]


def _facts_of(value: Any, path: str = "") -> list[str]:
    """Every entry of a statement with the path to it: `Condition StringEquals aws:RequestedRegion eu-west-1`."""
    if isinstance(value, dict):
        return [fact for key, part in value.items() if key != "Sid" for fact in _facts_of(part, f"{path}{key} ")]
    if isinstance(value, list):
        return [fact for part in value for fact in _facts_of(part, path)]
    return [f"{path}{_text(value)}"]


def totals(plan: Plan) -> str:
    """One line: `3 to create, 2 to attach, ...`; kinds of change that do not occur are left out."""
    created = {change.name: change for change in plan.changes if _is(change, "account", Action.CREATE)}
    counts: Counter[str] = Counter()
    for change in plan.changes:
        if not _is_first_move(change, created):
            counts[_bin(change)] += 1
    words = ("create", "attach", "update", "move", "detach", "delete")
    return ", ".join(f"{counts[word]} to {word}" for word in words if counts[word]) or "no changes"


def _bin(change: Change) -> str:
    new = {Action.ENABLE: "create", Action.REGISTER: "create", Action.RENAME: "update"}
    return new.get(change.action, change.action.value)


def outcome_totals(outcomes: Sequence[Outcome]) -> str:
    """One line: `12 done, 1 failed, 2 skipped`."""
    counts = Counter(outcome.result for outcome in outcomes)
    return ", ".join(f"{counts[result]} {result.value}" for result in Result if counts[result]) or "nothing to do"


def outcome_line(outcome: Outcome) -> str:
    """One outcome in words, with AWS's authorization id where a call was denied."""
    change = outcome.change
    line = f"{outcome.result.value}: {SYMBOLS[change.action]} {_what(change)} {_where(change, None)}".rstrip()
    because = f": {outcome.reason}" if outcome.reason else ""
    authorization = f" (authorization id {outcome.authorization_id})" if outcome.authorization_id else ""
    return printable(f"{line}{because}{authorization}")
