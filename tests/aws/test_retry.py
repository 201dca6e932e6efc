"""Pacing and patience: never over the published rates, never a second CreateAccount."""

from __future__ import annotations

import pytest

from org.aws.retry import NOT_REPEATABLE, RATES, SHARE, Bucket, Trouble, again, trouble


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("operation", RATES)
def test_a_bucket_never_exceeds_its_rate(operation: str) -> None:
    rate, burst = (SHARE * number for number in RATES[operation])
    clock = Clock()
    bucket = Bucket(rate, burst, clock, clock.sleep)
    taken = []
    for _ in range(60):
        bucket.take()
        taken.append(clock.now)
    allowed = max(1.0, burst)
    for start, first in enumerate(taken):
        for count, last in enumerate(taken[start:], 1):
            assert count <= allowed + rate * (last - first) + 1e-6


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(2, 3, clock, clock.sleep)
    for _ in range(7):
        bucket.take()
    assert 2.0 == clock.now


CODES = [
    ("TooManyRequestsException", 400, Trouble.THROTTLED),
    ("Throttling", 400, Trouble.THROTTLED),
    ("SlowDown", 503, Trouble.THROTTLED),
    ("Whatever", 429, Trouble.THROTTLED),
    ("ConcurrentModificationException", 400, Trouble.CONFLICT),
    ("FinalizingOrganizationException", 400, Trouble.FINALIZING),
    ("PolicyChangesInProgressException", 400, Trouble.CONFLICT),
    ("ServiceException", 500, Trouble.SERVER),
    ("", 502, Trouble.SERVER),
    ("AccessDeniedException", 400, Trouble.FINAL),
    ("LimitExceededException", 400, Trouble.FINAL),
    ("ConstraintViolationException", 400, Trouble.FINAL),
]


@pytest.mark.parametrize(("code", "status", "expected"), CODES)
def test_a_code_is_the_trouble_that_it_is(code: str, status: int, expected: Trouble) -> None:
    assert expected == trouble(code, status)


@pytest.mark.parametrize("operation", sorted(NOT_REPEATABLE))
@pytest.mark.parametrize("kind", [Trouble.SERVER, Trouble.LOST])
def test_what_aws_would_do_twice_is_never_sent_again(operation: str, kind: Trouble) -> None:
    assert again(operation, kind, 1) is None


@pytest.mark.parametrize("kind", [kind for kind in Trouble if kind is not Trouble.FINAL])
def test_patience_ends(kind: Trouble) -> None:
    attempt = 1
    while (wait := again("ListAccounts", kind, attempt)) is not None:
        assert 0 < wait <= 60
        attempt += 1
    assert 5 <= attempt <= 60


def test_a_final_answer_is_final() -> None:
    assert again("ListAccounts", Trouble.FINAL, 1) is None
