# Copyright: Contributors to aws-org-baseline
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many accounts in few lines: accounts with the same changes, or the same failure, are one group."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ansible_collections.org.baseline.plugins.plugin_utils.records import BAD, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FAILURES = (*BAD, "ignored")
SHOWN = 8
"""So many names of accounts without a failure are shown; `-v` shows all. Failed accounts are always all named."""
SIDES = ("before", "after")
PLACES = ("ou", "target")
ID, KEY = "ACCOUNT_ID", "ACCOUNT_KEY"
SIGNS = {"create": "+", "attach": "+", "enable": "+", "register": "+", "delete": "-", "detach": "-"}


def of_component(accounts: Mapping[str, Any], play: str = "", task: str = "", *, check: bool = False) -> list[Record]:
    """The records of a component's result, one for each account."""
    return [
        Record(
            play=play,
            task=task,
            host=key,
            status=_status(account),
            reason=account["reason"] or account["skipped"],
            account=account["id"],
            authorization_id=account["authorization_id"],
            check=check,
            changed=account["changed"],
            changes=account["changes"],
        )
        for key, account in accounts.items()
    ]


def of_plan(changes: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The changes of an organization's plan as records that group by what is done where, whatever the names."""
    return [
        Record("", "", change["name"], "changed", changes=[change | {side: _where(change[side]) for side in SIDES}])
        for change in changes
    ]


def lines(records: Sequence[Record], noun: str, *, diff: bool, verbose: bool) -> Iterator[str]:
    """What a task did, as lines: groups of changes, of failures, of skipped ones, and what was left as it was."""
    yield from changed([record for record in records if record.status == "changed"], noun, diff=diff, verbose=verbose)
    yield from _failed([record for record in records if record.status in FAILURES], noun)
    yield from _skipped([record for record in records if record.status == "skipped"], noun, verbose=verbose)
    unchanged = [record for record in records if record.status == "ok"]
    if unchanged:
        yield f"= {count(unchanged, noun)} unchanged" + (f": {names(unchanged, verbose=True)}" if verbose else "")


def count(records: Sequence[Record], noun: str) -> str:
    """How many there are, in words: `1 account`, `1,780 accounts`."""
    return f"{len(records):,} {noun}" + ("" if len(records) == 1 else "s")


def names(records: Sequence[Record], *, verbose: bool) -> str:
    """The hosts of the records, all of them or the first few and how many more."""
    hosts = [record.host for record in records]
    if verbose or len(hosts) <= SHOWN:
        return ", ".join(hosts)
    return f"{', '.join(hosts[:SHOWN])} and {len(hosts) - SHOWN:,} more (-v names them)"


def changed(records: Sequence[Record], noun: str, *, diff: bool, verbose: bool) -> Iterator[str]:
    """What was changed, or would be, as lines: each group with its values (with `diff`) and the names in it."""
    for text, group in _groups(records, _alike):
        changes, note = json.loads(text)
        changes = group[0].changes if len(group) == 1 else changes
        what = ", ".join(dict.fromkeys(f"{change['action']} {change['kind']}" for change in changes)) or "changed"
        yield f"{_sign(changes)} {count(group, noun)}: {what}{f', {note}' if note else ''}"
        if diff:
            yield from (f"    {line}" for change in changes for line in _difference(change))
        yield f"    {names(group, verbose=verbose or _sign(changes) == '-')}"


def _failed(records: Sequence[Record], noun: str) -> Iterator[str]:
    for reason, group in _groups(records, lambda record: _general(record, record.reason)):
        word = "ignored" if group[0].status == "ignored" else "failed"
        if len(group) == 1:
            yield f"! {_named(group[0])} {word}: {_indented(group[0].reason)}"
        else:
            yield f"! {count(group, noun)} {word}: {_indented(reason)}"
            yield f"    {', '.join(map(_named, group))}"


def _skipped(records: Sequence[Record], noun: str, *, verbose: bool) -> Iterator[str]:
    for reason, group in _groups(records, lambda record: _general(record, record.reason)):
        why = f": {reason}" if reason else ""
        yield f"= {count(group, noun)} skipped ({names(group, verbose=verbose)}){why}"


def _groups(records: Sequence[Record], alike: Callable[[Record], str]) -> list[tuple[str, list[Record]]]:
    """The records by what `alike` says of them, the largest group first."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[alike(record)].append(record)
    return sorted(groups.items(), key=lambda group: len(group[1]), reverse=True)


def _indented(text: str) -> str:
    return text.replace("\n", "\n      ")


def _named(record: Record) -> str:
    known = [record.account] if record.account else []
    if record.authorization_id:
        known.append(f"authorization id {record.authorization_id}")
    return f"{record.host} ({', '.join(known)})" if known else record.host


def _where(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The part of a state that says where the thing is."""
    return {key: value for key, value in state.items() if key in PLACES} if state else None


def _status(account: Mapping[str, Any]) -> str:
    """The word for what became of one account of a component's result."""
    if account["failed"]:
        return "failed"
    if account["skipped"]:
        return "skipped"
    return "changed" if account["changed"] else "ok"


def _sign(changes: Sequence[Mapping[str, Any]]) -> str:
    signs = {SIGNS.get(change["action"], "~") for change in changes}
    return signs.pop() if len(signs) == 1 else "~"


def _alike(record: Record) -> str:
    """The changes and the note to them as JSON, the same for every account that changes in the same way."""
    changes = [
        {key: value for key, value in change.items() if key != "source" and (key, value) != ("name", record.host)}
        for change in record.changes
    ]
    return _general(record, json.dumps([changes, record.reason], sort_keys=True, ensure_ascii=False))


def _general(record: Record, text: str) -> str:
    """The text with words in place of what names this account."""
    general = text.replace(record.account, ID) if record.account else text
    general = general.replace(record.authorization_id, "") if record.authorization_id else general
    return general.replace(f"{record.host} (", f"{KEY} (")


def _difference(change: Mapping[str, Any]) -> Iterator[str]:
    """What differs between before and after, one line a value."""
    before, after = _flat(change["before"]), _flat(change["after"])
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{name}: {_shown(old)} -> {_shown(new)}"


def _flat(state: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(state, dict):
        return {} if state is None and not prefix else {prefix or "value": state}
    flat: dict[str, Any] = {}
    for key, value in state.items():
        flat |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
    return flat


def _shown(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
