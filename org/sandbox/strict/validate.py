"""Parameters checked against botocore's service model, before any rule looks at them."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from org.sandbox.strict.refusal import Refusal, invalid_input

if TYPE_CHECKING:
    from botocore.model import Shape

CLASSES = {r"\p{L}": r"\w", r"\p{Z}": r"\s", r"\p{N}": r"\d"}
"""Unicode classes of AWS's patterns that Python's `re` writes otherwise; each is a little wider."""
REFUSED_AS = {
    "sts": "ValidationError",
    "iam": "ValidationError",
    "ec2": "InvalidParameterValue",
    "s3": "InvalidRequest",
}
"""The code with which a service refuses a parameter, where it is another than ValidationException."""
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
}


def check_parameters(service: str, shape: Shape | None, parameters: dict[str, Any]) -> None:
    """The parameters fit the model; else Organizations answers InvalidInputException, others ValidationException."""
    complaint = complain(shape, parameters, "") if shape is not None else None
    if complaint is None:
        return
    reason, message = complaint
    if reason == "SERIALIZATION":
        raise Refusal("SerializationException", message)
    if service == "organizations":
        raise invalid_input(reason, message)
    raise Refusal(REFUSED_AS.get(service, "ValidationException"), message)


def complain(shape: Shape, value: Any, name: str) -> tuple[str, str] | None:
    """The reason and the message of the first thing that does not fit; None where all fits."""
    expected = PYTHON_TYPES.get(shape.type_name)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected)):
        return "SERIALIZATION", f"{name or 'The request'} can not be converted to a {shape.type_name}"
    if shape.type_name == "structure":
        return structure(shape, value, name)
    if shape.type_name == "list":
        return lengths(shape, value, name) or items(shape, value, name)
    if shape.type_name == "string":
        return lengths(shape, value, name) or text(shape, value, name)
    if shape.type_name in {"integer", "long"}:
        return number(shape, value, name)
    return None


def structure(shape: Any, value: dict[str, Any], name: str) -> tuple[str, str] | None:
    """What does not fit in a structure; members that the model does not know are ignored, as AWS ignores them."""
    for required in shape.required_members:
        if value.get(required) is None:
            return "INPUT_REQUIRED", f"You must provide a value for the required parameter {name}{required}."
    for member, inner in shape.members.items():
        if value.get(member) is not None and (complaint := complain(inner, value[member], f"{name}{member}.")):
            return complaint
    return None


def items(shape: Any, value: list[Any], name: str) -> tuple[str, str] | None:
    """What does not fit in the items of a list."""
    return next((found for item in value if (found := complain(shape.member, item, name))), None)


def lengths(shape: Shape, value: Any, name: str) -> tuple[str, str] | None:
    """What is too short or too long."""
    if len(value) < shape.metadata.get("min", 0):
        return "MIN_LENGTH_EXCEEDED", f"You provided a value for {name.rstrip('.')} that is too short."
    if len(value) > shape.metadata.get("max", len(value)):
        return "MAX_LENGTH_EXCEEDED", f"You provided a value for {name.rstrip('.')} that is too long."
    return None


def text(shape: Any, value: str, name: str) -> tuple[str, str] | None:
    """What is wrong with a text: not one of the values, or not of the pattern."""
    if shape.enum and value not in shape.enum:
        reason = "INVALID_ENUM_POLICY_TYPE" if shape.name == "PolicyType" else "INVALID_ENUM"
        return reason, f"You specified an invalid value for {name.rstrip('.')}."
    pattern = shape.metadata.get("pattern")
    if pattern and not compiled(pattern).fullmatch(value):
        return "INVALID_PATTERN", "You provided a value that does not match the required pattern."
    return None


def number(shape: Shape, value: int, name: str) -> tuple[str, str] | None:
    """What is too small or too large."""
    if value < shape.metadata.get("min", value):
        return "MIN_VALUE_EXCEEDED", f"You provided a value for {name.rstrip('.')} that is too small."
    if value > shape.metadata.get("max", value):
        return "MAX_VALUE_EXCEEDED", f"You provided a value for {name.rstrip('.')} that is too large."
    return None


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of the model as Python writes it."""
    for theirs, ours in CLASSES.items():
        pattern = pattern.replace(theirs, ours)
    try:
        return re.compile(pattern)
    except re.error:  # a few patterns of the models are written in a dialect that Python does not read
        return re.compile(".*", re.DOTALL)
