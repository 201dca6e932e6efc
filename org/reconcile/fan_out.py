"""Threads over places: one account's failure is a value, and never another account's problem."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from org.errors import CloudError, OrgError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Done = TypeVar("Done")

WIDTH = 64
"""Places at once. Calls to different accounts share no limit but STS's 600 a second."""


def fan_out(
    work: Callable[[Item], Done], items: Sequence[Item], width: int = WIDTH
) -> Iterator[tuple[Item, Done | OrgError]]:
    """Each item with what `work` made of it, or with the error that ended it; in the order of the items."""

    def isolated(item: Item) -> Done | OrgError:
        try:
            return work(item)
        except OrgError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the one place that keeps an account's trouble to itself
            return OrgError(f"{type(error).__name__}: {error}")

    with ThreadPoolExecutor(min(width, max(1, len(items)))) as pool:
        yield from zip(items, pool.map(isolated, items), strict=True)


def reason(error: OrgError) -> tuple[str, str]:
    """A line for people and AWS's authorization id, empty where there is none."""
    return str(error), error.authorization_id if isinstance(error, CloudError) else ""
