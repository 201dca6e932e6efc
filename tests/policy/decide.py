"""A small, slow reference for what the statements of SCPs and RCPs deny, written to be read beside AWS's pages.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
Only the operators that the shipped templates use are here; any other one raises KeyError.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from operator import gt, lt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def denying(document: Mapping[str, Any], request: Mapping[str, Any]) -> list[str]:
    """The Sids of the statements that deny a request: `action`, `resource`, and `context` with the principal's ARN."""
    return [statement["Sid"] for statement in document["Statement"] if applies(statement, request)]


def applies(statement: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """True where a Deny statement is about the request, and all of its conditions hold."""
    assert statement["Effect"] == "Deny"
    return (
        about(statement, "Action", request["action"].lower(), str.lower)
        and about(statement, "Resource", request["resource"], str)
        and all(
            holds(operator, key, listed(values), request["context"])
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def about(statement: Mapping[str, Any], element: str, asked: str, folded: Callable[[str], str]) -> bool:
    """True where the element names what is asked for, or its `Not` form does not."""
    if element in statement:
        return any(like(folded(pattern), asked) for pattern in listed(statement[element]))
    return not any(like(folded(pattern), asked) for pattern in listed(statement[f"Not{element}"]))


def holds(operator: str, key: str, values: list[Any], context: Mapping[str, Any]) -> bool:
    """True where one key of a condition holds."""
    asked = next((value for name, value in context.items() if name.lower() == key.lower()), None)
    if operator == "Null":
        return (asked is None) == (str(values[0]).lower() == "true")
    any_value = operator.startswith("ForAnyValue:")
    base = operator.removeprefix("ForAnyValue:").removesuffix("IfExists")
    negated = "Not" in base
    if asked is None:
        return not any_value and (negated or operator.endswith("IfExists"))
    matches = OPERATORS[base.replace("Not", "")]
    each = [any(matches(str(value), str(one)) for value in values) for one in listed(asked)]
    return any(one != negated for one in each)


def like(pattern: str, text: str) -> bool:
    """True where the text is of the pattern: `*` stands for any characters, `?` for one."""
    expression = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def arn_like(pattern: str, arn: str) -> bool:
    """True where each of the six parts is of its pattern."""
    parts, asked = pattern.split(":", 5), arn.split(":", 5)
    return len(parts) == len(asked) and all(like(part, text) for part, text in zip(parts, asked, strict=True))


def number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """A comparison of what is asked with the policy's value."""
    return lambda value, asked: compare(float(asked), float(value))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, asked: value == asked,
    "StringLike": like,
    "ArnLike": arn_like,
    "Bool": lambda value, asked: value.lower() == asked.lower(),
    "NumericLessThan": number(lt),
    "NumericGreaterThan": number(gt),
    "IpAddress": lambda value, asked: ip_address(asked) in ip_network(value, strict=False),
}
