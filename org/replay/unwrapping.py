"""The events inside others: those of EventBridge, of a line with the records of a file, of answers of LookupEvents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from org.replay.records import unwrapped

if TYPE_CHECKING:
    from org.replay.event import Event

WRAPPED = 4
"""How deep an event may be wrapped in others."""


def inside(event: Event) -> tuple[list[Event], int]:
    """The events in one that is none itself, and how many of what is in it are none either."""
    inner: list[Event] = []
    if event.records is not UNSET:
        inner = event.records
    elif event.detail is not UNSET:
        inner = [event.detail]
    elif event.text is not UNSET:
        found = unwrapped(event.text)
        inner = [found] if found is not None else []
    depth = 0
    while len(inner) == 1 and inner[0].detail is not UNSET and depth < WRAPPED:
        inner, depth = [inner[0].detail], depth + 1
    whole = [one for one in inner if one.event_source]
    return whole, len(inner) - len(whole) or int(not (inner or event.records == []))
