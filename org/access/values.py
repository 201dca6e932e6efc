"""The operators that compare values of a type: numbers, dates, booleans, addresses, bytes.

Each takes the policy's value, the request's value, and whether policy variables have a meaning; a value that is not of
the type matches nothing.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import binascii
import datetime
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from org.access.truth import Truth, Unknown

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(?P<fraction>[.,]\d+)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
EPOCH = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
LONGEST = 64
"""Longer texts are no numbers and no dates: an attacker's million digits are not computed with."""
PAGES_DISAGREE = "a policy variable in the value of Bool: AWS's pages disagree on what it means"

Compare = Callable[[str, str, bool], Truth]


def number(text: str) -> Decimal | None:
    """The value of an integer or a decimal (rule 48); None for other text, `10abc` and `1e3` among it."""
    return Decimal(text) if len(text) <= LONGEST and NUMBER.fullmatch(text) else None


def date(text: str) -> Decimal | None:
    """Seconds since 1970 of a W3C date or of an epoch value (rule 49); None for other text.

    Without a zone it is UTC. Four digits are a year, as https://www.w3.org/TR/NOTE-datetime has it.
    """
    if len(text) > LONGEST:
        return None
    found = DATE.fullmatch(text)
    if found is None:
        return Decimal(text) if EPOCH.fullmatch(text) else None
    fields = [int(found[name] or least) for name, least in _FIELDS]
    try:
        moment = datetime.datetime(*fields, tzinfo=datetime.UTC)  # type: ignore[misc, arg-type]  # six whole numbers
    except ValueError:
        return None
    passed = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    fraction = Decimal((found["fraction"] or ".0").replace(",", "."))
    return passed.days * 86_400 + passed.seconds + fraction - _zone(found["zone"])


_FIELDS = (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))


def _zone(text: str | None) -> int:
    """Seconds that a zone is ahead of UTC."""
    if text is None or text == "Z":
        return 0
    digits = text[1:].replace(":", "")
    ahead = int(digits[:2]) * 3_600 + int(digits[2:]) * 60
    return -ahead if text[0] == "-" else ahead


def truth_word(text: str) -> bool | None:
    """True and False for `true` and `false` in any case; None for other text (rule 50)."""
    return {"true": True, "false": False}.get(text.lower())


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The range of a CIDR block, host bits ignored, or of a single address (rule 51); None for other text."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address; None for other text."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def octets(text: str) -> bytes | None:
    """The bytes that a base64 text stands for (rule 52); None for other text."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _ordered(
    read: Callable[[str], Decimal | None],
    compare: Callable[[Decimal, Decimal], bool],
    wanted: str,
    asked: str,
    _variables: bool,
) -> bool:
    limit, value = read(wanted), read(asked)
    return limit is not None and value is not None and compare(value, limit)


def _bool(wanted: str, asked: str, variables: bool) -> Truth:
    if variables and "${" in wanted:
        return Unknown(because=frozenset((PAGES_DISAGREE,)))
    word = truth_word(wanted)
    return word is not None and word is truth_word(asked)


def _ip_address(wanted: str, asked: str, _variables: bool) -> bool:
    block, value = network(wanted), address(asked)
    return block is not None and value is not None and block.version == value.version and value in block


def _binary(wanted: str, asked: str, _variables: bool) -> bool:
    value = octets(wanted)
    return value is not None and value == octets(asked)


_COMPARISONS = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}
OPERATORS: Mapping[str, Compare] = {
    **{f"numeric{name}": partial(_ordered, number, compare) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": partial(_ordered, date, compare) for name, compare in _COMPARISONS.items()},
    "bool": _bool,
    "ipaddress": _ip_address,
    "binaryequals": _binary,
}
"""What each operator does with a value of its type, by its name in lower case."""
