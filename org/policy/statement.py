"""Statements joined where nothing is lost: two that differ in one list become one with both lists' entries.

Why each join means the same: a statement applies where its action, its resource and its condition all match. An entry
of a list matches or it does not, and a list matches where one of its entries does. So for everything else being equal
`A in X or A in Y` is `A in X + Y`. Negated lists (NotAction, NotResource, StringNotEquals) do not work so and stay.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Statement = dict[str, Any]

POSITIVE = frozenset(
    {
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "NumericEquals",
        "DateEquals",
        "BinaryEquals",
        "IpAddress",
        "ArnEquals",
        "ArnLike",
    }
)
"""Operators whose values are alternatives: one that matches is enough.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """The same statements in as few as the joins give, without Sids, in an order of their own."""
    current = [_plain(statement) for statement in statements]
    while True:
        before = len(current)
        for field in ("Action", "Resource"):
            current = _joined(current, field)
        current = _joined_conditions(current)
        if len(current) == before:
            return sorted((_short(statement) for statement in current), key=_canonical)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(statement: Statement) -> Statement:
    """The statement without its Sid and with every list as a list."""
    plain: Statement = {key: value for key, value in statement.items() if key != "Sid"}
    for field in ("Action", "NotAction", "Resource", "NotResource"):
        if field in plain:
            plain[field] = without_covered(_listed(plain[field]), ignore_case="Action" in field)
    if "Condition" in plain:
        plain["Condition"] = {
            operator: {key: _sorted(_listed(values)) for key, values in keys.items()}
            for operator, keys in plain["Condition"].items()
        }
    return plain


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted({_canonical(value): value for value in values}.values(), key=_canonical)


def _joined(statements: Sequence[Statement], field: str) -> list[Statement]:
    """Statements that are alike but for the list in `field`, joined."""
    groups: dict[str, Statement] = {}
    for statement in statements:
        if field not in statement:
            groups[_canonical(statement)] = statement
            continue
        rest = _canonical({key: value for key, value in statement.items() if key != field} | {field: None})
        if rest in groups:
            both = [*groups[rest][field], *statement[field]]
            groups[rest] = groups[rest] | {field: without_covered(both, ignore_case=field == "Action")}
        else:
            groups[rest] = statement
    return list(groups.values())


def _joined_conditions(statements: Sequence[Statement]) -> list[Statement]:
    """Statements that are alike but for the values of one positive condition, joined."""
    result: list[Statement] = []
    for statement in statements:
        for number, other in enumerate(result):
            joined = _one_condition_apart(other, statement)
            if joined is not None:
                result[number] = joined
                break
        else:
            result.append(statement)
    return result


def _one_condition_apart(left: Statement, right: Statement) -> Statement | None:
    """Both in one, where they differ only in the values of one positive condition; else None."""
    if not left.get("Condition") or not right.get("Condition"):
        return left if left == right else None
    if {**left, "Condition": None} != {**right, "Condition": None}:
        return None
    conditions = _flat(left["Condition"]), _flat(right["Condition"])
    if conditions[0].keys() != conditions[1].keys():
        return None
    apart = [pair for pair in conditions[0] if conditions[0][pair] != conditions[1][pair]]
    if not apart:
        return left
    if len(apart) > 1 or not is_positive(apart[0][0]):
        return None
    (operator, key) = apart[0]
    both = _sorted([*conditions[0][operator, key], *conditions[1][operator, key]])
    condition = left["Condition"] | {operator: left["Condition"][operator] | {key: both}}
    return left | {"Condition": condition}


def _flat(condition: dict[str, dict[str, list[Any]]]) -> dict[tuple[str, str], list[Any]]:
    return {(operator, key): values for operator, keys in condition.items() for key, values in keys.items()}


def is_positive(operator: str) -> bool:
    """True where the operator's values are alternatives; `ForAllValues:` asks that every value of the request match."""
    return operator.removeprefix("ForAnyValue:").removesuffix("IfExists") in POSITIVE


def _short(statement: Statement) -> Statement:
    """The statement with every list of one as its one entry, keys in a fixed order."""
    short = {key: _one(value) for key, value in sorted(statement.items())}
    if "Condition" in short:
        short["Condition"] = {
            operator: {key: _one(values) for key, values in sorted(keys.items())}
            for operator, keys in sorted(statement["Condition"].items())
        }
    return short


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def without_covered(patterns: Iterable[str], *, ignore_case: bool) -> list[str]:
    """The patterns without those that another one covers, sorted; case counts in ARNs and not in actions."""
    distinct = sorted({pattern.lower() if ignore_case else pattern: pattern for pattern in patterns}.items())
    kept = [
        pattern
        for folded, pattern in distinct
        if not any(other != folded and covers(other, folded) for other, _ in distinct)
    ]
    return sorted(kept)


def covers(wide: str, narrow: str) -> bool:
    """True where `wide` matches every text that `narrow` matches. Sound for all strings; not complete.

    `*` of the narrow pattern must fall into a `*` of the wide one. Patterns with policy variables are left alone: their
    text is not known here.
    """
    if "*" not in wide or "${" in wide or "${" in narrow:
        return False
    position, star, resume, index = 0, -1, 0, 0
    while index < len(narrow):
        character = narrow[index]
        if position < len(wide) and wide[position] == "*":
            star, resume = position, index
            position += 1
        elif position < len(wide) and character != "*" and wide[position] in (character, "?"):
            position, index = position + 1, index + 1
        elif star >= 0:
            resume += 1
            position, index = star + 1, resume
        else:
            return False
    return all(character == "*" for character in wide[position:])
