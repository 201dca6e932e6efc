"""Pages of at most 20 with opaque tokens, and now and then an empty page that carries a token.

AWS says of its list calls: "These operations can occasionally return an empty set of results even when more results are
available. Continue making requests until NextToken returns null." (API page of every List operation)
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from org.sandbox.strict.quotas import PAGE
from org.sandbox.strict.refusal import invalid_input

if TYPE_CHECKING:
    from org.sandbox.strict.registry import Request

Item = TypeVar("Item")


def paged(
    request: Request, key: str, items: Collection[Item], shown: Callable[[Item], Any] | None = None
) -> dict[str, Any]:
    """One page of the items under `key`, with NextToken while there are more.

    One page in `World.empty_pages` (0 for none) comes empty with a token. Which ones depends only on the
    operation, its parameters and the number of the page, so a run repeats exactly.
    """
    listing = listing_of(request)
    offset, number = position(request.parameters.get("NextToken"), listing)
    size = min(request.parameters.get("MaxResults") or PAGE, PAGE)
    rest = len(items) - offset
    if rest > 0 and is_empty(request.world.empty_pages, listing, number):
        return {key: [], "NextToken": token(listing, offset, number + 1)}
    page: Iterable[Item] = islice(items, offset, offset + size)
    answer: dict[str, Any] = {key: [shown(item) for item in page] if shown else list(page)}
    if rest > size:
        answer["NextToken"] = token(listing, offset + size, number + 1)
    return answer


def listing_of(request: Request) -> int:
    """A number for what is listed: the operation and all parameters but those of paging."""
    asked = {name: value for name, value in request.parameters.items() if name not in {"NextToken", "MaxResults"}}
    return zlib.crc32(json.dumps([request.operation, asked], sort_keys=True).encode())


def is_empty(every: int, listing: int, number: int) -> bool:
    """True where this page of this listing comes empty: one in `every`, never two in a row."""
    return every > 1 and (listing + number) % every == 0


def token(listing: int, offset: int, number: int) -> str:
    """A token that only the same listing accepts."""
    return base64.urlsafe_b64encode(json.dumps([listing, offset, number]).encode()).decode()


def position(given: str | None, listing: int) -> tuple[int, int]:
    """The offset and the page's number that a token stands for; refused where it is not one of this listing's."""
    if given is None:
        return 0, 0
    try:
        owner, offset, number = json.loads(base64.urlsafe_b64decode(given))
    except ValueError:
        owner, offset, number = None, 0, 0
    if owner != listing:
        raise invalid_input("INVALID_NEXT_TOKEN", "You provided a NextToken that isn't valid.")
    return offset, number
