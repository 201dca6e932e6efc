"""moto, imported by one thread at a time: its modules import each other, and threads that race see them half made."""

from __future__ import annotations

import threading

_ALONE = threading.Lock()
_done = threading.Event()


def moto_is_there() -> None:
    """The parts of moto that read and write requests are imported whole."""
    if _done.is_set():
        return
    with _ALONE:
        import moto.core.loaders
        import moto.core.model
        import moto.core.parse
        import moto.core.serialize  # noqa: F401 - imported for whoever imports it next

        _done.set()
