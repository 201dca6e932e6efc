"""Secrets of the sandbox, systems that they open, and the function's way to both."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from tests.rotation.backend import REGION, Door, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.serve import Sandbox


@pytest.fixture(autouse=True)
def in_the_sandbox(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def secret(sandbox: Sandbox, client: Callable[..., Any]) -> Callable[..., Secret]:
    def make(value: str | None = "old", **more: Any) -> Secret:
        return Secret(client("secretsmanager", region=REGION), sandbox.management, value, **more)

    return make


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Door]:
    """A function that makes a door; `credential.py` opens the one that was made last."""

    def make(opens: str) -> Door:
        made = Door(opens)
        module: Any = ModuleType("credential")
        module.works, module.change = made.works, made.change
        monkeypatch.setitem(sys.modules, "credential", module)
        return made

    return make
