"""The accounts of the organization, listed once for a run of many processes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.aws import organizations
from org.model.organization import Account, AccountState, Organization

if TYPE_CHECKING:
    from org.aws.cloud import Cloud


def read(cloud: Cloud, kept: Path | None = None) -> Organization:
    """The organization's id and accounts, as `organizations.read_members` gives them.

    `kept` is a file in a folder that belongs to one run: whoever comes first lists the accounts and leaves them there.
    """
    if kept is None:
        return organizations.read_members(cloud)
    if not kept.exists():
        _write(organizations.read_members(cloud), kept)
    data = json.loads(kept.read_text(encoding="utf-8"))
    return Organization(accounts=tuple(map(_account, data["accounts"])), id=data["id"])


def _write(organization: Organization, kept: Path) -> None:
    """The file is there, whole, for this user alone."""
    accounts = [
        {"id": one.id, "name": one.name, "email": one.email, "state": one.state.value, "management": one.management}
        for one in organization.accounts
    ]
    with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False, encoding="utf-8") as file:
        json.dump({"id": organization.id, "accounts": accounts}, file)
    Path(file.name).replace(kept)


def _account(data: dict[str, Any]) -> Account:
    return Account(
        key=data["id"],
        id=data["id"],
        name=data["name"],
        email=data["email"],
        state=AccountState(data["state"]),
        management=data["management"],
    )
