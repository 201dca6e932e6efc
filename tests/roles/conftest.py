"""Connections to the sandbox, as the tests of reconciling make them."""

from __future__ import annotations

from tests.reconcile.conftest import clients, cloud

__all__ = ["clients", "cloud"]
