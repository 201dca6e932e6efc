"""A connection to the sandbox for every test of reconciling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.aws.cloud import Cloud, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.aws.clients import Clients
    from org.sandbox.serve import Sandbox


@pytest.fixture
def cloud(sandbox: Sandbox, clients: Clients) -> Callable[[], Cloud]:
    """A function that connects to the sandbox as the account that manages it now."""
    assert sandbox.url
    return lambda: connect("eu-west-1", clients)
