"""Who is calling: the access key of a request, looked up in a table of the sessions that this sandbox has issued."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ADMIN = "sandbox-admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """An account and the principal in it; `expires` is in seconds since 1970, None for a long-lived key."""

    account: str
    arn: str
    user_id: str
    expires: float | None = None

    @property
    def role(self) -> str | None:
        """The ARN of the role that was assumed; None for the administrator."""
        if ":assumed-role/" not in self.arn:
            return None
        name = self.arn.split("/")[1]
        return f"arn:aws:iam::{self.account}:role/{name}"


def administrator(account: str) -> Caller:
    """The caller behind any key that this sandbox did not issue: an administrator of the management account."""
    return Caller(account, f"arn:aws:iam::{account}:user/{ADMIN}", "AIDASANDBOXADMIN00000")


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
        """Whose key this is; any key that was not issued here belongs to the management account's administrator."""
        return self._sessions.get(key) or administrator(self.home)

    def complaint(self, key: str, token: str | None) -> tuple[str, str] | None:
        """Why STS's keys are refused, as code and message: expired, or sent with another session's token; else None."""
        session = self._sessions.get(key)
        if session is not None and token not in {None, session_token(key)}:
            return "InvalidClientTokenId", "The security token included in the request is invalid"
        if session is not None and session.expires is not None and self._now() >= session.expires:
            return "ExpiredToken", "The security token included in the request is expired"
        return None

    def issue(self, account: str, role: str, session: str, seconds: int) -> tuple[str, Caller]:
        """A new access key and the caller it stands for."""
        key = "ASIA" + self._letters(16)
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{session}"
        caller = Caller(account, arn, f"AROA{self._letters(17)}:{session}", self._now() + seconds)
        self._sessions[key] = caller
        return key, caller

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_uppercase + "234567", k=count))
