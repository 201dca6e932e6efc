"""An organization without any baseline, and the way into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.aws.cloud import Cloud, connect
from tests.baseline.stage import HOME, organization

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.clients import Clients
    from org.sandbox.serve import Sandbox


@pytest.fixture
def fresh(sandbox: Sandbox, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Cloud]:
    """A function that empties the sandbox, and gives the management account of the new organization in it."""
    monkeypatch.setattr("org.aws.cloud.time.sleep", lambda _: None)
    # Runs find their clients here: making them costs more than all the calls of a test.
    monkeypatch.setattr("org.aws.cloud.Clients", lambda: clients)

    def made() -> Cloud:
        sandbox.reset(organization())
        return connect(HOME, clients)

    return made


@pytest.fixture
def cloud(fresh: Callable[[], Cloud]) -> Cloud:
    """The management account."""
    return fresh()
