"""Connections to the sandbox, as the tests of reconciling make them."""

from __future__ import annotations

from tests.reconcile.conftest import cloud

__all__ = ["cloud"]
