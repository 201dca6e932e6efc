"""Threads over places: one account's failure is a value, and never another account's problem."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from org.errors import CloudError, OrgError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Done = TypeVar("Done")

WIDTH = 192
"""Places at once. Calls to different accounts share no limit but STS's 600 a second."""


def fan_out(
    work: Callable[[Item], Done], items: Sequence[Item], width: int = WIDTH
) -> list[tuple[Item, Done | OrgError]]:
    """Each item with what `work` made of it, or with the error that ended it; in the order of the items.

    The threads take item after item from one iterator: a pool would make an object with a lock of its own for each.
    """
    results: list[Done | OrgError] = [OrgError("not done: the run was stopped")] * len(items)
    left, taking, stopped = iter(range(len(items))), threading.Lock(), threading.Event()

    def take() -> int | None:
        with taking:
            return None if stopped.is_set() else next(left, None)

    def worker() -> None:
        for number in iter(take, None):
            results[number] = _isolated(work, items[number])

    threads = [threading.Thread(target=worker, daemon=True) for _ in range(min(width, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stopped.set()  # where somebody interrupts the run, nobody begins with another place
    return list(zip(items, results, strict=True))


def _isolated(work: Callable[[Item], Done], item: Item) -> Done | OrgError:
    try:
        return work(item)
    except OrgError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the one place that keeps an account's trouble to itself
        return OrgError(f"{type(error).__name__}: {error}")


def reason(error: OrgError) -> tuple[str, str]:
    """A line for people and AWS's authorization id, empty where there is none."""
    return str(error), error.authorization_id if isinstance(error, CloudError) else ""
