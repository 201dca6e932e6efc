"""Who is calling: the access key of a request, looked up in a table of the sessions that this sandbox has issued."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ADMIN = "sandbox-admin"
ROOT_KEY = re.compile(r"ROOT\d{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """An account and the principal in it.

    Times are in seconds since 1970; a long-lived key has none. `issuer` is the ARN of the role that was assumed, with
    its path; None for administrators and root users. `session_policies` are names and texts of what STS was given.
    """

    account: str
    arn: str
    user_id: str
    expires: float | None = None
    issued: float = 0.0
    issuer: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    session_policies: tuple[tuple[str, str], ...] = ()
    source_identity: str = ""

    @property
    def role(self) -> str:
        """The name of the role that was assumed; empty for the administrator."""
        return self.issuer.rpartition("/")[2] if self.issuer else ""

    @property
    def root(self) -> bool:
        """True for the root user of an account."""
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class Session:
    """What AssumeRole is asked for beside the role."""

    name: str
    seconds: int = 3_600
    tags: Mapping[str, str] = field(default_factory=dict)
    policies: tuple[tuple[str, str], ...] = ()
    source_identity: str = ""


def administrator(account: str) -> Caller:
    """The caller behind any key that this sandbox did not issue: an administrator of the management account."""
    return Caller(account, f"arn:aws:iam::{account}:user/{ADMIN}", "AIDASANDBOXADMIN00000")


def root_user(account: str) -> Caller:
    """The root user of an account, who has a key of the form `ROOT` and the account's id."""
    return Caller(account, f"arn:aws:iam::{account}:root", account)


def session_token(key: str) -> str:
    """The session token that belongs to an access key."""
    return f"sandbox-{key}"


class Callers:
    """The sessions by access key: a look-up costs the same at any number of accounts."""

    def __init__(self, home: str, generator: random.Random, now: Callable[[], float]) -> None:
        self.home = home
        self._random = generator
        self._now = now
        self._sessions: dict[str, Caller] = {}

    def caller(self, key: str) -> Caller:
        """Whose key this is: one issued here, a root user's, or else that of the management account's administrator."""
        known = self._sessions.get(key)
        return known or (root_user(key[4:]) if ROOT_KEY.fullmatch(key) else administrator(self.home))

    def complaint(self, key: str, token: str | None) -> tuple[str, str] | None:
        """Why STS's keys are refused, as code and message: expired, or sent with another session's token; else None."""
        session = self._sessions.get(key)
        if session is not None and token not in {None, session_token(key)}:
            return "InvalidClientTokenId", "The security token included in the request is invalid"
        if session is not None and session.expires is not None and self._now() >= session.expires:
            return "ExpiredToken", "The security token included in the request is expired"
        return None

    def issue(self, role: str, session: Session) -> tuple[str, Caller]:
        """A new access key for a session of the role with that ARN, and the caller it stands for."""
        key = "ASIA" + self._letters(16)
        account, name, now = role.split(":")[4], role.rpartition("/")[2], self._now()
        caller = Caller(
            account,
            f"arn:aws:sts::{account}:assumed-role/{name}/{session.name}",
            f"AROA{self._letters(17)}:{session.name}",
            now + session.seconds,
            now,
            role,
            session.tags,
            session.policies,
            session.source_identity,
        )
        self._sessions[key] = caller
        return key, caller

    def issue_root(self, account: str, seconds: int, policy: tuple[str, str]) -> tuple[str, Caller]:
        """A new access key for a session of the account's root user that may do what the policy allows."""
        key, now = "ASIA" + self._letters(16), self._now()
        caller = replace(root_user(account), expires=now + seconds, issued=now, session_policies=(policy,))
        self._sessions[key] = caller
        return key, caller

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_uppercase + "234567", k=count))
