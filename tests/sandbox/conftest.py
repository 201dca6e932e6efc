"""The stage of the tests about policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.enforcing import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.model.organization import Organization
    from org.sandbox.serve import Sandbox


@pytest.fixture
def staged(sandbox: Sandbox, small_organization: Organization, client: Callable[..., Any]) -> Stage:
    return Stage(sandbox, small_organization, client)
