"""Many accounts in few lines: accounts with the same changes, or the same failure, are one group."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BAD = ("failed", "unreachable")
FAILURES = (*BAD, "ignored")
SHOWN = 8
"""So many names of accounts without a failure are shown; `-v` shows all. Failed accounts are always all named."""
SIDES = ("before", "after")
PLACES = ("ou", "target")
ID, KEY = "ACCOUNT_ID", "ACCOUNT_KEY"
GIVEN = re.compile(
    r"(?<![\w-])(?:([a-z]{1,10}-)(?:[0-9a-f]{8}|[0-9a-f]{17}|[0-9a-f]{32})|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9a-f]{32})(?![\w-])"
)
"""Ids that AWS gives: `vpc-0123456789abcdef0`, that of a KMS key, that of a detector. Each account has its own."""
ERROR = "error"
SIGNS = {"create": "+", "attach": "+", "enable": "+", "register": "+", "delete": "-", "detach": "-"}


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one host in one task. `status` is a word of Ansible's, `account` the 12-digit id.

    `changed` is for a failure that changed something before it failed. `places` says the same of each Region.
    """

    play: str
    task: str
    host: str
    status: str
    reason: str = ""
    account: str = ""
    authorization_id: str = ""
    check: bool = False
    changed: bool = False
    changes: Sequence[Any] = field(default_factory=tuple)
    findings: Sequence[Any] = field(default_factory=tuple)
    places: Sequence[Any] = field(default_factory=tuple)


def of_component(accounts: Mapping[str, Any], play: str = "", task: str = "", *, check: bool = False) -> list[Record]:
    """The records of a component's result (as `org.report.baseline_json.account` gives it), one for each account."""
    return [
        Record(
            play=play,
            task=task,
            host=key,
            status=_status(account),
            reason=account["reason"] or wrong(account) or account["skipped"],
            account=account["id"],
            authorization_id=account["authorization_id"],
            check=check,
            changed=account["changed"],
            changes=account["changes"],
            findings=account["findings"],
            places=account["places"],
        )
        for key, account in accounts.items()
    ]


def wrong(account: Mapping[str, Any]) -> str:
    """What is wrong in an account that no run puts right, a line for each; empty where nothing is."""
    return "\n".join(_said(finding) for finding in account["findings"] if finding["severity"] == ERROR)


def of_plan(changes: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The changes of an organization's plan as records that group by what is done where, whatever the names."""
    return [
        Record(
            "", "", change["name"], "changed", changes=[{**change, **{side: _where(change[side]) for side in SIDES}}]
        )
        for change in changes
    ]


def lines(records: Sequence[Record], noun: str, *, diff: bool, verbose: bool) -> Iterator[str]:
    """What a task did, as lines: groups of changes, of failures, of skipped ones, and what was left as it was."""
    seen = [record for record in records if record.status == "changed" or (record.changed and record.places)]
    yield from changed(seen, noun, diff=diff, verbose=verbose)
    yield from _failed([record for record in records if record.status in FAILURES], noun)
    yield from _findings(records, noun, verbose=verbose)
    yield from _skipped([record for record in records if record.status == "skipped"], noun, verbose=verbose)
    yield from _places_skipped([record for record in records if record.status != "skipped"], noun, verbose=verbose)
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
    for text, group in _groups(records, lambda record: _without_given(_alike(record))):
        same = {_alike(record) for record in group}
        changes, note = json.loads(same.pop() if len(same) == 1 else text)
        changes = group[0].changes if len(group) == 1 else changes
        what = ", ".join(dict.fromkeys(map(_what, changes))) or "changed"
        regions = dict.fromkeys(change["region"] for change in changes if change.get("region"))
        where = f" in {', '.join(regions)}" if regions else ""
        yield f"{_sign(changes)} {count(group, noun)}: {what}{where}{f', {note}' if note else ''}"
        if diff:
            yield from (f"    {line}" for line in dict.fromkeys(_differences(changes, [one.host for one in group])))
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


def _findings(records: Sequence[Record], noun: str, *, verbose: bool) -> Iterator[str]:
    """What was found that is not as it should be, other than what makes an account fail.

    Things that only differ in ids that AWS gave are told one by one where they are few, and together where they are
    many.
    """
    found: dict[str, dict[str, dict[str, Record]]] = defaultdict(lambda: defaultdict(dict))
    for record in records:
        for finding in record.findings:
            if finding["severity"] != ERROR:
                text = _general(record, _said(finding))
                found[_without_given(text)][text][record.host] = record
    told: dict[str, list[Record]] = {}
    for general, texts in found.items():
        if len(texts) <= SHOWN or verbose:
            told |= {text: list(members.values()) for text, members in texts.items()}
        else:
            told[general] = list({host: one for members in texts.values() for host, one in members.items()}.values())
    for text, group in sorted(told.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        yield f"? {count(group, noun)} ({names(group, verbose=verbose)}): {text}"


def _said(finding: Mapping[str, Any]) -> str:
    where = f" in {finding['region']}" if finding["region"] else ""
    return f"{finding['message']}{where} [{finding['control']}]"


def _places_skipped(records: Sequence[Record], noun: str, *, verbose: bool) -> Iterator[str]:
    """The Regions in which there was nothing to do in accounts that had something to do elsewhere."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        for place in record.places:
            if place["skipped"] and place["region"]:
                found[place["region"], _general(record, place["skipped"])].append(record)
    for (region, why), group in sorted(found.items()):
        yield f"= {count(group, noun)} skipped in {region} ({names(group, verbose=verbose)}): {why}"


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
    if account["failed"] or wrong(account):
        return "failed"
    if account["skipped"]:
        return "skipped"
    return "changed" if account["changed"] else "ok"


def _sign(changes: Sequence[Mapping[str, Any]]) -> str:
    signs = {SIGNS.get(change["action"], "~") for change in changes}
    return signs.pop() if len(signs) == 1 else "~"


def _what(change: Mapping[str, Any]) -> str:
    return f"{change['action']} {change['kind']}"


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


def _without_given(text: str) -> str:
    """The text with words in place of ids that AWS gives; different ids get different words."""
    words: dict[str, str] = {}

    def word(match: re.Match[str]) -> str:
        return words.setdefault(match[0], f"{match[1] or ''}ID{len(words) + 1}")

    return GIVEN.sub(word, text)


def _differences(changes: Sequence[Mapping[str, Any]], hosts: Sequence[str]) -> Iterator[str]:
    """What differs between before and after, one line a value; where a change is of a named thing, with its name."""
    for change in changes:
        before, after = _flat(change["before"]), _flat(change["after"])
        thing = "" if change.get("name", hosts[0]) in hosts else f"{change['name']} "
        for name in sorted(before.keys() | after.keys()):
            old, new = before.get(name), after.get(name)
            if old != new:
                yield f"{thing}{name}: {_shown(old)} -> {_shown(new)}"


def _flat(state: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(state, dict):
        return {} if state is None and not prefix else {prefix or "value": state}
    flat: dict[str, Any] = {}
    for key, value in state.items():
        flat |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
    return flat


def _shown(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
