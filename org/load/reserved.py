"""Names that mean something else already."""

from __future__ import annotations

from typing import Final

RESERVED_KEYS: Final = frozenset({"management", "ou", "localhost", "all", "ungrouped", "accounts"})
"""Ansible's own groups and hosts, our group of all accounts, the first word of a node reference, and the key of the
management account."""
RESERVED_UNITS: Final = frozenset({"root"})
RESERVED_POLICIES: Final = frozenset({"FullAWSAccess", "RCPFullAWSAccess"})
"""https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"""
