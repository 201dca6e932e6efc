"""What the report says: one reader of one secret, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.replay.secret_access.named import Secret
    from org.replay.secret_access.reads import Reader, Source


class Kind(StrEnum):
    """Who a reader is: somebody or something for itself, what rotates the secret, or a service for others."""

    DIRECT = "direct"
    ROTATION = "rotation"
    SERVICE = "service"


class Flag(StrEnum):
    """What somebody should look at."""

    FOREIGN_ACCOUNT = "foreign-account"
    FOREIGN_SECRET = "foreign-secret"
    FOREIGN_ENDPOINT = "foreign-endpoint"
    FIRST_TIME = "first-time"
    AROUND = "around-secrets-manager"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Access:
    """One reader of one secret.

    `reads` counts GetSecretValue, of which AWS logs one for each secret of a batch; `batches` are calls of
    BatchGetSecretValue that asked for it, `decrypts` uses of a key for it, `around` those of them without Secrets
    Manager. `first` and `last` are the moments of what succeeded, `event` the id of the first of them, "" where nothing
    did. `services` read on the reader's behalf, and are part of `reads`. `sources` says from where, with how often;
    with `more_sources` there are others. `errors` are the codes of what did not succeed, with how often, and
    `failed_from` says from where that came.
    """

    secret: Secret
    arns: tuple[str, ...]
    reader: Reader
    kind: Kind
    reads: int
    batches: int
    decrypts: int
    around: int
    first: str
    last: str
    event: str
    services: Mapping[str, int]
    sources: tuple[tuple[Source, int], ...]
    more_sources: bool
    errors: Mapping[str, int]
    denied: int
    failed: int
    failed_from: tuple[tuple[Source, int], ...]
    last_failure: str
    flags: tuple[Flag, ...]

    @property
    def succeeded(self) -> bool:
        """True where the reader came by the secret, as far as the log says."""
        return bool(self.first)


@dataclass(frozen=True, slots=True)
class Report:
    """All readers of all secrets, by secret.

    `events` counts the events that were looked at, `damaged` what could not be read of the logs. `since` is the moment
    from which on reads are in the report. Who is foreign is not known without `accounts`, who is a first-time reader
    not without `compared`.
    """

    accesses: tuple[Access, ...]
    events: int
    damaged: int = 0
    since: str = ""
    accounts: bool = False
    compared: bool = False

    def flagged(self, flag: Flag) -> tuple[Access, ...]:
        """The accesses with that flag."""
        return tuple(access for access in self.accesses if flag in access.flags)
