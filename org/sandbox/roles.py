"""The IAM roles of every account: names in a table, until somebody asks IAM about the account and moto gets them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from org.sandbox.authorization.engines import ADMINISTRATOR
from org.sandbox.authorization.identity import EVERYTHING, Permissions, current, of_role, trust_policy
from org.sandbox.strict.refusal import NotCovered

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

    def arn(self, account: str, name: str) -> str:
        """The ARN of a role, with the path that IAM was given for it."""
        record = self._record(account, name) if account in self._in_moto else None
        return str(record.arn) if record else f"arn:aws:iam::{account}:role/{name}"

    def trust(self, account: str, name: str) -> str | None:
        """The text of the role's trust policy; None where it is the one that the account was born with."""
        return str(self._record(account, name).assume_role_policy_document) if account in self._in_moto else None

    def permissions(self, caller: Caller) -> Permissions:
        """What IAM says about the caller: everything is allowed until a policy is written for a role born with.

        A role made through IAM may do what its policies say, and nothing while it has none.
        """
        if caller.account not in self._in_moto or not caller.issuer:
            return EVERYTHING
        record = self._record(caller.account, caller.role)
        if record is None:
            return Permissions()
        found = of_role(record, self._iam(caller.account))
        born = record.name in self._world.roles.get(caller.account, ())
        return replace(found, identity=ADMINISTRATOR) if born and not (found.identity or found.boundary) else found

    def managed(self, account: str, arn: str) -> tuple[str, str]:
        """Name and text of a managed policy of the account."""
        policy = self._iam(account).managed_policies.get(arn)
        if policy is None:
            raise NotCovered(f"the session policy {arn}, which IAM here does not have")
        return policy.name, current(policy)

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
