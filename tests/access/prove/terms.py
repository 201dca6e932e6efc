"""What the outside judge says a request is made of: texts, ARNs and context keys, as terms of its solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Undecided(Exception):
    """The solver gave up."""


@dataclass
class Arn:
    """A text as an ARN: whether it is one, and its six parts. The solver is quick with parts, slow with the whole."""

    is_one: Any
    parts: list[Any]


@dataclass
class Key:
    """A context key: absent, one text, or a set; a text may be a number, a time, an address or a truth word."""

    present: Any
    several: Any
    text: Any
    arn: Arn
    members: list[tuple[Any, Any]]
    number: Any
    is_number: Any
    moment: Any
    is_moment: Any
    address: Any
    is_v4: Any
    is_v6: Any
    is_true: Any
    is_false: Any
    tied: bool = False


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
