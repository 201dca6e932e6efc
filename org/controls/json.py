"""The catalogue and what holds where, as versioned JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.controls import Row
    from org.controls.coverage import Unit

VERSION = 1
"""The version of both documents."""


def catalogue(rows: Sequence[Row]) -> str:
    """`{"version", "controls": [...]}`: each control with its facts and the names of what serves it."""
    return _printed("controls", [_row(row) for row in rows])


def _row(row: Row) -> dict[str, Any]:
    facts = asdict(row.control)
    served = {"prevents": row.prevents, "detects": row.detects, "corrects": row.corrects, "roles": row.roles}
    return {**facts, **served}


def coverage(units: Sequence[Unit], total: int) -> str:
    """`{"version", "recommendations", "units": [...]}`: for each unit what holds by what, and what does not."""
    return _printed("units", [{**asdict(unit), "holds": len(unit.whole)} for unit in units], recommendations=total)


def _printed(name: str, records: list[dict[str, Any]], **more: int) -> str:
    return json.dumps({"version": VERSION, **more, name: records}, indent=2)
