"""The IAM roles of every account: names in a table, until somebody asks IAM about the account and moto gets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from org.sandbox.callers import Caller
    from org.sandbox.strict.state import World


class Roles:
    """Which roles an account has, and whom they trust. 10,000 accounts cost nothing until IAM is asked about one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._in_moto: set[str] = set()

    def has(self, account: str, name: str) -> bool:
        """True where the account has a role of that name now."""
        if account in self._in_moto:
            return self._record(account, name) is not None
        return name in self._world.roles.get(account, ())

    def trusts(self, account: str, name: str, caller: Caller) -> bool:
        """True where the role's trust policy lets the caller assume it (reference_policies_elements_principal).

        A role that an account is born with trusts the management account. Of other trust policies the principals are
        read, the conditions are not.
        """
        if account not in self._in_moto:
            return caller.account == self._management
        document = json.loads(self._record(account, name).assume_role_policy_document)
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        named = [statement["Effect"] for statement in statements if names(statement, caller)]
        return "Allow" in named and "Deny" not in named

    def longest(self, account: str, name: str) -> int:
        """The most seconds that a session of the role may last: an hour, unless IAM was told otherwise."""
        return int(self._record(account, name).max_session_duration or 3_600) if account in self._in_moto else 3_600

    def hand_over(self, account: str) -> None:
        """moto's IAM knows the roles of the account, and is the truth about them from now on."""
        with self._world.lock:
            if account not in self._in_moto:
                self._in_moto.add(account)
                for name in sorted(self._world.roles.get(account, ())):
                    self._create(account, name)

    def _create(self, account: str, name: str) -> None:
        self._iam(account).create_role(
            role_name=name,
            assume_role_policy_document=json.dumps(trust_policy(self._management)),
            path="/",
            permissions_boundary=None,
            description="made by the sandbox",
            tags=[],
            max_session_duration="3600",
        )

    @property
    def _management(self) -> str:
        return self._world.realm.management if self._world.realm else self._world.home

    def _iam(self, account: str) -> Any:
        from moto.iam.models import iam_backends

        return iam_backends[account]["aws"]

    def _record(self, account: str, name: str) -> Any:
        return next((role for role in self._iam(account).roles.values() if role.name == name), None)


def trust_policy(account: str) -> dict[str, Any]:
    """The trust policy of a role that the account's own administrators decide about."""
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def names(statement: dict[str, Any], caller: Caller) -> bool:
    """True where the statement is about the caller: its account, its user or its role."""
    principal = statement.get("Principal", {})
    principals = principal.get("AWS", []) if isinstance(principal, dict) else principal
    principals = principals if isinstance(principals, list) else [principals]
    mine = {"*", caller.account, f"arn:aws:iam::{caller.account}:root", caller.arn, caller.role}
    return not mine.isdisjoint(principals)
