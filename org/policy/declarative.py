"""What AWS would refuse in a declarative policy: its grammar (see `settings`), and the inheritance operators.

https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from org.model.policy import PolicyType
from org.policy.settings import TYPES, Group, Setting
from org.policy.words import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Where = tuple[str, ...]
    Found = Iterator[tuple[Where, str]]

ASSIGN, APPEND, REMOVE = "@@assign", "@@append", "@@remove"
ALLOWED = "@@operators_allowed_for_child_policies"
SETS = (ASSIGN, APPEND, REMOVE)
ALLOWABLE = ("@@all", "@@none", *SETS)
MISSING = " is missing"
COMPLETE = (
    PolicyType.INSPECTOR_POLICY,
    PolicyType.NETWORK_SECURITY_DIRECTOR_POLICY,
    PolicyType.S3_POLICY,
    PolicyType.SECURITYHUB_POLICY,
)
"""The types of which AWS wants every policy to be complete in itself."""
COLD_DAYS = 90
"""What is moved to cold storage stays there this long at least:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html"""


def broken(kind: PolicyType, document: Mapping[str, Any], *, whole: bool = False) -> Found:
    """Every rule of the type that a document breaks: the keys from the top down to the place, and what to say.

    A policy may leave out what one above it says; `whole` is for the merged one, which may not.
    """
    grammar, page = TYPES[kind]
    if len(document) != 1:
        yield (), f"a policy of this type has one key at the top, and not {len(document)}: see {page}"
        return
    for where, message in _node(grammar, document, ()):
        if whole or kind in COMPLETE or not message.endswith(MISSING):
            yield where, message
    if kind is PolicyType.GUARDDUTY_POLICY:
        yield from _detectors(document)
    if kind is PolicyType.BACKUP_POLICY:
        yield from _lifecycles(document, ())


def is_setting(node: Any) -> bool:
    """True for a mapping that sets a value, and does not only hold other settings."""
    return isinstance(node, dict) and any(name in node for name in SETS)


def _node(rule: Setting | Group | None, node: Any, where: Where) -> Found:
    if not isinstance(node, dict):
        yield where, f"{shown(node)} without an operator such as `{ASSIGN}`"
        return
    if ALLOWED in node:
        yield from _allowance(node[ALLOWED], (*where, ALLOWED))
    for key in node:
        if key.startswith("@@") and key not in (*SETS, ALLOWED):
            yield (*where, key), f"unknown operator `{key}`: {suggestion(key, (*SETS, ALLOWED))}"
    if isinstance(rule, Setting):
        yield from _setting(rule, node, where)
    elif is_setting(node):
        if rule is not None:
            yield where, f"`{where[-1]}` holds settings, and takes no operator but `{ALLOWED}`"
    else:
        yield from _group(rule or Group(), node, where, known=rule is not None)


def _allowance(names: Any, where: Where) -> Found:
    if not isinstance(names, list) or not names or not all(name in ALLOWABLE for name in names):
        yield where, f"{shown(names)} is not a list of {', '.join(ALLOWABLE)}"


def _group(rule: Group, node: Mapping[str, Any], where: Where, *, known: bool) -> Found:
    for name in rule.required:
        if name not in node:
            yield where, f"`{name}`{MISSING}"
    for key, value in node.items():
        if key.startswith("@@"):
            continue
        if key in rule.keys:
            yield from _node(rule.keys[key], value, (*where, key))
        elif rule.named is not None and re.search(rule.pattern, key):
            yield from _node(rule.named, value, (*where, key))
        elif known and (rule.keys or rule.named is not None):
            hint = suggestion(key, rule.keys) if rule.keys else f"it should match `{rule.pattern}`"
            yield (*where, key), f"unknown key `{key}`: {hint}"
        else:
            yield from _node(None, value, (*where, key))


def _setting(rule: Setting, node: Mapping[str, Any], where: Where) -> Found:
    for key in node:
        if not key.startswith("@@"):
            yield (*where, key), f"`{key}` beside the operators of a setting"
    if not is_setting(node) and ALLOWED not in node:
        yield where, f"no operator such as `{ASSIGN}`"
    for operator in SETS:
        if operator in node:
            yield from _value(rule, operator, node[operator], (*where, operator))


def _value(rule: Setting, operator: str, value: Any, where: Where) -> Found:
    if operator != ASSIGN and not rule.many:
        yield where, f"`{operator}` on a setting of one value, which takes only `{ASSIGN}`"
    elif isinstance(value, list) != rule.many:
        yield where, f"{shown(value)} is {'not ' if rule.many else ''}a list"
    for item in value if isinstance(value, list) else [value]:
        text = str(item).lower() if isinstance(item, bool) else str(item)
        if isinstance(item, dict | list) or item is None:
            yield where, f"{shown(item)} is not a value"
        elif rule.words and text not in rule.words:
            yield where, f"{shown(item)} is not one of {', '.join(map(shown, rule.words))}"
        elif rule.pattern and not re.search(rule.pattern, text):
            yield where, f"{shown(item)} does not match `{rule.pattern}`"


def _detectors(document: Mapping[str, Any]) -> Found:
    """Every feature needs `foundational` beside it, because a Region's block replaces the default and is not merged."""
    top = document.get("guardduty")
    blocks = top.get("enablement") if isinstance(top, dict) else None
    for name, features in blocks.items() if isinstance(blocks, dict) else ():
        if name.startswith("@@") or not isinstance(features, dict):
            continue
        on = [feature for feature, node in features.items() if _status(node) == "enabled"]
        if on and "foundational" not in on:
            yield ("guardduty", "enablement", name), f"`{on[0]}` is enabled without `foundational` beside it"


def _status(node: Any) -> Any:
    status = node.get("status") if isinstance(node, dict) else None
    return status.get(ASSIGN) if isinstance(status, dict) else None


def _lifecycles(node: Any, where: Where) -> Found:
    """What goes to cold storage may be deleted 90 days later at the earliest."""
    for key, value in node.items() if isinstance(node, dict) else ():
        if key == "lifecycle" and isinstance(value, dict):
            days = [_days(value.get(name)) for name in ("move_to_cold_storage_after_days", "delete_after_days")]
            if None not in days and days[1] < days[0] + COLD_DAYS:
                yield (*where, key), f"deleted after {days[1]} days, and it must be {days[0] + COLD_DAYS} at least"
        yield from _lifecycles(value, (*where, key))


def _days(node: Any) -> Any:
    value = str(node.get(ASSIGN, "")) if isinstance(node, dict) else ""
    return int(value) if value.isdigit() else None
