"""The events inside others: those of EventBridge, of a line with the records of a file, of answers of LookupEvents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from org.replay.records import REFUSED

if TYPE_CHECKING:
    from org.replay.event import Form, Shape

WRAPPED = 4
"""How deep an event may be wrapped in others."""


def inside(event: Shape, form: Form[Shape]) -> tuple[list[Shape], int]:
    """The events in one that is none itself, and how many of what is in it are none either."""
    inner: list[Shape] = []
    if event.records is not UNSET:
        inner = event.records
    elif event.detail is not UNSET:
        inner = [event.detail]
    elif event.text is not UNSET:
        inner = _of_text(event.text, form)
    depth = 0
    while len(inner) == 1 and inner[0].detail is not UNSET and depth < WRAPPED:
        inner, depth = [inner[0].detail], depth + 1
    whole = [one for one in inner if one.event_source]
    return whole, len(inner) - len(whole) or int(not (inner or event.records == []))


def _of_text(text: str, form: Form[Shape]) -> list[Shape]:
    """The event in the text that `aws cloudtrail lookup-events` gives; none where there is none."""
    try:
        return [form.one.decode(text)]
    except REFUSED:
        return []
