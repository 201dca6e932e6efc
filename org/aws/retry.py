"""Which errors to try again and for how long, and token buckets that keep us under AWS's published rates.

botocore retries neither ConcurrentModificationException nor FinalizingOrganizationException, and it re-sends
CreateAccount after a lost answer. So its own retries are off everywhere, and this table is the only one.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

SHARE = 0.8
"""The part of each published rate that we use: the limits are shared with everybody else in the account."""

RATES: dict[str, tuple[float, float]] = {
    "CloseAccount": (0.05, 1),
    "CreateAccount": (0.1, 3),
    "DescribeAccount": (20, 30),
    "DescribeCreateAccountStatus": (2, 2),
    "ListCreateAccountStatus": (5, 8),
    "CreateOrganizationalUnit": (1, 2),
    "DescribeOrganization": (1, 2),
    "MoveAccount": (2, 3),
    "UpdateOrganizationalUnit": (2, 3),
    "DeleteOrganizationalUnit": (2, 3),
    "ListAccounts": (8, 12),
    "ListAccountsForParent": (5, 8),
    "ListOrganizationalUnitsForParent": (5, 8),
    "ListRoots": (1, 2),
    "ListTagsForResource": (10, 15),
    "TagResource": (4, 6),
    "UntagResource": (4, 6),
    "CreatePolicy": (2, 3),
    "DeletePolicy": (2, 3),
    "AttachPolicy": (2, 3),
    "DetachPolicy": (2, 3),
    "UpdatePolicy": (2, 3),
    "DescribePolicy": (2, 2),
    "EnablePolicyType": (1, 1),
    "DisablePolicyType": (1, 1),
    "ListPolicies": (5, 8),
    "ListTargetsForPolicy": (5, 8),
    "EnableAWSServiceAccess": (1, 2),
    "ListAWSServiceAccessForOrganization": (1, 3),
    "ListDelegatedServicesForAccount": (1, 3),
    "ListDelegatedAdministrators": (5, 8),
    "RegisterDelegatedAdministrator": (1, 2),
    "GetAlternateContact": (10, 15),
    "AssumeRole": (600, 600),
}
"""Calls a second and burst, per calling account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html (throttling limits),
https://docs.aws.amazon.com/accounts/latest/reference/quotas.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (STS).
"""


class Bucket:
    """A token bucket: `take` returns once a token is there. Safe to share between threads."""

    def __init__(
        self,
        rate: float,
        burst: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._burst = rate, max(1.0, burst)
        self._clock, self._sleep = clock, sleep
        self._tokens, self._at = self._burst, clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Take one token, waiting for it in the order of arrival."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= 1
            wait = -self._tokens / self._rate
        if wait > 0:
            self._sleep(wait)


class Pace:
    """The buckets of one calling account; an operation without a published rate is never held back."""

    def __init__(self, share: float = SHARE) -> None:
        self._buckets = {name: Bucket(rate * share, burst * share) for name, (rate, burst) in RATES.items()}

    def take(self, operation: str) -> None:
        """Wait until this operation (`ListAccounts`) may be called."""
        bucket = self._buckets.get(operation)
        if bucket is not None:
            bucket.take()


class Trouble(Enum):
    """What kind of failure an answer is, and with it whether to try again."""

    THROTTLED = "throttled"
    CONFLICT = "conflict"
    FINALIZING = "finalizing"
    SERVER = "server"
    LOST = "lost"
    FINAL = "final"


_CODES = {
    Trouble.THROTTLED: (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "BandwidthLimitExceeded",
        "SlowDown",
        "PriorRequestNotComplete",
    ),
    Trouble.CONFLICT: (
        "ConcurrentModification",
        "ConcurrentModificationException",
        "EntityTemporarilyUnmodifiable",
        "OperationAborted",
        "PolicyChangesInProgressException",
    ),
    Trouble.FINALIZING: ("FinalizingOrganizationException",),
    Trouble.SERVER: (
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Unavailable",
    ),
}
_BY_CODE = {code: trouble for trouble, codes in _CODES.items() for code in codes}

NOT_REPEATABLE = frozenset({"CreateAccount", "CreateKey", "CreateOrganization"})
"""Operations without a token that AWS would carry out twice: never sent again unless AWS said no."""


def trouble(code: str, status: int) -> Trouble:
    """The kind of failure of an error code and an HTTP status."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == 429:
        return Trouble.THROTTLED
    return Trouble.SERVER if status >= 500 else Trouble.FINAL


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on trying: at most `tries` calls, with pauses that double from `first` up to `longest` seconds."""

    tries: int
    first: float
    longest: float

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the given attempt (from 1), with full jitter over the upper half."""
        ceiling: float = min(self.longest, self.first * 2 ** (attempt - 1))
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter is no secret


PATIENCE = {
    Trouble.THROTTLED: Patience(tries=12, first=0.5, longest=20),
    Trouble.CONFLICT: Patience(tries=12, first=0.2, longest=10),
    # A new organization can be finalizing for up to an hour.
    Trouble.FINALIZING: Patience(tries=60, first=1, longest=60),
    Trouble.SERVER: Patience(tries=6, first=0.2, longest=10),
    Trouble.LOST: Patience(tries=5, first=0.2, longest=5),
    Trouble.FINAL: Patience(tries=1, first=0, longest=0),
}


def again(operation: str, kind: Trouble, attempt: int) -> float | None:
    """Seconds to wait before the next try of this operation, or None where there must be no further try."""
    if kind in (Trouble.SERVER, Trouble.LOST) and operation in NOT_REPEATABLE:
        return None
    patience = PATIENCE[kind]
    return patience.pause(attempt) if attempt < patience.tries else None
