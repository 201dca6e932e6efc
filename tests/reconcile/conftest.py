"""A connection to the sandbox for every test of reconciling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from org.aws.clients import Clients
from org.aws.cloud import Cloud, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox


@pytest.fixture(scope="session")
def clients(served_sandbox: Sandbox) -> Clients:
    """Clients of the one server, made once: making them costs more than all the calls of a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in served_sandbox.environment.items():
            patch.setenv(name, value)
        made = Clients()
        for service in ("organizations", "sts", "account", "resourcegroupstaggingapi", "s3control"):
            made.client(service, "eu-west-1")
        return made


@pytest.fixture
def cloud(sandbox: Sandbox, clients: Clients) -> Callable[[], Cloud]:
    """A function that connects to the sandbox as the account that manages it now."""
    assert sandbox.url
    return lambda: connect("eu-west-1", clients)
