"""Invariants: what must hold of an organization's policies whatever else changes, kept in a file and proved."""

from org.invariants.file import Invariant, Invariants, read

__all__ = ["Invariant", "Invariants", "read"]
