"""Values to try for operators that compare numbers, dates, addresses, booleans and bytes.

The limits that a policy names cut all values into stretches on which every test says the same, so that one value from
each stretch, and one text that is no such value, stand for all.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import TYPE_CHECKING

from org.access.values import LONGEST, OPERATORS, address, date, network, number, octets, truth_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NO_VALUE = "no value"
"""A text that is no number, no date, no address, no boolean and no base64."""
USUAL_ADDRESSES = ("203.0.113.7", "10.0.0.7", "2001:db8::7")
"""Documentation addresses (RFC 5737, RFC 3849) and a private one, so that a witness reads like a request."""
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def group_of(family: str) -> str:
    """The type that an operator compares: `numeric`, `date`, `bool`, `ipaddress`, `binary`; empty for text."""
    if family not in OPERATORS:
        return ""
    return next(kind for kind in _VALUES if family.startswith(kind))


def is_of(group: str, text: str) -> bool:
    """True where the text is a value of the type."""
    return _READ[group](text) is not None


def values(group: str, limits: Iterable[str]) -> Iterator[str]:
    """A value of each stretch between the limits that a policy names, and a text that is no value."""
    yield from _VALUES[group](limits)
    yield NO_VALUE


def _numbers(limits: Iterable[str]) -> Iterator[str]:
    found = sorted({value for one in limits if (value := number(one)) is not None})
    yield from (format(value, "f") for value in _between(found or [Decimal(1)]))


def _dates(limits: Iterable[str]) -> Iterator[str]:
    found = sorted({value for one in limits if (value := date(one)) is not None})
    yield from (_spelled(value) for value in _between(found or [Decimal(1_800_000_000)]))


def _between(limits: list[Decimal]) -> Iterator[Decimal]:
    """Each limit, something between two, below all and above all; whole numbers where there are some."""
    with localcontext(prec=2 * LONGEST):
        points = [limits[0] - 1, limits[-1] + 1]
        points += [low + 1 if high - low > 1 else (low + high) / 2 for low, high in pairwise(limits)]
    yield from (*limits, *points)


def _spelled(seconds: Decimal) -> str:
    """A date as AWS writes it; seconds since 1970 where it has a fraction or no year of four digits."""
    if seconds == seconds.to_integral_value():
        try:
            return (EPOCH + datetime.timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
        except OverflowError:
            return f"{seconds:.1f}"
    return format(seconds, "f")


def _addresses(limits: Iterable[str]) -> Iterator[str]:
    blocks = [block for one in limits if (block := network(one)) is not None]
    yield from USUAL_ADDRESSES
    for block in blocks:
        usual = int(block.network_address) + min(7, block.num_addresses - 1)
        yield str(type(block.network_address)(usual))
        yield str(block.network_address)
        after = int(block.broadcast_address) + 1
        if after < 1 << block.max_prefixlen:
            yield str(type(block.network_address)(after))
    yield from (str(ipaddress.IPv4Address(0)), str(ipaddress.IPv6Address(0)))


def _booleans(_limits: Iterable[str]) -> Iterator[str]:
    yield from ("true", "false")


def _bytes(limits: Iterable[str]) -> Iterator[str]:
    found = {value for one in limits if (value := octets(one)) is not None}
    yield from (base64.b64encode(value).decode() for value in sorted(found))
    other = next(value for count in range(len(found) + 1) if (value := b"x" * (count + 1)) not in found)
    yield base64.b64encode(other).decode()


_VALUES: dict[str, Callable[[Iterable[str]], Iterator[str]]] = {
    "numeric": _numbers,
    "date": _dates,
    "bool": _booleans,
    "ipaddress": _addresses,
    "binary": _bytes,
}
_READ: dict[str, Callable[[str], object]] = {
    "numeric": number,
    "date": date,
    "bool": truth_word,
    "ipaddress": address,
    "binary": octets,
}
