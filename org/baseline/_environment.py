"""Names of environment variables that sound like secrets; values are never looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.baseline._checks import fits
from org.baseline.parameters import HARMLESS_NAMES, SECRET_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable


def suspicious(names: Iterable[str]) -> list[str]:
    """Those of the names that sound like a secret's."""
    return sorted(name for name in names if fits(name.lower(), SECRET_NAMES) and not fits(name.lower(), HARMLESS_NAMES))
