"""Fixtures for the tests of replay."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the disk: no test pulls the plug."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
